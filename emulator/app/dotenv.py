"""`.env` text as settings, in the dialect of `heroku local`.

What differs from the Heroku CLI and from other readers of `.env` is listed, with the reasons, in
docs/procfile-and-env.md. Nothing is expanded or run, and no message shows a value.
"""

from __future__ import annotations

from emulator.app.text import read_json, shown
from emulator.errors import EnvFileError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

QUOTES = ("'", '"')


class Setting(Fact):
    """What one statement says, and what is odd about it; a skipped one has no name."""

    line: int
    name: str | None
    value: str = ""
    oddities: tuple[str, ...] = ()


def settings(text: str, path: str) -> Iterator[Setting]:
    """What the text sets, from top to bottom; a text that begins with `{` is JSON.

    Raises EnvFileError for what could only be guessed at: a bad name, an open quote.
    """
    if text.lstrip().startswith("{"):
        yield from _json_settings(text, path)
        return
    for line, statement in _statements(text):
        yield _setting(line, statement, f"{path}:{line}")


def named_statements(text: str) -> Iterator[tuple[int, str, str]]:
    """The line on which each setting begins, its name, and the statement as it is written."""
    for line, statement in _statements(text):
        left, equals, _ = statement.partition("=")
        if equals:
            yield line, _name(left), statement


def split(raw: str) -> tuple[str, str]:
    """What follows a `=`: the value as it is written, its quotes with it, and a comment."""
    if raw.lstrip().startswith(QUOTES):
        start = len(raw) - len(raw.lstrip())
        end = _closing_quote(raw, start) + 1
        return raw[start:end], raw[end:] if raw[end:].lstrip().startswith("#") else ""
    value, mark, comment = raw.partition("#")
    return value.strip(), value[len(value.rstrip()) :] + mark + comment if mark else ""


def bad_name(name: str) -> str:
    """Why this cannot name a config var, or an empty string."""
    if name.isascii() and name.isidentifier():
        return ""
    rule = "letters, digits and _, not starting with a digit"
    return f"{shown(name)} is not a name for a config var ({rule})"


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each line that says something, with its number; a quoted value brings its lines along."""
    at, line = 0, 1
    while at < len(text):
        end = _statement_end(text, at)
        statement = text[at:end].strip()
        if statement and not statement.startswith("#"):
            yield line, statement
        line += text.count("\n", at, end) + 1
        at = end + 1


def _statement_end(text: str, at: int) -> int:
    end = _line_end(text, at)
    line = text[at:end]
    value = line.partition("=")[2].lstrip()
    if line.lstrip().startswith("#") or not value.startswith(QUOTES):
        return end
    return _line_end(text, max(at, _closing_quote(text, end - len(value))))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end == -1 else end


def _closing_quote(text: str, opening: int) -> int:
    """The index of the quote that closes the one at `opening`, or -1."""
    quote = text[opening]
    closing = text.find(quote, opening + 1)
    while quote == '"' and closing != -1 and _is_escaped(text, closing):
        closing = text.find(quote, closing + 1)
    return closing


def _is_escaped(text: str, at: int) -> bool:
    first = at
    while text[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1


def _setting(line: int, statement: str, place: str) -> Setting:
    name, equals, raw = statement.partition("=")
    if not equals:
        return Setting(line, None, oddities=("no NAME=value here; line skipped",))
    name = _name(name)
    if reason := bad_name(name):
        raise EnvFileError(f"{place}: {reason}")
    if raw.lstrip().startswith(QUOTES):
        value, oddities = _quoted(raw.lstrip(), name, place)
    else:
        value, oddities = _unquoted(raw, name)
    return Setting(line, name, value, tuple(oddities))


def _name(left: str) -> str:
    """The name that stands before a `=`, perhaps after `export`."""
    words = left.split(None, 1)
    return words[1].strip() if len(words) == 2 and words[0] == "export" else left.strip()


def _unquoted(raw: str, name: str) -> tuple[str, list[str]]:
    value, mark, _ = raw.partition("#")
    oddities = _expansions(value, name)
    if mark and not value[-1:].isspace():
        oddities.append(f"the value of {name} ends before the #; quote it to keep the rest")
    return value.strip(), oddities


def _quoted(raw: str, name: str, place: str) -> tuple[str, list[str]]:
    quote, closing = raw[0], _closing_quote(raw, 0)
    if closing == -1:
        raise EnvFileError(f"{place}: the {quote} before the value of {name} is never closed")
    value, rest = raw[1:closing], raw[closing + 1 :].strip()
    oddities = []
    if rest and not rest.startswith("#"):
        if "\n" in value:
            raise EnvFileError(
                f"{place}: the value of {name} runs over several lines and text follows its "
                f"closing {quote}; is a {quote} missing?"
            )
        oddities.append(f"the text after the closing {quote} of {name} is ignored")
    if quote == "'":
        return value, oddities
    oddities += _escapes(value, name) + _expansions(value, name)
    # A NUL can stand for a backslash meanwhile: no file with one gets here.
    value = value.replace("\\\\", "\0").replace('\\"', '"').replace("\0", "\\")
    return value, oddities


def _escapes(value: str, name: str) -> list[str]:
    single = value.replace("\\\\", "")
    return [
        f"\\{letter} in the value of {name} is left as it is; single quotes say that it should be"
        for letter in "nrt"
        if f"\\{letter}" in single
    ]


def _expansions(value: str, name: str) -> list[str]:
    return [
        f"{opening} in the value of {name} is not expanded; single quotes say that it should not be"
        for opening in ("${", "$(")
        if opening in value
    ]


def _json_settings(text: str, path: str) -> Iterator[Setting]:
    """The leaves of a JSON object: `{"a": {"b": [1]}}` sets A_B_0. All are said to be on line 1."""
    for keys, item in _leaves(read_json(text, path, EnvFileError)):
        name = "_".join(keys).upper()
        if isinstance(item, str | bool):
            if reason := bad_name(name):
                raise EnvFileError(f"{path}:1: {reason}")
            yield Setting(1, name, item if isinstance(item, str) else str(item).lower())
        else:
            yield Setting(1, None, oddities=(f"{name or 'the file'} has no value; skipped",))


def _leaves(root: object) -> Iterator[tuple[tuple[str, ...], object]]:
    waiting: list[tuple[tuple[str, ...], object]] = [((), root)]
    while waiting:
        keys, item = waiting.pop()
        children: Iterable[tuple[object, object]] = ()
        if isinstance(item, dict):
            children = item.items()
        elif isinstance(item, list):
            children = enumerate(item)
        inner = [((*keys, str(key)), child) for key, child in children]
        if inner:
            waiting += reversed(inner)
        else:
            yield keys, item

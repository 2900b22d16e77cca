"""A `.env` text with some of its settings changed, every other line byte for byte as it was."""

from __future__ import annotations

import re

from emulator.app.config_vars import parse
from emulator.app.dotenv import QUOTES, named_statements, split
from emulator.app.text import decode
from emulator.errors import EnvFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
EXPANSIONS = ("${", "$(")
"""What other readers of such files expand unless it is in single quotes."""


def rewritten(data: bytes, path: str, changes: Mapping[str, str | None]) -> bytes:
    """The file with those values; None removes every setting of the name, a new name is added.

    A value is put in the place of the last one, which counts, in its style of quotes if it fits,
    and comments stay. Raises EnvFileError where the file or a value is none that can be written.
    """
    before = parse(data, path).values
    left = {name: value for name, value in changes.items() if before.get(name) != value}
    text, _ = decode(data, path, EnvFileError)
    if left and text.lstrip().startswith("{"):
        raise EnvFileError(f"{path} is JSON; only a file of NAME=value lines can be edited")
    lines = LINE.findall(data.decode())
    removed = {name for name, value in left.items() if value is None}
    for number, name, statement in reversed(list(named_statements(text))):
        span = slice(number - 1, number + statement.count("\n"))
        value = left.pop(name, None)
        if name in removed:
            del lines[span]
        elif value is not None:
            lines[span] = [_restated("".join(lines[span]), value, path)]
    added = {name: value for name, value in left.items() if value is not None}
    return "".join(_with(lines, added, path)).encode()


def _restated(statement: str, value: str, path: str) -> str:
    """The same setting with that value; its name, quotes and comment stay."""
    body = statement.rstrip("\r\n")
    left, equals, raw = body.partition("=")
    written, comment = split(raw)
    lead = raw[: raw.index(written)] if written else ""
    return left + equals + lead + _quoted(value, written[:1], path) + comment + _end(statement)


def _with(lines: list[str], added: Mapping[str, str], path: str) -> list[str]:
    """The lines and one more for each new setting."""
    end = (_end(lines[0]) if lines else "") or "\n"
    if added and lines and not _end(lines[-1]):
        lines[-1] += end
    return lines + [f"{name}={_quoted(value, '', path)}{end}" for name, value in added.items()]


def _quoted(value: str, style: str, path: str) -> str:
    """The value as it is written, in that style of quotes if it fits."""
    if "\r" in value:
        raise EnvFileError(f"{path} cannot hold a value with a carriage return")
    styles = [style if style in QUOTES else "", "", "'"]
    quote = next((style for style in styles if _fits(value, style)), '"')
    if quote == '"':
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f"{quote}{value}{quote}"


def _fits(value: str, quote: str) -> bool:
    if quote == "'":
        return "'" not in value
    if any(opening in value for opening in EXPANSIONS):
        return False
    if quote:
        return "\\" not in value
    return value == value.strip() and not value.startswith(QUOTES) and not set("#\n") & set(value)


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]

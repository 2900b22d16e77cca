"""Config vars as lines of `NAME=value`, quoted as the Heroku CLI does it, and read back.

Source: Heroku CLI, src/lib/config/quote.ts.
"""

from __future__ import annotations

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SPECIAL = frozenset("\"#!$&'()*,:;<=>?@[\\]^`{|} \t\n\r\v\f")
ESCAPED = '\\"$`!'


def quote(value: str) -> str:
    """The value as one word, on one line, as the Heroku CLI writes it."""
    if not SPECIAL & set(value):
        return value
    if "'" in value or "\n" in value:
        escaped = "".join(f"\\{char}" if char in ESCAPED else char for char in value)
        return '"' + escaped.replace("\n", "\\n") + '"'
    return f"'{value}'"


def word(value: str) -> str:
    """The value as one word that every shell reads as that value.

    Departs: the Heroku CLI writes a line end as `\\n`, a ! as `\\!` and a ~ as it is, of which a
    shell makes something else.
    """
    if "\n" in value or ("'" in value and "!" in value):
        return "'" + value.replace("'", "'\\''") + "'"
    return f"'{value}'" if value.startswith("~") and "'" not in value else quote(value)


def unquote(text: str) -> str:
    """The value of one word. Raises UserError where it is more, or has no end."""
    mark = text[:1] if text[:1] in ("'", '"') else ""
    body = text[1:-1] if mark else text
    if mark and (len(text) < 2 or text[-1] != mark):
        raise UserError(f"expected a {mark} at the end")
    if mark == "'":
        if mark in body:
            raise UserError("' inside of '...'; write it inside of \"...\"")
        return body
    if mark:
        return _unescaped(body)
    if set(body) & set(" \t'\""):
        raise UserError("expected quotes around the whole value")
    return body


def _unescaped(body: str) -> str:
    out, chars = [], iter(body)
    for char in chars:
        if char == '"':
            raise UserError('write \\" for a " inside of "..."')
        if char == "\\":
            after = next(chars, "")
            if not after:
                raise UserError('expected a " at the end')
            out.append("\n" if after == "n" else after if after in ESCAPED else char + after)
        else:
            out.append(char)
    return "".join(out)


def lines(config: Mapping[str, str]) -> str:
    """All of them, by name."""
    return "".join(f"{name}={quote(value)}\n" for name, value in sorted(config.items()))


def read(text: str) -> dict[str, str]:
    """What the lines say; blank ones say nothing. Raises UserError, naming the line."""
    config = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise UserError(f"line {number}: expected NAME=value: {line}")
        try:
            config[name] = unquote(value.rstrip(" \t\r"))
        except UserError as error:
            raise UserError(f"line {number}: {name}: {error}") from None
    return config

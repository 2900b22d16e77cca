"""`.slugignore`: which files of the code are not in the slug.

Its patterns are those of .gitignore, without negation.
Source: Dev Center, slug-compiler, "Ignoring files with .slugignore".
"""

from __future__ import annotations

import re

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class BadPattern(UserError):
    """.slugignore:{line}: {pattern!r} is no pattern ({reason}); expected one as in .gitignore"""

    def __init__(self, line: int, pattern: str, reason: str) -> None:
        super().__init__(line=line, pattern=pattern, reason=reason)


def parse(text: str) -> Callable[[str], bool]:
    """Whether a path, relative and with slashes, is to be left out of the slug.

    Raises BadPattern.
    """
    expressions: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        pattern = line.strip()
        if pattern and pattern[0] not in "#!":
            expressions.append(_expression(pattern))
            try:
                re.compile(expressions[-1])
            except re.error as error:
                raise BadPattern(number, pattern, error.msg) from None
    if not expressions:
        return lambda path: False
    found = re.compile("|".join(expressions), re.S)
    return lambda path: found.fullmatch(path) is not None


def negated(text: str) -> list[str]:
    """The patterns that only a .gitignore may have: they do nothing."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line.startswith("!")]


def _expression(pattern: str) -> str:
    """A pattern with a slash that is not its last is one of the whole path, any other of a name;
    whatever lies below what matches is left out too."""
    is_folder = pattern.endswith("/")
    body = pattern.rstrip("/")
    start = "" if "/" in body else "(?:.*/)?"
    end = "/.*" if is_folder else "(?:/.*)?"
    return f"{start}{_translated(body.lstrip('/'))}{end}"


def _translated(pattern: str) -> str:
    """`*` and `?` match no slash, `**` does."""
    out, rest = "", pattern
    while rest:
        if rest.startswith("**/"):
            out, rest = f"{out}(?:.*/)?", rest[3:]
        elif rest.startswith("**"):
            out, rest = f"{out}.*", rest[2:]
        elif rest[0] in "*?":
            out, rest = out + {"*": "[^/]*", "?": "[^/]"}[rest[0]], rest[1:]
        elif rest[0] == "[" and "]" in rest[2:]:
            end = rest.index("]", 2)
            inside = rest[1:end].replace("\\", "\\\\")
            inside = f"^{inside[1:]}" if inside[0] in "!^" else inside
            out, rest = f"{out}[{inside}]", rest[end + 1 :]
        else:
            out, rest = out + re.escape(rest[0]), rest[1:]
    return out

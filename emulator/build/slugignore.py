"""`.slugignore`: which files of the code are not in the slug.

Its patterns are those of .gitignore, without negation.
Source: Dev Center, slug-compiler, "Ignoring files with .slugignore".
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def parse(text: str) -> Callable[[str], bool]:
    """Whether a path, relative and with slashes, is to be left out of the slug."""
    lines = [line.strip() for line in text.splitlines()]
    patterns = [line for line in lines if line and line[0] not in "#!"]
    if not patterns:
        return lambda path: False
    found = re.compile("|".join(_expression(pattern) for pattern in patterns), re.S)
    return lambda path: found.fullmatch(path) is not None


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

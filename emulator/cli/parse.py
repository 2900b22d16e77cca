"""A well-formed command line, read by the table. What is not well-formed is left to Typer."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    Row: TypeAlias = tuple[Any, ...]
    """(flags, name, kind, default, and what limits the kind). Without flags it is what stands
    without an option. A default of `...` says that it must not be missing."""
    Syntax: TypeAlias = tuple[str, bool, tuple[Row, ...]]
    """(target, may options follow what is none, parameters)."""


class Unclear(Exception):
    """Not a well-formed command line; Typer says why."""


def parse(syntax: Syntax, words: list[str]) -> dict[str, Any]:
    """The arguments of the command's function, by name; Unclear if Typer has to look at it."""
    _, interspersed, rows = syntax
    options = {flag: row for row in rows for flag in row[0]}
    values: dict[str, Any] = {row[1]: row[3] for row in rows}
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            rest += left
        elif word[:2] == "--":
            _long(values, options, word, left)
        elif word[:1] == "-" and word != "-":
            _short(values, options, word, left)
        else:
            rest.append(word)
            if not interspersed:
                rest += left
    if rest:
        _place(values, rows, rest)
    if ... in values.values():
        raise Unclear
    return values


def _long(values: dict[str, Any], options: dict[str, Row], word: str, left: Iterator[str]) -> None:
    name, equals, value = word.partition("=")
    row = _known(options, name)
    if row[2] != "flag":
        _put(values, row, value if equals else _next(left))
    elif equals:
        raise Unclear
    else:
        values[row[1]] = True


def _short(values: dict[str, Any], options: dict[str, Row], word: str, left: Iterator[str]) -> None:
    """`-t`, `-n5`, `-tn 5`: letters of flags, the last one perhaps with a value."""
    for at in range(1, len(word)):
        row = _known(options, "-" + word[at])
        if row[2] != "flag":
            _put(values, row, word[at + 1 :] or _next(left))
            return
        values[row[1]] = True


def _place(values: dict[str, Any], rows: tuple[Row, ...], words: list[str]) -> None:
    row = rows[-1] if rows else None
    if row is None or row[0]:
        raise Unclear
    if row[2] == "texts":
        values[row[1]] = words
    elif len(words) == 1:
        _put(values, row, words[0])
    else:
        raise Unclear


def _known(options: dict[str, Row], name: str) -> Row:
    row = options.get(name)
    if row is None:
        raise Unclear
    return row


def _next(left: Iterator[str]) -> str:
    for value in left:
        return value
    raise Unclear


def _put(values: dict[str, Any], row: Row, text: str) -> None:
    _, name, kind, _, *limits = row
    if kind == "text":
        values[name] = text
    elif kind == "texts":
        values[name] = [*values[name], text]
    elif kind == "choice":
        values[name] = _among(limits[0], text)
    elif kind == "int":
        values[name] = _whole(text, *limits)
    else:
        values[name] = _decimal(text)


def _among(choices: tuple[str, ...], text: str) -> str:
    if text not in choices:
        raise Unclear
    return text


def _whole(text: str, least: int | None, most: int | None) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Unclear
    number = int(text)
    if number < (least or 0) or (most is not None and number > most):
        raise Unclear
    return number


def _decimal(text: str) -> float:
    if not (text.isascii() and text.replace(".", "", 1).isdigit()):
        raise Unclear
    return float(text)

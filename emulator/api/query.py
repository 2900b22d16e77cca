"""What a reader of the log wants: from a query string, or from the body of a log session."""

from __future__ import annotations

from emulator.errors import UsageError, UserError
from emulator.fact import Fact
from emulator.logplex import stamp
from emulator.logplex.block import Filter
from emulator.logplex.terminal import Style, Timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LINES = 100
"""Source: Heroku CLI, logs --num."""

MOST_LINES = 100_000
"""Departs: Heroku keeps and shows 1,500."""

YES, NO = ("1", "true", "True"), ("", "0", "false", "False")


class Query(Fact):
    """The last wanted lines, of so many, since then, with that text; if `tail`, what comes too."""

    lines: int = DEFAULT_LINES
    tail: bool = False
    filter: Filter = Filter()
    since_ns: int = 0
    text: bytes = b""
    style: Style = Style()


def query(fields: Mapping[str, object], now_ns: int, utc_offset: int, colour: bool) -> Query:
    """Fields are texts, numbers, booleans or null. Raises UserError, naming the wrong one.

    A filter's dyno may be a process type: the Heroku CLI sends both under one name, the schema
    has two.
    """
    known = {name: str(value) for name, value in fields.items() if value is not None}
    since = known.get("since", "")
    dyno = known.get("dyno") or known.get("dyno_name") or known.get("type", "")
    text = known.get("grep", "")
    if "\n" in text:
        raise UsageError("grep: expected a text without a line end")
    return Query(
        lines=_lines(known.get("lines", str(MOST_LINES if since else DEFAULT_LINES))),
        tail=_flag(known, "tail", "0"),
        filter=Filter(known.get("source", ""), dyno),
        since_ns=stamp.since_ns(since, now_ns) if since else 0,
        text=text.encode(),
        style=_style(known, utc_offset, colour),
    )


def _lines(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise UsageError("lines: expected a number, such as 100")
    return min(int(value), MOST_LINES)


def _flag(known: Mapping[str, str], name: str, default: str) -> bool:
    value = known.get(name, default)
    if value in YES or value in NO:
        return value in YES
    raise UsageError(f"{name}: expected 1 or 0")


def _style(known: Mapping[str, str], utc_offset: int, colour: bool) -> Style:
    format_ = known.get("format", "text")
    if format_ not in ("text", "json"):
        raise UsageError("format: expected text or json")
    try:
        timestamps = Timestamps(known.get("timestamps", Timestamps.HEROKU.value))
    except ValueError:
        choices = ", ".join(choice.value for choice in Timestamps)
        raise UserError(f"timestamps: expected one of {choices}") from None
    return Style(
        prefix=_flag(known, "prefix", "1"),
        timestamps=timestamps,
        colour=_flag(known, "color", "1" if colour else "0"),
        json=format_ == "json",
        utc_offset_s=utc_offset,
    )

"""Instants as the log writes them, and as people type them; all of them UTC.

The calendar is computed here: strftime costs 1.4 microseconds a stamp, and a block needs one.
"""

from __future__ import annotations

from functools import lru_cache

from emulator.errors import UsageError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SECOND_NS = 1_000_000_000


def full(at_ns: int) -> bytes:
    """`2026-11-26T14:30:00.123456+00:00`. Source: log-shuttle, formatter, time format."""
    seconds, rest = divmod(at_ns, _SECOND_NS)
    return b"%b.%06d+00:00" % (_second(seconds), rest // 1000)


def second(at_ns: int) -> bytes:
    """`2026-11-26T14:30:00+00:00`."""
    return _second(at_ns // _SECOND_NS) + b"+00:00"


def clock(at_ns: int, utc_offset_s: int) -> bytes:
    """`14:30:00` as a clock on the wall shows it, so far from UTC."""
    return _second(at_ns // _SECOND_NS + utc_offset_s)[11:]


@lru_cache(maxsize=8)
def _second(seconds: int) -> bytes:
    days, of_day = divmod(seconds, 86_400)
    hours, of_hour = divmod(of_day, 3600)
    return b"%04d-%02d-%02dT%02d:%02d:%02d" % (*_date(days), hours, *divmod(of_hour, 60))


def _date(days: int) -> tuple[int, int, int]:
    """Year, month and day, so many days after 1970-01-01.

    Source: Howard Hinnant, chrono-compatible low-level date algorithms, civil_from_days: years
    begin in March, so that the leap day is the last of its year.
    """
    era, of_era = divmod(days + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * of_year + 2) // 153
    day = of_year - (153 * march_month + 2) // 5 + 1
    month = march_month + 3 if march_month < 10 else march_month - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def since_ns(text: str, now_ns: int) -> int:
    """The instant that `--since` names: an age such as 90s, 10m, 2h, 3d, or a time in UTC.

    Raises UsageError.
    """
    number, unit = text[:-1], text[-1:]
    if unit in _SECONDS and number.isascii() and number.isdigit():
        return now_ns - int(number) * _SECONDS[unit] * _SECOND_NS
    from datetime import UTC, datetime, timedelta

    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since {text!r}: expected an age such as 90s, 10m, 2h or 3d, or a time such as"
            " 2026-11-26T14:30:00"
        ) from None
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (time - epoch) // timedelta(microseconds=1) * 1000

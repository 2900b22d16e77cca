"""Instants as the log writes them and as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import UsageError
from emulator.logplex import stamp

NOW = 1_795_703_400_123_456_789  # 2026-11-26T14:30:00.123456789Z


def test_the_forms():
    assert stamp.full(NOW) == b"2026-11-26T14:30:00.123456+00:00"
    assert stamp.second(NOW) == b"2026-11-26T14:30:00+00:00"
    assert stamp.clock(NOW, 0) == b"14:30:00"
    assert stamp.clock(NOW, 5400) == b"16:00:00"


@given(st.integers(0, 4_102_444_800))
def test_the_calendar_is_the_standard_librarys(seconds):
    expected = datetime.fromtimestamp(seconds, UTC).isoformat().encode()
    assert stamp.second(seconds * 10**9) == expected


@pytest.mark.parametrize("day", ["2000-02-29", "2024-02-29", "2100-03-01", "1999-12-31"])
def test_the_days_where_calendars_go_wrong(day):
    at = int(datetime.fromisoformat(day + "T23:59:59+00:00").timestamp())
    assert stamp.second(at * 10**9) == f"{day}T23:59:59+00:00".encode()


@pytest.mark.parametrize(
    ("text", "age_s"),
    [("90s", 90), ("10m", 600), ("2h", 7200), ("3d", 259_200), ("1w", 604_800), ("0s", 0)],
)
def test_an_age(text, age_s):
    assert stamp.since_ns(text, NOW) == NOW - age_s * 10**9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-26T14:30:00", b"2026-11-26T14:30:00+00:00"),
        ("2026-11-26 14:30", b"2026-11-26T14:30:00+00:00"),
        ("2026-11-26T14:30:00Z", b"2026-11-26T14:30:00+00:00"),
        ("2026-11-26T14:30:00+02:00", b"2026-11-26T12:30:00+00:00"),
        ("2026-11-26", b"2026-11-26T00:00:00+00:00"),
    ],
)
def test_a_time_is_utc_unless_it_says_otherwise(text, expected):
    assert stamp.second(stamp.since_ns(text, NOW)) == expected


def test_what_the_log_shows_can_be_given_back():
    shown = stamp.full(NOW).decode()
    assert stamp.full(stamp.since_ns(shown, 0)) == shown.encode()


@pytest.mark.parametrize("text", ["", "m", "10", "ten minutes", "-5m", "10 m", "1.5h", "²m", "10M"])
def test_anything_else_is_refused_in_one_line(text):
    with pytest.raises(UsageError, match=r"^--since .*expected an age such as [^\n]*$"):
        stamp.since_ns(text, NOW)

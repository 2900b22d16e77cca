"""Metrics, letter by letter, and loads over time."""

from __future__ import annotations

import pytest

from emulator.dyno.metrics import Load, Measured, load_line, memory_line
from emulator.dyno.size import MIB, SIZES

HEAD = "source=web.1 dyno=heroku.440712070.e5b1c909-743a-4285-86ae-bd0eeebe8dab"


def test_the_lines_of_a_log_sample_of_2025_but_for_the_page_cache():
    assert load_line(HEAD, Load()) == (
        f"{HEAD} sample#load_avg_1m=0.00 sample#load_avg_5m=0.00 sample#load_avg_15m=0.00"
    )
    measured = Measured(int(123.68 * MIB), int(10.36 * MIB), faults=40_000)
    assert memory_line(HEAD, measured, SIZES["basic"]) == (
        f"{HEAD} sample#memory_total=134.04MB sample#memory_rss=123.68MB"
        " sample#memory_cache=0.00MB sample#memory_swap=10.36MB sample#memory_pgpgin=40000pages"
        " sample#memory_pgpgout=8338pages sample#memory_quota=512.00MB"
    )


def test_a_dyno_that_keeps_two_cores_busy_has_a_load_of_two_in_the_end():
    load = Load()
    for _ in range(15):
        load = load.after(2.0, 20.0)
    assert load.averages == pytest.approx((1.9865, 1.2642, 0.5669), abs=1e-4)
    for _ in range(1000):
        load = load.after(2.0, 20.0)
    assert load.averages == pytest.approx((2.0, 2.0, 2.0))


def test_pages_that_came_are_never_fewer_than_those_that_are_there():
    line = memory_line(HEAD, Measured(8 * MIB, faults=3), SIZES["eco"])
    assert "pgpgin=2048pages sample#memory_pgpgout=0pages" in line

"""What a reader of the log asks for, from a URL or from JSON."""

from __future__ import annotations

import pytest

from emulator.api.query import MOST_LINES, Query, query
from emulator.errors import UserError
from emulator.logplex.block import Filter
from emulator.logplex.terminal import Style, Timestamps

NOW_NS = 1_800_000_000_000_000_000


def asked(colour: bool = False, **fields: object) -> Query:
    return query(fields, NOW_NS, 3600, colour)


def test_nothing_asked_is_the_last_hundred_lines():
    assert asked() == Query(style=Style(utc_offset_s=3600))
    assert asked().lines == 100


@pytest.mark.parametrize("value", ["5", 5])
def test_lines(value: object):
    assert asked(lines=value).lines == 5
    assert asked(lines=10**8).lines == MOST_LINES


@pytest.mark.parametrize(
    ("value", "tails"),
    [(True, True), ("1", True), (1, True), (False, False), ("0", False), (0, False), (None, False)],
)
def test_tails(value: object, tails: bool):
    assert asked(tail=value).tail is tails


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ({"dyno": "web.1"}, Filter(dyno="web.1")),
        ({"dyno_name": "web.1"}, Filter(dyno="web.1")),
        ({"type": "web"}, Filter(dyno="web")),
        ({"dyno": "web.1", "type": "web"}, Filter(dyno="web.1")),
        ({"source": "heroku", "dyno": ""}, Filter("heroku")),
    ],
)
def test_filters(fields: dict[str, str], chosen: Filter):
    assert asked(**fields).filter == chosen


def test_since_a_time_all_lines_are_meant():
    recent = asked(since="10m")
    assert (recent.since_ns, recent.lines) == (NOW_NS - 600 * 10**9, MOST_LINES)
    assert asked(since="10m", lines=3).lines == 3


def test_styles():
    assert asked(colour=True).style.colour
    assert not asked(colour=True, color="0").style.colour
    assert asked(color="1").style.colour
    assert asked(format="json").style.json
    assert not asked(prefix="0").style.prefix
    assert asked(timestamps="time").style.timestamps is Timestamps.TIME
    assert asked(grep="grün").text == "grün".encode()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"lines": "-1"}, "lines: expected a number"),
        ({"lines": "1.5"}, "lines: expected a number"),
        ({"lines": True}, "lines: expected a number"),
        ({"lines": "9" * 10}, "lines: expected a number"),
        ({"tail": "yes"}, "tail: expected 1 or 0"),
        ({"tail": []}, "tail: expected 1 or 0"),
        ({"color": "auto"}, "color: expected 1 or 0"),
        ({"prefix": "no"}, "prefix: expected 1 or 0"),
        ({"format": "xml"}, "format: expected text or json"),
        ({"timestamps": "iso"}, "timestamps: expected one of heroku, time, none"),
        ({"since": "yesterday"}, "--since 'yesterday': expected an age"),
        ({"grep": "a\nb"}, "grep: expected a text without a line end"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, object], text: str):
    with pytest.raises(UserError) as error:
        asked(**fields)
    assert str(error.value).startswith(text)

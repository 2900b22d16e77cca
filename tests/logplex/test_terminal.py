"""Blocks as readers see them, byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.logplex.block import Block, Stream
from emulator.logplex.terminal import Palette, Style, Timestamps, buffers, render

AT = 1_795_703_400_123_456_789
WEB = Stream("app", "web.1")
ROUTER = Stream("heroku", "router")
BODY = b"Listening on 5000\n\n\xc3\xa9 \x1b[31mred\x1b[0m\x07\n"


@pytest.mark.parametrize(
    ("style", "lines"),
    [
        (
            Style(),
            [
                "2026-11-26T14:30:00.123456+00:00 app[web.1]: Listening on 5000",
                "2026-11-26T14:30:00.123456+00:00 app[web.1]: ",
                "2026-11-26T14:30:00.123456+00:00 app[web.1]: é red^G",
            ],
        ),
        (
            Style(timestamps=Timestamps.TIME, utc_offset_s=-3600),
            [
                "13:30:00 app[web.1]: Listening on 5000",
                "13:30:00 app[web.1]: ",
                "13:30:00 app[web.1]: é red^G",
            ],
        ),
        (
            Style(timestamps=Timestamps.NONE, colour=True),
            [
                "\x1b[36mapp[web.1]:\x1b[39m Listening on 5000",
                "\x1b[36mapp[web.1]:\x1b[39m ",
                "\x1b[36mapp[web.1]:\x1b[39m é \x1b[31mred\x1b[0m^G\x1b[0m",
            ],
        ),
        (Style(prefix=False), ["Listening on 5000", "", "é red^G"]),
    ],
)
def test_golden(style, lines):
    assert render(Block(AT, WEB, BODY), style).decode() == "".join(f"{line}\n" for line in lines)


def test_json_is_one_ascii_object_a_line_and_keeps_everything():
    shown = render(Block(AT, WEB, BODY + b"\x7f\r\xe2\x80\xae\n"), Style(json=True))
    assert shown.isascii()
    assert not [byte for byte in shown if (byte < 32 and byte != 10) or byte == 127]
    objects = [json.loads(line) for line in shown.splitlines()]
    assert {(o["at"], o["source"], o["dyno"]) for o in objects} == {
        ("2026-11-26T14:30:00.123456+00:00", "app", "web.1")
    }
    messages = ["Listening on 5000", "", "é \x1b[31mred\x1b[0m\x07", "\x7f\r\u202e"]
    assert [o["message"] for o in objects] == messages


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([b"", b"x", b"y" * 300, b"z" * 10_000]), min_size=1, max_size=400))
def test_every_line_gets_its_prefix_in_pieces_or_at_once(lines):
    block = Block(AT, WEB, b"".join(line + b"\n" for line in lines))
    expected = b"".join(b"app[web.1]: " + line + b"\n" for line in lines)
    assert render(block, Style(timestamps=Timestamps.NONE)) == expected
    assert block.lines == len(lines)


@pytest.mark.parametrize("line", [b"\n", b"a\n", b"x" * 99 + b"\n", b"y" * 9_999 + b"\n"])
def test_no_piece_is_so_large_that_malloc_maps_pages_for_it(line):
    body = line * (65_536 // len(line))
    parts = buffers(Block(AT, WEB, body), Style())
    assert max(map(len, parts)) < 128 * 1024 - 100


def test_lines_of_one_block_share_one_copy():
    prefix, rest = buffers(Block(AT, WEB, (b"x" * 99 + b"\n") * 600), Style())
    assert isinstance(rest, memoryview)
    assert prefix == b"2026-11-26T14:30:00.123456+00:00 app[web.1]: "


def test_colours_are_given_in_the_order_of_the_heroku_cli():
    palette = Palette()
    dynos = ["run.1", "router", "web.1", "postgres", "worker.1", "clock.1", "worker.2", "web.9"]
    codes = [33, 32, 36, 35, "1m\x1b[32", "1m\x1b[36", "1m\x1b[32", 36]
    assert [palette.colour(dyno)[0].decode() for dyno in dynos] == [f"\x1b[{c}m" for c in codes]
    more = [palette.colour(f"type{n}")[0] for n in range(4)]
    assert more == [b"\x1b[1m\x1b[35m", b"\x1b[1m\x1b[33m", b"\x1b[1m\x1b[34m", b"\x1b[33m"]


def test_only_the_platforms_own_lines_are_highlighted():
    style = Style(prefix=False, colour=True)
    body = b"State changed from starting to up\n"
    assert render(Block(AT, WEB, body), style) == body
    platform = Block(AT, Stream("heroku", "web.1"), body)
    assert render(platform, style) == (
        b"State changed from \x1b[93mstarting\x1b[39m to \x1b[92mup\x1b[39m\n"
    )
    assert render(platform, Style(prefix=False)) == body


def test_a_router_line_has_the_dynos_colour():
    line = render(Block(AT, ROUTER, b"dyno=web.1\n"), Style(prefix=False, colour=True))
    assert line == b"\x1b[2mdyno=\x1b[22m\x1b[36mweb.1\x1b[39m\n"

"""Frames, to the byte, against bodies of drains in log samples; and back again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.logplex import frame
from emulator.logplex.block import MAX_LINE, Block, Cutter, Stream
from emulator.logplex.buffer import LOGPLEX, Loss

AT = 1_597_464_094_460_759_123
"""2020-08-15T04:01:34.460759"""
TIME = b"2020-08-15T04:01:34.460759+00:00"
TOKEN = "d.f12ee345-3239-4fde-8dc9-db7faf4b5b0f"
WEB, HEROKU, ROUTER = Stream("app", "web.1"), Stream("heroku", "web.1"), Stream("heroku", "router")
JOB = Stream("heroku", "scheduler.3161")
METRICS = b"source=web.1 dyno=heroku.440712070.e5b1c909 sample#load_avg_1m=0.00"


@pytest.mark.parametrize(
    ("stream", "text", "expected"),
    [
        (JOB, b"State changed from starting to up", b"103 <134>1 %b host heroku scheduler.3161 - "),
        (JOB, b"Process exited with status 0", b"97 <45>1 %b host heroku scheduler.3161 - "),
        (
            Stream("app", "scheduler.3161"),
            b"[notify] x",
            b"77 <190>1 %b host app scheduler.3161 - ",
        ),
        (ROUTER, b'at=info method=GET path="/"', b"89 <158>1 %b host heroku router - "),
        (HEROKU, METRICS, b"128 <134>1 %b host heroku web.1 - "),
        (Stream("app", "api"), b"Release v3 created by user a@b", b"85 <45>1 %b host app api - "),
        (Stream("app", "heroku-redis"), b"source=REDIS", b"77 <134>1 %b host app heroku-redis - "),
        (WEB, b"", b"58 <190>1 %b host app web.1 - "),
        (WEB, "ü".encode(), b"60 <190>1 %b host app web.1 - "),
    ],
)
def test_https(stream: Stream, text: bytes, expected: bytes):
    shown = frame.framed(Block(AT, stream, text + b"\n"), frame.HTTPS)
    assert shown == expected % TIME + text + b"\n"


def test_the_published_sample_of_2012():
    """83 with its line end: Dev Center prints it without. Its date had no fraction then."""
    text = b"<40>1 2012-11-30T06:45:29+00:00 host app web.3 - State changed from starting to up\n"
    assert len(text) == 83


def test_syslog():
    shown = frame.framed(Block(AT, ROUTER, b"at=info\n"), frame.syslog(TOKEN))
    assert shown == b"105 <158>1 %b %b heroku router - - at=info\n" % (TIME, TOKEN.encode())


def test_rfc5424_has_structured_data():
    shown = frame.framed(Block(AT, WEB, b"hi\n"), frame.RFC5424)
    assert shown == b"62 <190>1 %b host app web.1 - - hi\n" % TIME


def test_overflow():
    loss = Block(AT, LOGPLEX, frame.overflow(Loss(500, AT)), 1)
    shown = frame.framed(loss, frame.HTTPS)
    assert shown == (
        b"159 <172>1 %b host heroku logplex - Error L10 (output buffer overflow):"
        b" 500 messages dropped since %b.\n" % (TIME, TIME)
    )


def test_plain_lines_are_what_logs_shows():
    shown = frame.plain(Block(AT, WEB, b"\x1b[31ma\x1b[2J\n\n"))
    assert shown == TIME + b" app[web.1]: a^[[2J\n" + TIME + b" app[web.1]: \n"


def parsed(body: bytes) -> list[bytes]:
    """The messages of a stream of frames, as any receiver reads it."""
    found = []
    while body:
        size, _, rest = body.partition(b" ")
        found.append(rest[: int(size)])
        body = rest[int(size) :]
    return found


LINES = some.lists(some.binary(max_size=20).map(lambda b: b.replace(b"\n", b"")), min_size=1)


@settings(max_examples=50, deadline=None)
@given(LINES, some.sampled_from([WEB, HEROKU, ROUTER]), some.sampled_from(["host", TOKEN]))
def test_a_receiver_reads_the_lines_that_were_framed(lines, stream, host):
    framing = frame.Framing(host)
    text = b"\n".join(lines) + b"\n"
    body = frame.framed(Block(AT, stream, text), framing)
    messages = parsed(body)
    assert [message.split(b" ", 6)[6] for message in messages] == [line + b"\n" for line in lines]
    assert {message.split(b" ", 6)[2] for message in messages} == {host.encode()}
    assert len(body) <= len(text) + len(lines) * frame.overhead(stream, framing)


def test_what_a_dyno_writes_arrives_as_lines_of_utf_8_that_are_not_too_long():
    body = Cutter().feed(b"\xff bad \x00 nul\r mid\n" + b"y" * (MAX_LINE + 1) + b"\n\n")
    messages = parsed(frame.framed(Block(AT, WEB, body), frame.HTTPS))
    assert [message.decode().split(" ", 6)[6] for message in messages] == [
        "\N{REPLACEMENT CHARACTER} bad \0 nul\r mid\n",
        *("y" * MAX_LINE + "\n", "y\n", "\n"),
    ]


@pytest.mark.parametrize("size", [MAX_LINE, MAX_LINE + 300])
def test_a_line_that_is_long_or_longer_than_any(size: int):
    block = Block(AT, WEB, b"x" * size + b"\nshort\n")
    texts = [message.split(b" ", 6)[6] for message in parsed(frame.framed(block, frame.HTTPS))]
    assert texts == [b"x" * size + b"\n", b"short\n"]


def test_frames_that_are_whole_in_what_was_sent():
    body = b"3 123" + b"10 1234567890" + b"1 1"
    sizes = (0, 1, 4, 5, 6, 17, 18, 20, 21)
    assert [frame.whole(body, size) for size in sizes] == [0, 0, 0, 1, 1, 1, 2, 2, 3]

"""What is published in a turn is stored first, then shown: in order, and rendered once a style."""

from __future__ import annotations

import pytest

from emulator.logplex import channel as channel_module
from emulator.logplex.block import Block, Filter, Stream
from emulator.logplex.channel import Channel
from emulator.logplex.terminal import Style, Timestamps

WEB, WORKER = Stream("app", "web.1"), Stream("app", "worker.1")
BARE = Style(prefix=False)
NAMED = Style(timestamps=Timestamps.NONE)


class Reader:
    def __init__(self, style=BARE, wanted=None, log=None):
        self.style, self.wanted = style, wanted
        self.log = [] if log is None else log
        self.data = []

    def deliver(self, data, lines):
        self.data.append(data)
        self.log.append((b"".join(data), lines))

    def end_turn(self):
        """Nothing to do: what was delivered was taken."""


class Turn:
    """A loop's turn by hand: the channel, what it stored, and how often it asked for a flush."""

    def __init__(self):
        self.log = []
        self.asked = 0
        self.channel = Channel(self.ask, lambda blocks: self.log.append(list(blocks)))

    def ask(self):
        self.asked += 1

    def publish(self, *blocks):
        for block in blocks:
            self.channel.publish(block)


def test_storing_comes_before_showing():
    turn = Turn()
    turn.channel.subscribe(Reader(log=turn.log))
    block = Block(1, WEB, b"a\nb\n")
    turn.publish(block)
    assert (turn.asked, turn.log) == (1, [])
    turn.channel.flush()
    assert turn.log == [[block], (b"a\nb\n", 2)]


def test_one_flush_a_turn_and_none_for_nothing():
    turn = Turn()
    turn.publish(Block(1, WEB, b"a\n"), Block(2, WORKER, b"b\n"))
    turn.channel.flush()
    turn.channel.flush()
    assert (turn.asked, len(turn.log)) == (1, 1)
    turn.publish(Block(3, WEB, b"c\n"))
    assert turn.asked == 2


def test_neighbours_of_one_stream_are_joined_and_the_order_is_kept():
    turn = Turn()
    turn.publish(Block(1, WEB, b"a\n"), Block(9, WEB, b"b\n"), Block(9, WORKER, b"c\n"))
    turn.publish(Block(9, WEB, b"d\n"), Block(5_000_000, WEB, b"later\n"))
    turn.channel.flush()
    assert turn.log == [
        [
            Block(1, WEB, b"a\nb\n"),
            Block(9, WORKER, b"c\n"),
            Block(9, WEB, b"d\n"),
            Block(5_000_000, WEB, b"later\n"),
        ]
    ]


def test_a_long_turn_is_flushed_before_its_end():
    turn = Turn()
    big = b"x" * 9_999 + b"\n"
    for _ in range(60):
        turn.publish(Block(1, WEB, big), Block(1, WORKER, big))
    assert len(turn.log) == 2
    turn.channel.flush()
    assert sum(len(blocks) for blocks in turn.log) == 120


def test_readers_of_one_style_share_what_is_rendered(monkeypatch):
    rendered = []
    real = channel_module.buffers

    def counting(block, style):
        rendered.append(style)
        return real(block, style)

    monkeypatch.setattr(channel_module, "buffers", counting)
    turn = Turn()
    readers = [Reader(NAMED), Reader(Style(timestamps=Timestamps.NONE)), Reader()]
    for reader in readers:
        turn.channel.subscribe(reader)
    turn.publish(Block(1, WEB, b"a\n"))
    turn.channel.flush()
    assert rendered == [NAMED, BARE]
    assert readers[0].data[0] is readers[1].data[0]
    assert readers[0].log == [(b"app[web.1]: a\n", 1)]


def test_nothing_is_rendered_for_nobody(monkeypatch):
    monkeypatch.setattr(channel_module, "buffers", lambda *_: pytest.fail("rendered"))
    turn = Turn()
    turn.channel.subscribe(Reader(wanted=Filter(dyno="web")))
    turn.publish(Block(1, WORKER, b"a\n"))
    turn.channel.flush()
    assert turn.log == [[Block(1, WORKER, b"a\n")]]


def test_a_reader_gets_what_it_wants_from_when_it_came_until_it_left():
    turn = Turn()
    reader = Reader(wanted=Filter(dyno="web"))
    turn.publish(Block(1, WEB, b"before\n"))
    turn.channel.subscribe(reader)
    turn.publish(Block(2, WEB, b"web\n"), Block(2, WORKER, b"worker\n"))
    turn.channel.flush()
    turn.channel.unsubscribe(reader)
    turn.publish(Block(3, WEB, b"after\n"))
    turn.channel.flush()
    assert reader.log == [(b"web\n", 1)]


def test_a_reader_that_leaves_while_it_is_served_disturbs_no_other():
    turn = Turn()
    other = Reader()

    class Leaver(Reader):
        def deliver(self, data, lines):
            turn.channel.unsubscribe(self)

    turn.channel.subscribe(Leaver())
    turn.channel.subscribe(other)
    turn.publish(Block(1, WEB, b"a\n"))
    turn.channel.flush()
    assert other.log == [(b"a\n", 1)]


def test_what_storing_makes_known_is_shown_in_the_next_turn():
    told = Block(2, WORKER, b"disk full\n")
    turn = Turn()

    def store(blocks):
        if blocks[0] is not told:
            turn.channel.publish(told)

    turn.channel = Channel(turn.ask, store)
    reader = Reader()
    turn.channel.subscribe(reader)
    turn.publish(Block(1, WEB, b"a\n"))
    turn.channel.flush()
    turn.channel.flush()
    assert (turn.asked, reader.log) == (2, [(b"a\n", 1), (b"disk full\n", 1)])

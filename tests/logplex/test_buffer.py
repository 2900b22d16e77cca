"""A full buffer drops its oldest items and counts their lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.logplex.block import Block, Stream
from emulator.logplex.buffer import Buffer, Loss


def joined(buffer: Buffer, size: int = 1_000_000) -> bytes:
    return b"".join(buffer.take(size))


def test_what_fits_is_taken_in_order_and_once():
    buffer = Buffer(lambda: 0, budget=100)
    buffer.push((b"a", b"b\n"), 1)
    buffer.push((b"c\n",), 1)
    assert buffer.size == 5
    assert buffer.take(1) == [b"a", b"b\n"]
    assert joined(buffer) == b"c\n"
    assert buffer.take(1) == []
    assert buffer.loss() is None


def test_the_oldest_make_room_and_the_time_is_that_of_the_first_drop():
    times = iter([111, 222])
    buffer = Buffer(lambda: next(times), budget=10)
    for text in (b"12345678\n", b"b\n", b"c\n", b"d\n"):
        buffer.push((text,), text.count(b"\n"))
    buffer.push((b"123456789\n",), 1)
    assert joined(buffer) == b"123456789\n"
    assert buffer.loss() == Loss(4, 111)
    assert buffer.loss() is None


def test_a_single_item_is_kept_whatever_its_size():
    buffer = Buffer(lambda: 0, budget=10)
    buffer.push((b"x" * 50 + b"\n",), 1)
    assert buffer.loss() is None
    buffer.push((b"y" * 50 + b"\n",), 1)
    assert joined(buffer) == b"y" * 50 + b"\n"
    assert buffer.loss() == Loss(1, 0)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 9) | st.none(), max_size=60))
def test_what_is_taken_and_what_is_dropped_is_what_was_pushed(steps):
    buffer = Buffer(lambda: 0, budget=20)
    pushed = taken = 0
    for lines in steps:
        if lines is None:
            taken += joined(buffer, 7).count(b"\n")
        else:
            buffer.push((b"\n" * lines,), lines)
            pushed += lines
        assert buffer.size <= 20
    taken += joined(buffer).count(b"\n")
    loss = buffer.loss()
    assert pushed == taken + (loss.lines if loss else 0)


def test_the_sentence_is_logplexs():
    loss = Loss(1101, 1_304_444_100_000_000_000)
    assert loss.block(5) == Block(
        5,
        Stream("heroku", "logplex"),
        b"Error L11 (Tail buffer overflow) -> "
        b"This tail session dropped 1101 messages since 2011-05-03T17:35:00+00:00\n",
    )

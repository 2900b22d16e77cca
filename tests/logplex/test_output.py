"""Standard output: a slow reader makes dynos wait, a frozen one loses lines and is told how many.

Time is virtual, and the reader is a sink of as many bytes as the test allows.
"""

from __future__ import annotations

import errno

import pytest

from emulator.logplex.output import Output
from emulator.logplex.terminal import Style

WALL_NS = 1_304_444_100_000_000_000
L11 = (
    b"Error L11 (Tail buffer overflow) -> "
    b"This tail session dropped %d messages since 2011-05-03T17:35:00+00:00\n"
)
MEGABYTE = 1024 * 1024


class Loop:
    """The part of an event loop that an output needs, turned by hand."""

    def __init__(self):
        self.now = 0.0
        self.soon, self.timers, self.writers = [], [], {}

    def call_soon(self, call):
        self.soon.append(call)

    def call_later(self, seconds, call):
        self.timers.append((self.now + seconds, call))

    def add_writer(self, fd, call):
        self.writers[fd] = call

    def remove_writer(self, fd):
        del self.writers[fd]

    def turn(self):
        calls, self.soon = self.soon, []
        for call in calls:
            call()

    def pass_time(self, seconds):
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            timer = min(due, key=lambda timer: timer[0])
            self.timers.remove(timer)
            self.now = timer[0]
            timer[1]()
        self.now = end


class Reader:
    """A sink that takes `room` bytes; `error` is what happens then."""

    def __init__(self):
        self.room = 0
        self.error = errno.EAGAIN
        self.got = bytearray()
        self.closed = False

    def fileno(self):
        return 7

    def write(self, buffers):
        if not self.room:
            raise OSError(self.error, "")
        before = len(self.got)
        self.got += b"".join(buffers)
        del self.got[before + self.room :]
        written = len(self.got) - before
        self.room -= written
        return written

    def close(self):
        self.closed = True


class Case:
    def __init__(self):
        self.loop, self.reader, self.calls = Loop(), Reader(), []
        self.sent = bytearray()
        self.output = Output(
            self.reader,
            Style(prefix=False),
            self.loop,
            lambda: self.loop.now,
            lambda: WALL_NS,
            lambda: self.calls.append("relief"),
            lambda: self.calls.append("gone"),
        )

    def send(self, *lines):
        for line in lines:
            self.output.deliver((line,), line.count(b"\n"))
            self.sent += line
        self.output.end_turn()
        self.loop.turn()

    def read(self, size):
        """The reader takes so much, in steps as a pipe would."""
        while size > 0:
            self.reader.room = min(size, 65_536)
            size -= self.reader.room
            if 7 in self.loop.writers:
                self.loop.writers[7]()
        self.reader.room = 0


@pytest.fixture
def case():
    return Case()


def line(number, size=1000):
    return b"%0*d\n" % (size - 1, number)


def test_what_comes_in_one_turn_is_written_at_its_end_and_nothing_is_watched(case):
    case.reader.room = 10**9
    case.send(b"a\n", b"b\n")
    assert case.reader.got == b"a\nb\n"
    assert case.loop.writers == {}
    assert case.loop.timers == []


def test_a_slow_reader_loses_nothing_and_makes_dynos_wait(case):
    for number in range(300):
        case.send(line(number, 10_000))
        case.read(4000)
        case.loop.pass_time(0.5)
        if number == 20:
            assert not case.output.congested
    assert case.output.congested
    assert case.calls == []
    case.read(10**7)
    assert case.reader.got == case.sent
    assert (case.output.congested, case.calls) == (False, ["relief"])
    assert case.loop.writers == {}


def test_relief_comes_before_the_queue_is_empty(case):
    case.send(*[line(n) for n in range(330)])
    assert case.output.congested
    case.read(150_000)
    assert case.output.congested
    case.read(100_000)
    assert (case.output.congested, case.calls) == (False, ["relief"])


def test_a_frozen_reader_stops_nobody_and_is_told_what_it_lost(case):
    case.send(*[line(n) for n in range(1100)])
    assert case.output.congested
    case.loop.pass_time(0.9)
    assert case.output.congested
    case.loop.pass_time(0.2)
    assert (case.output.congested, case.calls) == (False, ["relief"])
    case.send(*[line(n) for n in range(1100, 9000)])
    assert not case.output.congested
    case.read(10**8)
    got = bytes(case.reader.got)
    first, rest = got.split(b"Error L11", 1)
    assert case.sent.startswith(first)
    notice, rest = (b"Error L11" + rest).split(b"\n", 1)
    dropped = 9000 - first.count(b"\n") - rest.count(b"\n")
    assert notice + b"\n" == L11 % dropped
    assert case.sent.endswith(rest)
    assert 3.9 * MEGABYTE < len(rest) <= 4 * MEGABYTE
    case.send(b"later\n")
    case.read(100)
    assert case.reader.got == got + b"later\n"


def test_a_reader_that_thaws_is_waited_for_again_and_can_freeze_again(case):
    case.send(*[line(n) for n in range(1100)])
    case.loop.pass_time(1.5)
    case.send(*[line(n) for n in range(1000)])
    case.read(1000)
    assert case.output.congested
    case.loop.pass_time(1.5)
    assert (case.output.congested, case.calls) == (False, ["relief", "relief"])


def test_a_line_that_was_begun_is_finished(case):
    case.send(line(1, 3000), line(2, 3000))
    case.read(100)
    case.loop.pass_time(2)
    case.send(*[line(n, 100_000) for n in range(100)])
    case.read(10**8)
    assert case.reader.got.startswith(line(1, 3000) + line(2, 3000) + b"Error L11")


@pytest.mark.parametrize("code", [errno.EPIPE, errno.EIO, errno.ENXIO])
def test_a_reader_that_left_is_told_once_and_then_forgotten(case, code):
    case.send(*[line(n) for n in range(2000)])
    case.reader.error = code
    case.loop.writers[7]()
    case.send(b"more\n")
    case.loop.pass_time(5)
    assert sorted(case.calls) == ["gone", "relief"]
    assert case.reader.closed
    assert (case.loop.writers, case.output.congested) == ({}, False)
    case.output.close(1)


def test_a_full_disk_under_a_file_is_tried_again_every_second(case):
    case.reader.error = errno.ENOSPC
    case.send(b"first\n")
    case.loop.pass_time(3)
    case.send(*[line(n) for n in range(9000)])
    assert not case.output.congested
    case.reader.room = 10**9
    case.loop.pass_time(1)
    first, notice, rest = case.reader.got.split(b"\n", 2)
    assert (first, notice[:9]) == (b"first", b"Error L11")
    assert case.sent.endswith(rest)
    case.send(b"more\n")
    assert case.reader.got.endswith(b"more\n")


def test_close_writes_what_is_left_and_closes(case):
    case.send(b"a\n")
    case.reader.room = 100
    case.output.close(1)
    assert case.reader.got == b"a\n"
    assert case.reader.closed
    assert case.loop.writers == {}


def test_close_does_not_wait_for_a_full_disk(case):
    case.reader.error = errno.ENOSPC
    case.send(b"a\n")
    case.output.close(1000)
    assert case.reader.closed


def test_close_gives_up_at_its_deadline(case, monkeypatch):
    waits = []

    def select(_reading, writing, _rest, seconds):
        waits.append(seconds)
        case.loop.now += seconds
        return [], writing if len(waits) < 3 else [], []

    monkeypatch.setattr("emulator.logplex.output.select.select", select)
    case.send(b"a\n")
    case.output.close(2.5)
    assert waits == [2.5]
    assert case.reader.closed

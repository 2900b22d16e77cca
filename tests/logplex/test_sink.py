"""Pipes, terminals, sockets and files are written to without waiting, and left as they were."""

from __future__ import annotations

import asyncio
import os
import socket
import time
import tty

import pytest

from emulator.logplex import sink as sink_module
from emulator.logplex.output import Output
from emulator.logplex.sink import FileSink, SharedSink, SocketSink, open_sink
from emulator.logplex.terminal import Style


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


@pytest.fixture
def terminal():
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, slave
    os.close(master)
    os.close(slave)


@pytest.fixture
def sockets():
    ours, theirs = socket.socketpair()
    yield theirs.fileno(), ours.fileno()
    ours.close()
    theirs.close()


def fill(sink) -> int:
    """How much it takes before it would have to wait."""
    written = 0
    with pytest.raises(BlockingIOError):
        while True:
            written += sink.write([b"x" * 4096])
    return written


@pytest.mark.parametrize("kind", ["pipe", "terminal", "sockets"])
def test_a_full_reader_is_not_waited_for_and_the_shared_flag_stays(kind, request):
    reader, writer = request.getfixturevalue(kind)
    sink = open_sink(writer)
    assert fill(sink) > 0
    assert os.get_blocking(writer)
    os.read(reader, 65_536)
    sink.close()
    os.fstat(writer)


def test_where_a_pipe_cannot_be_opened_again_its_flag_is_restored(pipe, monkeypatch):
    monkeypatch.setattr(sink_module, "_reopened", lambda _: -1)
    sink = open_sink(pipe[1])
    assert isinstance(sink, SharedSink)
    assert fill(sink) > 0
    assert not os.get_blocking(pipe[1])
    sink.close()
    assert os.get_blocking(pipe[1])


def test_a_pipe_nobody_reads_is_a_broken_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    sink = open_sink(writer)
    with pytest.raises(BrokenPipeError):
        sink.write([b"a\n"])
    sink.close()
    os.close(writer)


def test_a_file_is_continued_where_the_shell_left_off(tmp_path):
    path = tmp_path / "out.log"
    with path.open("wb") as file:
        file.write(b"before\n")
        file.flush()
        sink = open_sink(file.fileno())
        assert isinstance(sink, FileSink)
        assert sink.write([b"one\n", memoryview(b"two\n")]) == 8
        sink.close()
        file.write(b"after\n")
    assert path.read_bytes() == b"before\none\ntwo\nafter\n"


def test_dev_null_takes_everything():
    fd = os.open(os.devnull, os.O_WRONLY)
    sink = open_sink(fd)
    assert sink.write([b"x" * 1_000_000]) == 1_000_000
    sink.close()
    os.close(fd)


def test_a_socket_is_sent_to(sockets):
    sink = open_sink(sockets[1])
    assert isinstance(sink, SocketSink)
    assert sink.write([b"a", memoryview(b"b\n")]) == 3
    assert os.read(sockets[0], 9) == b"ab\n"
    sink.close()


@pytest.mark.parametrize("kind", ["pipe", "terminal", "sockets"])
def test_two_megabytes_through_a_real_loop_arrive_whole(kind, request):
    reader, writer = request.getfixturevalue(kind)
    lines = [b"%07d " % n * 12 + b"\n" for n in range(20_000)]
    size = sum(map(len, lines))

    async def send() -> bytes:
        loop = asyncio.get_running_loop()
        relieved = asyncio.Event()
        output = Output(
            *(open_sink(writer), Style(prefix=False), loop, time.monotonic, time.time_ns),
            *(relieved.set, lambda: pytest.fail("gone")),
        )
        reading = loop.run_in_executor(None, read_all, reader, size)
        for line in lines:
            if output.congested:
                relieved.clear()
                await relieved.wait()
            output.deliver((line,), 1)
            output.end_turn()
        got = await reading
        output.close(1)
        return got

    assert asyncio.run(send()) == b"".join(lines)


def read_all(fd: int, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        got += os.read(fd, 65_536)
    return bytes(got)

"""Clients that come to a one-off over TLS, with a secret or without."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import struct
import termios
from fcntl import ioctl

import pytest

from emulator.cli import certificates
from emulator.rendezvous import server as module
from emulator.rendezvous import session
from emulator.rendezvous.guest import Guest
from emulator.rendezvous.records import exit_record
from emulator.rendezvous.server import Server
from tests.api.client import Loop, turns, until


class Bench:
    """A server and what it did; the test plays the one-offs."""

    def __init__(self, loop):
        self.loop = loop
        self.lent, self.hung_up, self.writers = {}, [], []
        self.server = Server(loop, certificates.context, self.lend, self.hung_up.append)

    def lend(self, dyno, fds, tty):
        self.lent[dyno] = (fds, tty)

    async def connect(self, url, secret=None):
        """(reader, writer) of a client that has told the secret."""
        host, _, rest = url.removeprefix("rendezvous://").partition(":")
        port, _, own = rest.partition("/")
        trusting = ssl.create_default_context(cafile=certificates.authority())
        reader, writer = await asyncio.open_connection(host, int(port), ssl=trusting)
        self.writers.append(writer)
        writer.write((own if secret is None else secret).encode() + b"\r\n")
        return reader, writer

    async def attach(self, size=None, wants_status=False, dyno="run.1"):
        url = self.server.expect(Guest(dyno, size, wants_status))
        reader, writer = await self.connect(url)
        assert await reader.readexactly(12) == b"rendezvous\r\n"
        return reader, writer

    def end(self, dyno, status=0):
        """The one-off has ended."""
        for fd in self.lent[dyno][0]:
            os.close(fd)
        self.lent[dyno] = ([], False)
        self.server.exited(dyno, status)


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    loop = Loop()
    bench = Bench(loop)
    yield bench

    async def leave():
        for writer in bench.writers:
            writer.transport.abort()
        await until(lambda: not bench.server.attached)
        await turns(10)

    loop.does(leave())
    bench.server.close()
    loop.does(turns())
    for fds, _ in bench.lent.values():
        for fd in fds:
            os.close(fd)
    loop.close()


def test_pipes_both_ways_and_the_exit_status(bench):
    async def play():
        reader, writer = await bench.attach(wants_status=True)
        (input_, output, error), tty = bench.lent["run.1"]
        writer.write(b"some words\n\x04")
        os.set_blocking(input_, False)
        data = b""
        while (more := read(input_)) != b"":
            data += more or b""
            await turns(1)
        os.write(output, b"out\n")
        os.write(error, b"err\n")
        bench.end("run.1", 7)
        return tty, data, await reader.read()

    told = bench.loop.does(play())
    assert told == (False, b"some words\n", b"out\nerr\n" + exit_record(7))
    assert bench.hung_up == []


def read(fd):
    """None: nothing yet."""
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return None


def test_a_terminal_has_the_clients_size_and_echoes(bench, monkeypatch):
    monkeypatch.setattr(session, "SETTLED", 0.01)

    async def play():
        reader, writer = await bench.attach(size=(101, 33))
        fds, tty = bench.lent["run.1"]
        size = struct.unpack("4H", ioctl(fds[0], termios.TIOCGWINSZ, bytes(8)))[:2]
        writer.write(b"hello\n")
        echo = await reader.readexactly(7)
        typed = os.read(fds[0], 100)
        bench.end("run.1")
        return tty, size, echo, typed, await reader.read()

    told = bench.loop.does(play())
    assert told == (True, (33, 101), b"hello\r\n", b"hello\n", b"")


def test_a_lone_carriage_return_is_sent_in_the_end(bench):
    async def play():
        reader, _ = await bench.attach()
        os.write(bench.lent["run.1"][0][1], b"50%\r")
        found = await reader.readexactly(4)
        bench.end("run.1")
        return found

    assert bench.loop.does(play()) == b"50%\r"


def test_megabytes_in_both_directions(bench):
    data = os.urandom(1_000_000).replace(b"\x04", b"")

    async def play():
        reader, writer = await bench.attach(wants_status=True)
        input_, output, _ = bench.lent["run.1"][0]
        for fd in (input_, output):
            os.set_blocking(fd, False)
        writer.write(data + b"\x04")
        came, gone = b"", 0
        answer = asyncio.ensure_future(reader.read())
        while (more := read(input_)) != b"" or gone < len(came):
            came += more or b""
            try:
                gone += os.write(output, came[gone:]) if came[gone:] else 0
            except BlockingIOError:
                pass
            await turns(1)
        bench.end("run.1", 3)
        return came, await answer

    came, answered = bench.loop.does(play())
    assert hashlib.sha256(came).digest() == hashlib.sha256(data).digest()
    assert answered == data + exit_record(3)


@pytest.mark.parametrize("size", [None, (80, 24)])
def test_a_client_that_vanishes_hangs_up(bench, size):
    async def play():
        _, writer = await bench.attach(size)
        writer.transport.abort()
        await until(lambda: bench.hung_up)

    bench.loop.does(play())
    assert (bench.hung_up, bench.server.attached) == (["run.1"], [])


@pytest.mark.parametrize(("on_screen", "seconds"), [(False, 1.0), (True, 0.2)])
def test_a_client_may_still_say_that_its_input_has_ended(bench, on_screen, seconds):
    """Or the Heroku CLI dies of EPIPE where its standard input is /dev/null."""

    async def play():
        url = bench.server.expect(Guest("run.1", on_screen=on_screen))
        reader, writer = await bench.connect(url)
        await reader.readexactly(12)
        bench.end("run.1")
        await turns()
        (timer,) = [t for t in bench.loop.waiting() if t.when() < bench.loop.time() + 5]
        assert 0 < timer.when() - bench.loop.time() <= seconds
        assert not reader.at_eof()
        writer.write(b"\x04")
        return await reader.read()

    assert bench.loop.does(play()) == b""
    assert bench.hung_up == []


def test_a_secret_is_good_once(bench):
    async def play():
        url = bench.server.expect(Guest("run.1"))
        await (await bench.connect(url))[0].readexactly(12)
        reader, _ = await bench.connect(url)
        return await ended(reader)

    assert bench.loop.does(play()) == b""
    assert bench.server.attached == ["run.1"]


async def ended(reader):
    """What comes until the connection ends, be it by a reset."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


@pytest.mark.parametrize("secret", ["0" * 64, "\0" * 64, "x" * 10_000])
def test_who_has_no_secret_is_turned_away(bench, secret):
    async def play():
        url = bench.server.expect(Guest("run.1"))
        reader, _ = await bench.connect(url, secret)
        return await ended(reader)

    assert bench.loop.does(play()) == b""
    assert (bench.lent, bench.hung_up) == ({}, [])


def test_secrets_are_of_256_bits_and_expire(bench):
    urls = {bench.server.expect(Guest("run.1")) for _ in range(10)}
    secrets = {bytes.fromhex(url.rpartition("/")[2]) for url in urls}
    assert len(secrets) == 10 and all(len(secret) == 32 for secret in secrets)
    (timer, *_) = bench.loop.waiting()
    assert timer.when() - bench.loop.time() == pytest.approx(module.ATTACH_SECONDS, abs=1)
    for timer in bench.loop.waiting():
        timer._run()
        timer.cancel()

    async def play():
        return [await ended((await bench.connect(url))[0]) for url in urls]

    assert set(bench.loop.does(play())) == {b""}


def test_too_many_strangers_wait_in_vain(bench, monkeypatch):
    monkeypatch.setattr(module, "MOST_STRANGERS", 1)

    async def play():
        url = bench.server.expect(Guest("run.1"))
        await bench.connect(url, "")
        await until(lambda: bench.server._strangers)
        with pytest.raises(OSError):
            await bench.connect(url)

    bench.loop.does(play())


def test_who_speaks_no_tls_is_left(bench):
    async def play():
        url = bench.server.expect(Guest("run.1"))
        port = int(url.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        bench.writers.append(writer)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        return await ended(reader)

    answer = bench.loop.does(play())
    assert b"rendezvous" not in answer

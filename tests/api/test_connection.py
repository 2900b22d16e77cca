"""Connections: whatever a client does, it gets what it asked for, and nobody else notices."""

from __future__ import annotations

import os
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.api import connection as module
from emulator.api.answer import Response
from emulator.api.connection import Connection
from tests.api.client import Client, Loop, request, turns, until

BIG = b"x" * 5_000_000


class Flow:
    """A stream by hand."""

    head = b"HTTP/1.1 200 OK\r\n\r\n"

    def __init__(self, is_endless=True):
        self.is_endless = is_endless
        self.is_last = False
        self.parts, self.taken, self.ended, self.over = [], 0, 0, False

    def begin(self, wake):
        self.wake = wake

    def give(self, *parts):
        self.parts += parts
        self.wake()

    def finish(self):
        self.over = True
        self.wake()

    def take(self, size):
        self.taken += 1
        if not self.parts:
            return None if self.over else []
        return [self.parts.pop(0)]

    def end(self):
        self.ended += 1


class House:
    """Connections over socket pairs, answered by `answer`."""

    def __init__(self):
        self.loop = Loop()
        self.requests, self.closed, self.clients = [], [], []
        self.answer = lambda asked: Response(200, body=f"{asked.method} {asked.path}".encode())

    def open(self):
        ours, theirs = socket.socketpair()
        connection = Connection(ours, self.loop, self._answer, self.closed.append)
        self.clients.append(Client(self.loop, theirs))
        return self.clients[-1], connection

    def client(self):
        return self.open()[0]

    def _answer(self, asked):
        self.requests.append((asked.method, asked.path, asked.body))
        return self.answer(asked)

    def close(self):
        for client in self.clients:
            client.close()
        self.loop.does(until(lambda: len(self.closed) == len(self.clients)))
        self.loop.close()


@pytest.fixture
def house():
    """Every connection is closed once its client is, and no timer is left over."""
    house = House()
    yield house
    house.close()
    assert len(set(house.closed)) == len(house.clients)
    assert house.loop.waiting() == []


@pytest.fixture
def quick(monkeypatch):
    """The time limits are short."""
    for name in ("REQUEST_SECONDS", "RESPONSE_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(module, name, 0.02)


def test_one_request(house):
    client = house.client()

    async def act():
        await client.send(request("/a", "POST", "Connection: close", body=b"hello"))
        return await client.rest()

    data = house.loop.does(act())
    assert data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close\r\n" in data
    assert data.endswith(b"\r\n\r\nPOST /a")
    assert house.requests == [("POST", "/a", b"hello")]


def test_one_after_the_other(house):
    client = house.client()

    async def act():
        found = []
        for n in range(3):
            await client.send(request(f"/{n}"))
            found.append(await client.response())
        return found

    assert house.loop.does(act()) == [(200, f"GET /{n}".encode()) for n in range(3)]
    assert house.closed == []


def test_all_at_once_in_order_and_one_a_turn(house):
    client, other = house.client(), house.client()
    order = []
    house.answer = lambda asked: order.append(asked.path) or Response(200)

    async def act():
        await client.send(b"".join(request(f"/{n}") for n in range(20)))
        await other.send(request("/other"))
        for _ in range(20):
            assert (await client.response())[0] == 200

    house.loop.does(act())
    assert [path for path in order if path != "/other"] == [f"/{n}" for n in range(20)]
    assert order.index("/other") < 10


def test_byte_by_byte(house):
    client = house.client()

    async def act():
        for byte in request("/a", "POST", body=b"hi"):
            await client.send(bytes([byte]))
            await turns(2)
        return await client.response()

    assert house.loop.does(act()) == (200, b"POST /a")


@pytest.mark.parametrize("count", [1, 3])
def test_a_client_that_shuts_its_side_is_answered(house, count):
    client = house.client()

    async def act():
        await client.send(request("/a") * count)
        client.end_input()
        return await client.rest()

    assert house.loop.does(act()).count(b"GET /a") == count


def test_a_large_response_to_such_a_client(house):
    client = house.client()
    house.answer = lambda asked: Response(200, body=BIG)

    async def act():
        await client.send(request())
        client.end_input()
        await turns(20)
        return await client.rest()

    assert house.loop.does(act()).endswith(BIG)


def test_half_a_request_is_refused_in_time(house, quick):
    client = house.client()

    async def act():
        await client.send(request("/a")[:-3])
        return await client.rest()

    assert house.loop.does(act()).startswith(b"HTTP/1.1 408 Request Timeout")
    assert house.requests == []


def test_a_drip_does_not_extend_the_time(house, quick):
    client = house.client()

    async def act():
        sent = 0
        while not house.closed and sent < 1_000_000:
            try:
                await client.send(b"G" if not sent else b"E")
            except OSError:
                break
            sent += 1
            await turns(1)
        return sent

    house.loop.does(act())
    assert house.requests == []


def test_an_idle_connection_is_closed_silently(house, quick):
    client = house.client()
    assert house.loop.does(client.rest()) == b""


def test_an_idle_connection_after_a_response_is_closed(house, quick):
    client = house.client()

    async def act():
        await client.send(request())
        return await client.rest()

    assert house.loop.does(act()).endswith(b"GET /")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\n", b"400"),
        (b"GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n" + BIG, b"413"),
        (b"GET / HTTP/1.1\r\nX: " + BIG, b"431"),
    ],
)
def test_a_refused_client_gets_its_answer(house, data, status):
    """Though it is still sending, for which a reset would otherwise be its punishment."""
    client = house.client()

    async def act():
        await client.send(data)
        client.end_input()
        return await client.rest()

    answer = house.loop.does(act())
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in answer
    assert b'{"id":"bad_request","message":"' in answer
    assert house.requests == []


def test_a_refused_client_that_never_ends_is_left(house, quick):
    client = house.client()

    async def act():
        await client.send(b"GET / HTTP/1.1\n")
        await client.rest()
        await until(lambda: house.closed)

    house.loop.does(act())


def test_a_client_that_vanishes_is_forgotten(house):
    client = house.client()
    house.answer = lambda asked: Response(200, body=BIG)

    async def act():
        await client.send(request())
        await turns(5)
        client.close()
        await until(lambda: house.closed)

    house.loop.does(act())


def test_a_client_that_does_not_read_is_left(house, quick):
    client = house.client()
    house.answer = lambda asked: Response(200, body=BIG)

    async def act():
        await client.send(request())
        await until(lambda: house.closed)

    house.loop.does(act())


def test_a_client_that_does_not_read_hurts_nobody(house):
    stuck, other = house.client(), house.client()
    answers = {"/big": Response(200, body=BIG), "/small": Response(200, body=b"small")}
    house.answer = lambda asked: answers[asked.path]

    async def act():
        await stuck.send(request("/big") * 100)
        await turns(10)
        await other.send(request("/small"))
        return await other.response()

    assert house.loop.does(act()) == (200, b"small")
    assert len(house.requests) == 2


def test_a_stream(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        flow.give(b"one ", b"two")
        await client.until(b"two")
        flow.give(b" three")
        flow.finish()
        return await client.rest()

    assert house.loop.does(act()) == b" three"
    assert flow.ended == 1


def test_an_idle_stream_costs_nothing(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        await turns(20)
        return flow.taken

    assert house.loop.does(act()) == 1
    assert house.loop.waiting() == []


def test_one_that_is_the_last_ends_with_our_process(house, monkeypatch):
    """Its reader may start the next emulator then."""
    dup, kept = socket.dup, []
    monkeypatch.setattr(module.socket, "dup", lambda fd: kept.append(dup(fd)))
    (client, connection), flow = house.open(), Flow()
    flow.is_last = True
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        flow.give(b"last words")
        connection.close()
        await client.until(b"last words")
        with pytest.raises(BlockingIOError):
            client.sock.recv(1)
        os.close(kept.pop())
        return await client.rest()

    assert house.loop.does(act()) == b""
    assert flow.ended == 1


def test_what_one_turn_brings_is_written_together(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        before = flow.taken
        for _ in range(100):
            flow.wake()
        flow.give(b"x")
        await client.until(b"x")
        return flow.taken - before

    assert house.loop.does(act()) == 2


def test_a_stream_is_asked_for_no_more_than_its_reader_takes(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow
    part = b"x" * 100_000

    async def act():
        await client.send(request())
        await turns(5)
        flow.give(*[part] * 100)
        await turns(50)
        left = len(flow.parts)
        flow.finish()
        return left, await client.rest()

    left, data = house.loop.does(act())
    assert left > 80
    assert len(data) == len(Flow.head) + 100 * len(part)


class Odd:
    """A socket whose other end takes everything, or nothing."""

    def __init__(self, sock, takes):
        self.sock, self.takes, self.tried = sock, takes, 0

    def __getattr__(self, name):
        return getattr(self.sock, name)

    def sendmsg(self, buffers):
        self.tried += 1
        if not self.takes:
            raise BlockingIOError
        return sum(map(len, buffers))


def test_a_reader_that_takes_everything_lets_others_have_their_turn(house):
    (client, connection), flow = house.open(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        connection._sock = Odd(connection._sock, takes=True)
        flow.give(*[b"x"] * 1000)
        await turns(3)
        return len(flow.parts)

    assert house.loop.does(act()) > 900


def test_a_reader_that_takes_nothing_is_not_tried_again_and_again(house):
    (client, connection), flow = house.open(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        connection._sock = odd = Odd(connection._sock, takes=False)
        house.loop.add_writer = lambda *args: None
        for _ in range(10):
            flow.give(b"x")
            await turns(2)
        return odd.tried

    assert house.loop.does(act()) == 1


def test_the_client_of_an_endless_stream_leaves(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await turns(5)
        flow.wake()
        client.end_input()
        await until(lambda: house.closed)

    house.loop.does(act())
    assert flow.ended == 1


def test_the_client_of_a_finite_stream_may_shut_its_side(house):
    client, flow = house.client(), Flow(is_endless=False)
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        client.end_input()
        await turns(10)
        flow.give(b"all")
        flow.finish()
        return await client.rest()

    assert house.loop.does(act()).endswith(b"all")


def test_what_is_sent_during_a_stream_is_ignored(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        await client.send(request() + b"\0\0\0")
        await turns(5)
        flow.finish()
        return await client.rest()

    assert house.loop.does(act()) == b""
    assert len(house.requests) == 1


def test_a_stream_that_fails_ends(house):
    client, flow = house.client(), Flow()
    house.answer = lambda asked: flow

    def fail(size):
        raise ZeroDivisionError

    async def act():
        await client.send(request())
        await client.until(b"\r\n\r\n")
        flow.take = fail
        flow.wake()
        await until(lambda: house.closed)

    house.loop.run_until_complete(act())
    [failure] = house.loop.failures
    assert isinstance(failure["exception"], ZeroDivisionError)
    assert flow.ended == 1
    house.loop.failures.clear()


def test_closing_sends_the_last_words(house):
    (client, connection), flow = house.open(), Flow()
    house.answer = lambda asked: flow

    async def act():
        await client.send(request())
        await turns(5)
        flow.give(b"goodbye")
        connection.close()
        connection.close()
        return await client.rest()

    assert house.loop.does(act()).endswith(b"goodbye")
    assert flow.ended == 1


# --- descriptors ---------------------------------------------------------------------------------


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def lend(house, client, count, data=None):
    fds = [os.open(os.devnull, os.O_RDWR) for _ in range(count)]
    client.send_with(request() if data is None else data, fds)
    for fd in fds:
        os.close(fd)


def test_descriptors_come_along_and_no_program_inherits_them(house):
    client, kept = house.client(), []

    def answer(asked):
        kept.extend(asked.fds)
        asked.fds.clear()
        return Response(200)

    house.answer = answer

    async def act():
        lend(house, client, 3)
        return await client.response()

    assert house.loop.does(act())[0] == 200
    assert len(kept) == 3
    assert not any(os.get_inheritable(fd) for fd in kept)
    for fd in kept:
        os.close(fd)


def test_descriptors_that_nobody_keeps_are_closed(house):
    client, seen = house.client(), []
    house.answer = lambda asked: seen.extend(asked.fds) or Response(200)

    async def act():
        lend(house, client, 2)
        return await client.response()

    house.loop.does(act())
    assert len(seen) == 2
    assert not any(map(is_open, seen))


def test_too_many_descriptors_are_refused_and_closed(house):
    client = house.client()
    before = len(os.listdir("/dev/fd"))

    async def act():
        lend(house, client, 10)
        client.end_input()
        return await client.rest()

    assert house.loop.does(act()).startswith(b"HTTP/1.1 400")
    client.close()
    assert len(os.listdir("/dev/fd")) <= before


def test_descriptors_of_a_client_that_leaves_are_closed(house):
    client = house.client()
    before = len(os.listdir("/dev/fd"))

    async def act():
        lend(house, client, 3, data=b"G")
        await turns(5)
        client.close()
        await until(lambda: house.closed)

    house.loop.does(act())
    assert len(os.listdir("/dev/fd")) <= before


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.binary(max_size=30)
        | st.sampled_from([request(), request(method="POST", body=b"{}"), b"\r\n\r\n", b"GET "]),
        max_size=6,
    )
)
def test_whatever_is_sent_the_connection_ends_well(house, pieces):
    client = house.client()

    async def act():
        for piece in pieces:
            try:
                await client.send(piece)
            except OSError:
                break
            await turns(1)
        client.end_input()
        return await client.rest()

    answer = house.loop.does(act())
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")

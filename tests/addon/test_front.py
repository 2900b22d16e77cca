"""TLS before a server that has none: whatever clients do, it costs no more than is set."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from emulator.addon import front as fronts
from emulator.addon.front import HOST, Front
from emulator.addon.recipe import TlsFront
from tests.api.client import Client, Loop, turns, until


class Place:
    """A front at a port of its own, before a server that takes clients and says nothing."""

    def __init__(self, is_asked=True):
        self.loop = Loop()
        self.server = socket.create_server((HOST, 0))
        target = self.server.getsockname()[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.front = Front(self.loop, TlsFront(0, target, is_asked), context)
        self.clients = []

    def client(self):
        sock = socket.create_connection((HOST, self.front._socket.getsockname()[1]))
        self.clients.append(Client(self.loop, sock))
        return self.clients[-1]

    def close(self):
        self.front.close()
        self.loop.does(until(lambda: not self.front._tasks))
        for client in self.clients:
            client.close()
        self.server.close()
        self.loop.close()


@pytest.fixture
def place():
    place = Place()
    yield place
    place.close()


@pytest.mark.parametrize("is_asked", [True, False])
def test_who_says_nothing_is_let_go_in_time(is_asked, monkeypatch):
    monkeypatch.setattr(fronts, "GREETING_SECONDS", 0.01)
    place = Place(is_asked)
    assert place.loop.does(place.client().rest()) == b""
    place.close()


def test_who_has_said_something_reaches_the_server(place):
    client = place.client()

    async def act():
        await client.send(b"12345678")
        place.server.setblocking(False)
        there, _ = await place.loop.sock_accept(place.server)
        with there:
            there.setblocking(False)
            await place.loop.sock_sendall(there, b"answer")
            return await place.loop.sock_recv(there, 100), await client.some()

    assert place.loop.does(act()) == (b"12345678", b"answer")


def test_more_clients_than_there_is_room_for_are_let_go(place, monkeypatch):
    monkeypatch.setattr(fronts, "MOST_CLIENTS", 2)
    first = [place.client() for _ in range(2)]
    place.loop.does(until(lambda: len(place.front._tasks) == 2))
    assert place.loop.does(place.client().rest()) == b""
    assert len(place.front._tasks) == 2
    first[0].close()
    place.loop.does(until(lambda: len(place.front._tasks) == 1))
    place.client()
    place.loop.does(until(lambda: len(place.front._tasks) == 2))


def test_without_descriptors_it_pauses(place, monkeypatch):
    calls = []
    real = socket.socket.accept

    def accept(sock):
        calls.append(sock)
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket.socket, "accept", accept)
    place.client()
    place.loop.does(until(lambda: calls))
    place.loop.does(turns(20))
    assert len(calls) == 1
    [pause] = place.loop.waiting()
    pause._run()
    monkeypatch.setattr(socket.socket, "accept", real)
    place.loop.does(until(lambda: place.front._tasks))

"""Clients and dynos that do anything at any time, and a table that changes meanwhile."""

from __future__ import annotations

import random
import socket

import pytest

from emulator.router.table import State, Table
from tests.router.scene import GET, HELLO, Dyno, Peer, Scene

CHUNKED = b"POST /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
SAID_BY_CLIENTS = [
    *(GET, GET, GET * 3, b"HEAD / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: evil\r\n\r\n"),
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
    *(CHUNKED, b"3\r\nabc\r\n", b"0\r\n\r\n", b"x" * 100_000, b"\r\n", b"\0"),
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
]
SAID_BY_DYNOS = [
    *(HELLO, HELLO, HELLO, HELLO[:-3], b"llo", b"HTTP/1.1 100 Continue\r\n\r\n"),
    *(b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nuntil close"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 400_000,
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    *(b"HTTP/1.1 200\r\n\r\n", b"x" * 100_000, b"\r\n", b""),
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
]
SECONDS = [0.1, 1, 6, 11, 31, 56, 76, 100]


class Storm:
    """What goes on, step by step, as the dice say."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.dice = random.Random(seed)
        self.dynos = scene.dynos(State.UP, State.UP)
        self.clients: list[Peer] = []
        self.served: list[Peer] = []

    def step(self) -> None:
        action = self.dice.choice(
            [
                self.come,
                self.say,
                self.say,
                self.reply,
                self.reply,
                self.leave,
                self.wait,
                self.turn,
            ]
        )
        action()
        self.accept()

    def come(self) -> None:
        if len(self.clients) < 8:
            self.clients.append(self.scene.client())

    def say(self) -> None:
        if self.clients:
            _try_to_send(self.dice.choice(self.clients), self.dice.choice(SAID_BY_CLIENTS))

    def reply(self) -> None:
        if self.served:
            _try_to_send(self.dice.choice(self.served), self.dice.choice(SAID_BY_DYNOS))

    def leave(self) -> None:
        peers = self.dice.choice([self.clients, self.served])
        if peers:
            peer = peers.pop(self.dice.randrange(len(peers)))
            self.dice.choice([Peer.close, Peer.reset])(peer)

    def wait(self) -> None:
        if self.dice.random() < 0.3:
            self.scene.advance(self.dice.choice(SECONDS))

    def turn(self) -> None:
        if self.dice.random() < 0.7:
            return
        states = [self.dice.choice([*State, State.UP, State.UP]) for _ in self.dynos]
        web = [dyno.web(state) for dyno, state in zip(self.dynos, states, strict=True)]
        web = web[: self.dice.choice([0, 1, 2, 2])]
        on = self.dice.random() < 0.1
        quantity = self.dice.choice([0, 2])
        table = Table(app="shop", dynos=tuple(web), quantity=quantity, maintenance=on, affinity=on)
        self.scene.proxy.update(table)

    def accept(self) -> None:
        self.scene.loop.turn(0)
        for dyno in self.dynos:
            while (sock := _accepted(dyno)) is not None:
                self.served.append(Peer(self.scene, self.scene.keep(sock)))
        for peer in [*self.clients, *self.served]:
            if self.dice.random() < 0.8:
                peer.look()
                peer.data = b""


def _accepted(dyno: Dyno) -> socket.socket | None:
    try:
        return dyno.sock.accept()[0]
    except BlockingIOError:
        return None


def _try_to_send(peer: Peer, data: bytes) -> None:
    try:
        peer.sock.send(data)
    except OSError:
        pass


@pytest.mark.parametrize("seed", range(12))
def test_every_request_ends_in_one_line_and_nothing_is_left(scene: Scene, seed: int) -> None:
    storm = Storm(scene, seed)
    for _ in range(150):
        storm.step()
    for peer in [*storm.clients, *storm.served]:
        peer.reset()
    scene.settle()
    scene.advance(100)
    proxy = scene.proxy
    assert scene.troubles == 0
    assert proxy.in_flight == 0 and not proxy.waiting and not proxy.clients
    assert len(scene.lines) == proxy.began
    for line in scene.lines:
        assert line.count("\n") == 1 and " at=" in f" {line}" and " status=" in line

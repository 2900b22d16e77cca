"""Who listens where, as the kernel tells it."""

from __future__ import annotations

import _socket
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.dyno import listening


@contextmanager
def listener(host: str, family: int = socket.AF_INET) -> Iterator[socket.socket]:
    with socket.socket(family) as server:
        if family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not host.startswith("::f"))
        server.bind((host, 0))
        server.listen()
        yield server


def inode(server: socket.socket) -> bytes:
    return str(os.fstat(server.fileno()).st_ino).encode()


def found(server: socket.socket) -> listening.Listener:
    port = server.getsockname()[1]
    (one,) = [one for one in listening.listeners() if one.port == port]
    return one


@pytest.mark.parametrize(
    ("host", "family", "loopback", "at"),
    [
        ("127.0.0.1", socket.AF_INET, True, "127.0.0.1"),
        ("127.8.9.10", socket.AF_INET, True, "127.8.9.10"),
        ("0.0.0.0", socket.AF_INET, False, "127.0.0.1"),
        ("::1", socket.AF_INET6, True, "::1"),
        ("::", socket.AF_INET6, False, "127.0.0.1"),
        ("::ffff:127.0.0.1", socket.AF_INET6, True, "127.0.0.1"),
        ("::ffff:0.0.0.0", socket.AF_INET6, False, "127.0.0.1"),
    ],
)
def test_whether_others_can_reach_it_and_where_we_do(
    host: str, family: int, loopback: bool, at: str
) -> None:
    with listener(host, family) as server:
        one = found(server)
        assert (one.loopback, one.host) == (loopback, at)
        assert one.inode == inode(server)


def test_only_who_listens_is_a_listener() -> None:
    with listener("127.0.0.1") as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            listed = [one.inode for one in listening.listeners()]
            assert inode(server) in listed
            assert inode(client) not in listed
    assert all(one.port != port for one in listening.listeners())


def test_the_sockets_of_a_tree_are_those_of_its_processes() -> None:
    """We are one of the processes below our parent, as a dyno's are below its shim."""
    with listener("127.0.0.1") as server:
        assert inode(server) in listening.sockets_of(os.getppid())
        assert inode(server) not in listening.sockets_of(os.getpid())


def test_a_process_that_is_gone_has_none() -> None:
    assert listening.sockets_of(2**22 + 1) == set()


@pytest.mark.parametrize(
    ("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)]
)
def test_accepts_tells_a_listener_from_a_closed_port(host: str, family: int) -> None:
    """How macOS has to look."""
    with listener(host, family) as server:
        port = server.getsockname()[1]
        assert listening.accepting(port) == host
    assert not listening.accepting(port)


def test_accepts_is_not_fooled_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """F29, R20: a closed port that the kernel gives to the very socket that connects to it."""
    tried = []

    class Narcissus(_socket.socket):
        def connect(self, address: tuple[str, int]) -> None:
            if self.family == socket.AF_INET:
                self.bind(address)
                tried.append(address)
            super().connect(address)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setattr(listening._socket, "socket", Narcissus)
    assert not listening.accepting(port)
    assert tried == [("127.0.0.1", port)]

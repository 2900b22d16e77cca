"""The router as a process: what it is told, what it says, and when it ends."""

from __future__ import annotations

import fcntl
import http.client
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.cli.certificates import app_key_file
from emulator.router import wire
from emulator.router.table import State, Table, WebDyno
from tests.real.app import until

pytestmark = pytest.mark.real
HIGH = 64


class Site(threading.Thread):
    """A dyno that answers each request when it may."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.sock.getsockname()[1]
        self.may = threading.Event()
        self.heads: list[bytes] = []
        self.start()

    def run(self) -> None:
        while True:
            try:
                sock = self.sock.accept()[0]
            except OSError:
                return
            with sock:
                while head := sock.recv(65536):
                    self.heads.append(head)
                    self.may.wait(60)
                    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    def close(self) -> None:
        self.may.set()
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def table(self, state: State = State.UP) -> Table:
        dyno = WebDyno("web.1", "web.1@1", self.port, state)
        return Table(app="shop", quantity=1, dynos=(dyno,))


class Process:
    """The emulator's side of a router process."""

    def __init__(self, tls: str = "") -> None:
        """`tls` is the file of its certificate and key."""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.tls = tls
        self.data = bytearray()
        self.frames: list[tuple[wire.Kind, bytes]] = []
        self.begin()

    def begin(self) -> None:
        self.link, theirs = socket.socketpair()
        null = os.open(os.devnull, os.O_RDWR)
        fds = [null, null, null, theirs.fileno(), self.listener.fileno()]
        copies = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH) for fd in fds]
        actions = [(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate(copies)]
        command = wire.command()
        self.pid = os.posix_spawn(command[0], command, {}, file_actions=actions)
        for fd in (null, *copies):
            os.close(fd)
        theirs.close()
        start = wire.Start((wire.Listener(self.port, bool(self.tls)),), self.tls, self.tls)
        self.link.sendall(wire.start_frame(start))

    def tell(self, table: Table) -> None:
        self.link.sendall(wire.table_frame(table))

    def hear(self, kind: wire.Kind) -> bytes:
        """The body of the next frame of that kind."""
        self.link.settimeout(60)
        while True:
            for at, (found, body) in enumerate(self.frames):
                if found is kind:
                    del self.frames[at]
                    return body
            data = self.link.recv(65536)
            assert data, "the router has ended"
            self.data += data
            self.frames += wire.frames(self.data)

    def get(self, path: str = "/", host: str = "localhost") -> int:
        """The status of the answer to that request, on a connection of its own."""
        visitor: http.client.HTTPConnection
        if self.tls:
            trusting = ssl.create_default_context(cafile=self.tls)
            visitor = http.client.HTTPSConnection("127.0.0.1", self.port, context=trusting)
            plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            visitor.sock = trusting.wrap_socket(plain, server_hostname=host)
        else:
            visitor = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        visitor.request("GET", path)
        answer = visitor.getresponse()
        answer.read()
        visitor.close()
        return answer.status

    def has_ended(self) -> bool:
        if self.pid:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.pid = 0
                assert status == 0
        return not self.pid

    def close(self) -> None:
        self.link.close()
        self.listener.close()
        until(self.has_ended, "the router has ended")


def _is_shop(router: Process) -> bool:
    try:
        return router.get(host="shop.localhost") == 200
    except ssl.SSLCertVerificationError:
        return False


def _last_words(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65536)
    except ConnectionResetError:
        return b""


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def router() -> Iterator[Process]:
    made = Process()
    yield made
    made.close()


def test_clients_wait_for_the_first_table_and_the_log_has_their_lines(
    router: Process, site: Site
) -> None:
    site.may.set()
    early = socket.create_connection(("127.0.0.1", router.port), timeout=60)
    early.sendall(b"GET /early HTTP/1.1\r\nHost: localhost\r\n\r\n")
    router.tell(site.table())
    assert early.recv(65536).startswith(b"HTTP/1.1 200 OK")
    early.close()
    assert b'path="/early"' in router.hear(wire.Kind.LINES)
    assert router.get("/next") == 200
    line = router.hear(wire.Kind.LINES)
    assert b'path="/next"' in line and line.endswith(b" tls=false\n")
    router.hear(wire.Kind.COUNTERS)
    site.may.set()


def test_a_sleeping_app_is_asked_for(router: Process, site: Site) -> None:
    site.may.set()
    router.tell(site.table(State.ASLEEP))
    asking = threading.Thread(target=router.get)
    asking.start()
    router.hear(wire.Kind.REQUESTED)
    router.tell(site.table())
    asking.join(60)
    assert b"status=200" in router.hear(wire.Kind.LINES)


def test_after_shutdown_it_ends_with_the_last_answer(router: Process, site: Site) -> None:
    router.tell(site.table())
    statuses: list[int] = []
    asking = threading.Thread(target=lambda: statuses.append(router.get()))
    asking.start()
    until(lambda: site.heads, "the dyno has the request")
    router.link.sendall(wire.frame(wire.Kind.SHUTDOWN))
    site.may.set()
    asking.join(60)
    assert statuses == [200]
    assert b"status=200" in router.hear(wire.Kind.LINES)
    until(router.has_ended, "the router has ended")


def test_it_ends_with_the_emulator_even_in_the_middle(router: Process, site: Site) -> None:
    router.tell(site.table())
    client = socket.create_connection(("127.0.0.1", router.port), timeout=60)
    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    until(lambda: site.heads, "the dyno has the request")
    router.link.close()
    until(router.has_ended, "the router has ended")
    client.close()


def test_another_one_takes_over_the_listener(router: Process, site: Site) -> None:
    site.may.set()
    router.tell(site.table())
    assert router.get() == 200
    os.kill(router.pid, 9)
    os.waitpid(router.pid, 0)
    early = socket.create_connection(("127.0.0.1", router.port), timeout=60)
    early.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    router.link.close()
    router.begin()
    router.tell(site.table())
    assert early.recv(65536).startswith(b"HTTP/1.1 200 OK")
    early.close()


def test_tls(site: Site, tmp_path: Path) -> None:
    site.may.set()
    router = Process(app_key_file(str(tmp_path), ()))
    try:
        router.tell(site.table())
        assert router.get() == 200
        assert b"X-Forwarded-Proto: https\r\n" in site.heads[0]
        assert router.hear(wire.Kind.LINES).endswith(b" tls=true tls_version=tls1.3\n")
        with socket.create_connection(("127.0.0.1", router.port), timeout=60) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            words = _last_words(plain)
            assert words.startswith(b"HTTP/1.1 400 Bad Request\r\n") and b"use https://" in words
        with socket.create_connection(("127.0.0.1", router.port), timeout=60) as noise:
            noise.sendall(b"\0\0\0\0\0\0")
            assert b"HTTP" not in _last_words(noise)
        assert router.get() == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            router.get(host="shop.localhost")
        app_key_file(str(tmp_path), ("shop.localhost",))
        router.link.sendall(wire.frame(wire.Kind.RENEWED))
        router.tell(site.table())
        until(lambda: _is_shop(router), "it has the new certificate")
    finally:
        router.close()

"""A router between clients and dynos that a test plays, over real sockets, in a time of its own.

Nothing runs by itself: whoever waits for something turns the router's loop until it is there.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

from emulator.router.listener import Listener
from emulator.router.loop import Loop
from emulator.router.proxy import Proxy
from emulator.router.table import State, Table, WebDyno

TURNS = 400
"""Of 25 ms at most: so long a thing may take that happens at once."""

START = 1000.0
WALL = 1_700_000_000.0
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Scene:
    """The router, its log, its clock."""

    def __init__(self) -> None:
        self.now = START
        self.lines: list[str] = []
        self.troubles = 0
        self.loop = Loop(lambda: self.now, self._trouble)
        self.proxy = Proxy(self.loop, self.lines.append, lambda: WALL + self.now - START)
        self.proxy.most_clients = 100
        self.sockets: list[socket.socket] = []
        self.listening = self.keep(socket.create_server(("127.0.0.1", 0)))
        self.port = self.listening.getsockname()[1]
        self.listener = Listener(self.proxy, self.listening, self.port)

    def _trouble(self) -> None:
        self.troubles += 1
        raise

    def keep(self, sock: socket.socket) -> socket.socket:
        sock.setblocking(False)
        self.sockets.append(sock)
        return sock

    def close(self) -> None:
        for client in list(self.proxy.clients):
            client.close()
        for pool in self.proxy.pools.values():
            pool.close()
        for backend in list(self.proxy.discarding):
            backend.close()
        left = [one for one in self.loop.watchers.values() if one is not self.listener]
        self.loop.close()
        for sock in self.sockets:
            sock.close()
        assert left == [], "a connection was forgotten"
        assert self.proxy.in_flight == 0

    def until(self, is_true: Callable[[], object]) -> None:
        for _ in range(TURNS):
            if is_true():
                return
            self.loop.turn(0.025)
        raise AssertionError("it has not come")

    def settle(self) -> None:
        """The router has seen all that had come to it."""
        while self.loop.turn(0.002):
            pass

    def advance(self, seconds: float) -> None:
        """So much time has passed, and what was due in it has happened."""
        self.settle()
        end = self.now + seconds
        while self.now < end:
            self.now = self.loop.now = min(end, max(self.proxy.sweep(), self.now + 0.001))
            self.proxy.sweep()
            self.loop.turn(0)
        self.settle()

    def client(self) -> Peer:
        sock = socket.create_connection(("127.0.0.1", self.port))
        return Peer(self, self.keep(sock))

    def dynos(self, *states: State, **fields: object) -> list[Dyno]:
        """The table has dynos in these states; those that are up listen."""
        dynos = [Dyno(self, n) for n in range(1, len(states) + 1)]
        table = Table(app="shop", quantity=len(dynos))
        web = [dyno.web(state) for dyno, state in zip(dynos, states, strict=True)]
        self.proxy.update(table.replace(dynos=tuple(web), **fields))
        return dynos

    def line(self) -> str:
        """The one line that the log has got."""
        self.until(lambda: self.lines)
        assert len(self.lines) == 1, self.lines
        return self.lines.pop()


class Peer:
    """One end of a connection to the router."""

    def __init__(self, scene: Scene, sock: socket.socket) -> None:
        self.scene = scene
        self.sock = sock
        self.data = b""
        self.is_over = False
        self.is_reset = False

    def send(self, data: bytes) -> None:
        """It was sent, while the router read."""
        view = memoryview(data)
        for _ in range(TURNS):
            if not view:
                return
            try:
                view = view[self.sock.send(view) :]
            except BlockingIOError:
                self.scene.loop.turn(0.025)
        raise AssertionError("the router does not read")

    def look(self) -> bytes:
        """All that has come so far."""
        while not self.is_over:
            try:
                data = self.sock.recv(1 << 20)
            except BlockingIOError:
                break
            except ConnectionResetError:
                self.is_over = self.is_reset = True
                break
            self.data += data
            self.is_over = not data
        return self.data

    def has(self, end: bytes) -> bytes:
        """What came, up to and with that; the rest is kept for later."""
        self.scene.until(lambda: end in self.look() or self.is_over)
        before, found, self.data = self.data.partition(end)
        assert found, f"it ended with {before!r}"
        return before + found

    def ends(self) -> bytes:
        """The rest of what came before the connection ended."""
        self.scene.until(lambda: self.look() is not None and self.is_over)
        data, self.data = self.data, b""
        return data

    def close(self) -> None:
        self.sock.close()

    def half_close(self) -> None:
        """It sends no more, but would still read."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()


class Dyno:
    """Listens where the router is told that a dyno does."""

    def __init__(self, scene: Scene, number: int) -> None:
        self.scene = scene
        self.name = f"web.{number}"
        self.launch = f"launch-{number}"
        self.sock = scene.keep(socket.create_server(("127.0.0.1", 0)))
        self.port = self.sock.getsockname()[1]

    def web(self, state: State) -> WebDyno:
        return WebDyno(self.name, self.launch, self.port, state)

    def accept(self) -> Peer:
        """The router's next connection to it."""
        found: list[socket.socket] = []

        def try_it() -> bool:
            try:
                found.append(self.sock.accept()[0])
            except BlockingIOError:
                return False
            return True

        self.scene.until(try_it)
        return Peer(self.scene, self.scene.keep(found[0]))

    def serves(self, response: bytes = HELLO, end: bytes = b"\r\n\r\n") -> tuple[Peer, bytes]:
        """It has answered the next request on a new connection; that, and the request."""
        peer = self.accept()
        request = peer.has(end)
        peer.send(response)
        return peer, request

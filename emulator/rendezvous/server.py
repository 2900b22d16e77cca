"""Where clients meet their one-offs: a TLS port of the loopback interface."""

from __future__ import annotations

import os
import socket

from emulator.errors import UserError

from .session import SECRET_LENGTH, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Callable

    from .guest import Guest
    from .terminal import Terminal

ATTACH_SECONDS = 60.0
"""Source: Dev Center, error-codes, R13; the dyno itself has as long to boot."""
HANDSHAKE_SECONDS = 10.0
MOST_STRANGERS = 64
"""Connections that have not told a secret yet."""
PAUSE_SECONDS = 1.0
ATTEMPTS = 50
BACKLOG = 64


class NoPort(UserError):
    """No TCP port for attached one-offs: {reason}. They run with hk-local run."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Server:
    """Listens from the first guest on, until `close`.

    `context` makes the TLS side of a server, `lend` gives a dyno its descriptors (a terminal's if
    so told) and lets it start, `hang_up` tells it that its guest has left.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        context: Callable[[], ssl.SSLContext],
        lend: Callable[[str, list[int], bool], object],
        hang_up: Callable[[str], object],
    ) -> None:
        self._loop = loop
        self._context = context
        self._lend = lend
        self.hang_up = hang_up
        self._expected: dict[bytes, Guest] = {}
        self._sessions: dict[str, Session] = {}
        self._arriving: set[asyncio.Task[None]] = set()
        self._strangers: set[Session] = set()
        self._listeners: list[socket.socket] = []

    def expect(self, guest: Guest) -> str:
        """The URL at which the guest, and only they, and only once, come to their one-off."""
        self._context()  # raises before anything is promised
        if not self._listeners:
            self._listeners = _listening()
            for listener in self._listeners:
                self._loop.add_reader(listener, self._accept, listener)
        secret = os.urandom(SECRET_LENGTH // 2).hex().encode()
        self._expected[secret] = guest
        self._loop.call_later(ATTACH_SECONDS, self._expected.pop, secret, None)
        port = self._listeners[0].getsockname()[1]
        return f"rendezvous://localhost:{port}/{secret.decode()}"

    @property
    def attached(self) -> list[str]:
        """The dynos that have their guest."""
        return list(self._sessions)

    def exited(self, dyno: str, status: int) -> None:
        """The guest of that dyno is told."""
        self._sessions[dyno].exited(status)

    def close(self) -> None:
        """Nobody is let in any more."""
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()
        self._listeners = []
        for task in self._arriving:
            task.cancel()

    # --- what sessions ask -----------------------------------------------------------------------

    def admit(self, session: Session, secret: bytes) -> Guest | None:
        self._strangers.discard(session)
        guest = self._expected.pop(secret, None)
        if guest:
            self._sessions[guest.dyno] = session
        return guest

    def seat(self, guest: Guest, terminal: Terminal) -> None:
        self._lend(guest.dyno, terminal.lent, guest.size is not None)

    def left(self, session: Session) -> None:
        self._strangers.discard(session)
        if session.guest:
            self._sessions.pop(session.guest.dyno, None)

    # --- arrivals --------------------------------------------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        try:
            sock, _ = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError:  # no descriptors left: a listener that stays ready would spin the loop
            self._loop.remove_reader(listener)
            self._loop.call_later(PAUSE_SECONDS, self._resume, listener)
            return
        sock.setblocking(False)
        if len(self._strangers) + len(self._arriving) >= MOST_STRANGERS:
            sock.close()
            return
        task = self._loop.create_task(self._shake_hands(sock))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    def _resume(self, listener: socket.socket) -> None:
        if listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    async def _shake_hands(self, sock: socket.socket) -> None:
        session = Session(self._loop, self)
        try:
            await self._loop.connect_accepted_socket(
                lambda: session,
                sock,
                ssl=self._context(),
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
            )
        except (OSError, UserError):
            sock.close()
        else:
            if session.guest is None and not session.transport.is_closing():
                self._strangers.add(session)


def _listening() -> list[socket.socket]:
    """Sockets that listen at one port of 127.0.0.1 and, where there is one, of ::1."""
    reason = "none of many ports is free"
    for _ in range(ATTEMPTS):
        try:
            first = _bound(socket.AF_INET, "127.0.0.1", 0)
        except OSError as error:
            raise NoPort(error.strerror or str(error)) from None
        try:
            return [first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])]
        except OSError:
            if not _has_ipv6():
                return [first]
            first.close()
    raise NoPort(reason)


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _has_ipv6() -> bool:
    try:
        _bound(socket.AF_INET6, "::1", 0).close()
    except OSError:
        return False
    return True

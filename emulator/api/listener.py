"""Listening sockets, and all the connections that were made to them."""

from __future__ import annotations

import errno
import socket

from .connection import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .answer import Handover, Response, Stream
    from .door import Door
    from .request import Request

    Answering = Callable[[Request], Response | Stream | Handover]

MOST_CLIENTS = 1000
BACKLOG = 128
ACCEPTED_AT_ONCE = 64
PAUSE_SECONDS = 1.0
"""No client is accepted for so long when there are no descriptors left."""


class Guests:
    """The clients that are served, who have all come by the same kind of socket."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._connections: set[Connection] = set()

    @property
    def is_full(self) -> bool:
        return len(self._connections) >= MOST_CLIENTS

    def admit(self, sock: socket.socket, answer: Answering) -> None:
        self._connections.add(Connection(sock, self._loop, answer, self._connections.discard))

    def close(self) -> None:
        """What clients take at once was sent, and nobody is served any more."""
        for connection in list(self._connections):
            connection.close()


class Listener:
    """Clients of a socket, which is bound already, become guests until `close`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        guests: Guests | Door,
        answer: Answering,
        is_trusted: Callable[[socket.socket], bool],
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._guests = guests
        self._answer = answer
        self._is_trusted = is_trusted
        self._pausing: asyncio.TimerHandle | None = None
        sock.listen(BACKLOG)
        sock.setblocking(False)
        loop.add_reader(sock, self._accept)

    def close(self) -> None:
        if self._pausing:
            self._pausing.cancel()
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            if self._guests.is_full:
                return self._pause()
            try:
                sock, _address = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return None
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                    return self._pause()
                raise
            if self._is_trusted(sock):
                self._guests.admit(sock, self._answer)
            else:
                sock.close()
        return None

    def _pause(self) -> None:
        """Clients wait in the kernel's queue; a listener that stays ready would spin the loop."""
        self._loop.remove_reader(self._sock)
        self._pausing = self._loop.call_later(PAUSE_SECONDS, self._resume)

    def _resume(self) -> None:
        self._pausing = None
        self._loop.add_reader(self._sock, self._accept)

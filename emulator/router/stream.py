"""A connected socket that never makes us wait."""

from __future__ import annotations

import socket

from .loop import GONE, READ, WRITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from .loop import Loop

    class Socket(Protocol):
        """A socket, or TLS over one; where a socket would have to wait it raises
        BlockingIOError."""

        def recv(self, size: int, /) -> bytes: ...
        def recv_into(self, view: memoryview, /) -> int: ...
        def send(self, data: bytes | memoryview, /) -> int: ...
        def fileno(self) -> int: ...
        def setsockopt(self, level: int, name: int, value: int | bytes, /) -> None: ...
        def shutdown(self, how: int, /) -> None: ...
        def close(self) -> None: ...


HEAD_BYTES = 65536
"""What is read at once where a head is expected."""

BODY = bytearray(256 * 1024)
"""Where bodies pass through: one for all, since what is read is sent on in the same turn."""

BODY_VIEW = memoryview(BODY)
RESET = -1


class Stream:
    """What the other side does not take at once waits in `pending`.

    `read` is called when there is something to read, `drained` when all of `pending` was taken.
    """

    __slots__ = ("_events", "fd", "is_closed", "loop", "pending", "read", "sock")

    read: Callable[[], None]

    def __init__(self, sock: Socket, loop: Loop, events: int = READ) -> None:
        self.sock = sock
        self.fd = sock.fileno()
        self.loop = loop
        self.pending = bytearray()
        self.is_closed = False
        self._events = events
        loop.watch(self.fd, events, self)

    def ready(self, events: int) -> None:
        if events & WRITE:
            self.flush()
        if events & ~WRITE and not self.is_closed:
            self.read()

    def receive(self) -> int | None:
        """How many bytes have come, into BODY: 0 at the end, RESET, None if there are none yet."""
        try:
            return self.sock.recv_into(BODY_VIEW)
        except BlockingIOError:
            return None
        except OSError:
            return RESET

    def send(self, data: bytes | memoryview) -> None:
        """It was sent, or waits in `pending`; a connection that is broken shows that when read."""
        if self.pending:
            self.pending += data
            return
        try:
            sent = self.sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return
        if sent < len(data):
            self.pending += memoryview(data)[sent:]
            self._want(self._events | WRITE)

    def flush(self) -> None:
        try:
            # A view that lives on would forbid to shorten `pending`.
            with memoryview(self.pending) as view, view[: len(BODY)] as part:
                sent = self.sock.send(part)
        except BlockingIOError:
            return
        except OSError:
            sent = len(self.pending)
        del self.pending[:sent]
        self.progressed()
        if not self.pending and not self.is_closed:
            self._want(self._events & ~WRITE)
            self.drained()

    def progressed(self) -> None:
        """Some of `pending` was taken."""

    def drained(self) -> None:
        """All of `pending` was taken."""

    def pause(self) -> None:
        """Nothing is read until `resume`; that the other side is gone is told all the same."""
        if self._events & READ:
            self._want(self._events & ~READ | GONE)

    def resume(self) -> None:
        if not self._events & READ:
            self._want((self._events | READ) & ~GONE)

    @property
    def is_paused(self) -> bool:
        return not self._events & READ

    def send_no_more(self) -> None:
        """The other side sees the end of what we send; we still hear it."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it is gone already

    def _want(self, events: int) -> None:
        if events != self._events and not self.is_closed:
            self._events = events
            self.loop.change(self.fd, events)

    def broken(self) -> None:
        self.close()

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.loop.forget(self.fd)
            self.sock.close()
            # A method of its own in a slot is a cycle that only the collector would find.
            self.read = _nothing


def _nothing() -> None:
    """A closed connection has nothing to read."""


def reset(sock: Socket) -> None:
    """Closing the socket will tell the other side that something was cut off."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

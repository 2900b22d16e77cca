"""Clients at the API's TCP port come with plain HTTP, or with TLS before it.

The Heroku CLI speaks with ps:exec's server over TLS only, and knows but one port of ours.
"""

from __future__ import annotations

import asyncio
import socket

from emulator.errors import UserError

from .connection import REQUEST_SECONDS
from .listener import MOST_CLIENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from .listener import Answering, Guests

HANDSHAKE = b"\x16"
"""The first byte of a TLS client. Source: RFC 8446, 5.1."""
BLOCK = 65536


class Door:
    """Makes guests of clients; those with TLS through a pair of sockets, behind which they are as
    all others. `context` is asked for when the first of them comes."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        guests: Guests,
        context: Callable[[], ssl.SSLContext],
    ) -> None:
        self._loop = loop
        self._guests = guests
        self._context = context
        self._waiting: dict[socket.socket, asyncio.TimerHandle] = {}
        self._secured: set[asyncio.Task[None]] = set()

    @property
    def is_full(self) -> bool:
        return self._guests.is_full or len(self._waiting) + len(self._secured) >= MOST_CLIENTS

    def admit(self, sock: socket.socket, answer: Answering) -> None:
        """The client becomes a guest as soon as it has said a byte."""
        sock.setblocking(False)
        self._waiting[sock] = self._loop.call_later(REQUEST_SECONDS, self._turn_away, sock)
        self._loop.add_reader(sock, self._look, sock, answer)

    def _look(self, sock: socket.socket, answer: Answering) -> None:
        try:
            first = sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            first = b""
        self._loop.remove_reader(sock)
        self._waiting.pop(sock).cancel()
        if first != HANDSHAKE:
            self._let_in(sock, answer)
            return
        task = self._loop.create_task(self._secure(sock, answer))
        self._secured.add(task)
        task.add_done_callback(self._secured.discard)

    def _turn_away(self, sock: socket.socket) -> None:
        self._loop.remove_reader(sock)
        self._waiting.pop(sock).cancel()
        sock.close()

    def _let_in(self, sock: socket.socket, answer: Answering) -> None:
        """It is a guest, unless others came in while it was at the door."""
        if self._guests.is_full:
            sock.close()
        else:
            self._guests.admit(sock, answer)

    async def _secure(self, sock: socket.socket, answer: Answering) -> None:
        """What the client says under TLS is said to a guest's connection, and the answers back."""
        client, plain = Half(), Half()
        client.other, plain.other = plain, client
        inside, outside = socket.socketpair()
        try:
            await self._loop.create_connection(lambda: plain, sock=outside)
            await self._loop.connect_accepted_socket(
                lambda: client, sock, ssl=self._context(), ssl_handshake_timeout=REQUEST_SECONDS
            )
        except (OSError, UserError):
            sock.close()
            inside.close()  # which is the end of the plain half, too
        else:
            self._let_in(inside, answer)

    def close(self) -> None:
        for sock in list(self._waiting):
            self._turn_away(sock)
        for task in self._secured:
            task.cancel()


class Half(asyncio.Protocol):
    """One of two connections: what comes here goes out at the other."""

    other: Half
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.other.transport:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport:
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if self.other.transport:
            self.other.transport.close()

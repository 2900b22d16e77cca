"""TLS before a server that has none: what comes over TLS goes on to it as it is, and back."""

from __future__ import annotations

import asyncio
import errno
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    from .recipe import TlsFront

HOST = "127.0.0.1"
BACKLOG = 128
BLOCK = 65536
MOST_CLIENTS = 1000
GREETING_SECONDS = 10.0
"""In which a client has agreed with us whether there is TLS, and has begun it."""
PAUSE_SECONDS = 1.0
"""No client is accepted for so long when there are no descriptors left."""

REQUEST = 8
TLS_REQUEST = bytes.fromhex("00000008 04d2162f")
GSS_REQUEST = bytes.fromhex("00000008 04d21630")
"""What a client of Postgres says first, if it wants that. Source: protocol-message-formats."""


class Front:
    """Listens from now on, until `close`. Raises OSError."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, front: TlsFront, context: ssl.SSLContext
    ) -> None:
        self._front = front
        self._context = context
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._pausing: asyncio.TimerHandle | None = None
        self._socket = socket.create_server((HOST, front.port), backlog=BACKLOG)
        self._socket.setblocking(False)
        self._listen()

    def _listen(self) -> None:
        self._loop.add_reader(self._socket, self._accept)

    def _pause(self) -> None:
        """Clients wait in the kernel's queue; a socket that stays ready would spin the loop."""
        self._loop.remove_reader(self._socket)
        self._pausing = self._loop.call_later(PAUSE_SECONDS, self._listen)

    def _accept(self) -> None:
        try:
            link, _ = self._socket.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self._pause()
            return
        if len(self._tasks) >= MOST_CLIENTS:
            link.close()
            return
        task = self._loop.create_task(self._serve(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, link: socket.socket) -> None:
        """The client and the server have said all they had to say to one another."""
        ends: list[asyncio.StreamWriter] = []
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                reader, first = await self._receive(link, ends)
            writer = ends[0]
            there, back = await asyncio.open_connection(HOST, self._front.target)
            ends.append(back)
            back.write(first)
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        except (OSError, EOFError):  # ssl.SSLError is an OSError
            link.close()
        finally:
            for end in ends:
                _abort(end)

    async def _receive(
        self, link: socket.socket, ends: list[asyncio.StreamWriter]
    ) -> tuple[asyncio.StreamReader, bytes]:
        """The client can be read from, by TLS or not, after what it has said already; its writer
        is the first of the ends."""
        reader = asyncio.StreamReader(loop=self._loop)
        # The writer is the protocol's own: start_tls would close that of another.
        protocol = asyncio.StreamReaderProtocol(
            reader, lambda _, writer: ends.append(writer), loop=self._loop
        )
        at_once = None if self._front.is_asked else self._context
        await self._loop.connect_accepted_socket(lambda: protocol, link, ssl=at_once)
        return reader, await self._greet(reader, ends[0]) if self._front.is_asked else b""

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """TLS has begun if the client asked for it; what it said first if it did not.

        Source: PostgreSQL documentation, protocol-flow, SSL session encryption.
        """
        first = await reader.readexactly(REQUEST)
        if first == GSS_REQUEST:
            writer.write(b"N")
            first = await reader.readexactly(REQUEST)
        if first != TLS_REQUEST:
            return first
        writer.write(b"S")
        await writer.drain()
        await writer.start_tls(self._context)
        return b""

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(BLOCK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
        else:
            sink.close()

    def close(self) -> None:
        """Nobody is let in any more, and who is in is sent away."""
        if self._pausing:
            self._pausing.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        for task in self._tasks:
            task.cancel()


def _abort(end: asyncio.StreamWriter) -> None:
    try:
        end.transport.abort()
    except AttributeError:
        pass  # as a TLS transport that was closed twice raises in Python 3.11.2

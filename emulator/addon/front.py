"""TLS before a server that has none: what comes over TLS goes on to it as it is, and back."""

from __future__ import annotations

import asyncio
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

HOST = "127.0.0.1"
BACKLOG = 128
BLOCK = 65536


class Front:
    """Listens at `port` from now on, until `close`. Raises OSError."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, port: int, target: int, context: ssl.SSLContext
    ) -> None:
        self._target = target
        self._context = context
        self._loop = loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server((HOST, port), backlog=BACKLOG)
        self._socket.setblocking(False)
        loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        try:
            link, _ = self._socket.accept()
        except OSError:
            return
        task = self._loop.create_task(self._serve(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, link: socket.socket) -> None:
        """The client and the server have said all they had to say to one another."""
        ends: list[asyncio.StreamWriter] = []
        try:
            reader = asyncio.StreamReader(loop=self._loop)
            protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol, link, ssl=self._context
            )
            ends.append(asyncio.StreamWriter(transport, protocol, reader, self._loop))
            there, back = await asyncio.open_connection(HOST, self._target)
            ends.append(back)
            pumps = (self._pump(reader, back), self._pump(there, ends[0]))
            await asyncio.gather(*pumps)
        except (OSError, EOFError):  # ssl.SSLError is an OSError
            link.close()
        finally:
            for end in ends:
                end.transport.abort()

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
        self._loop.remove_reader(self._socket)
        self._socket.close()
        for task in self._tasks:
            task.cancel()

"""The router process: it serves from START until the emulator's end of the link is gone."""

from __future__ import annotations

import asyncio
import os
import random
import socket

from . import wire
from .table import Table, Verdict

READ = 65536


class Router:
    """Relays each connection to a dyno."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.data = bytearray()
        self.table: Table | None = None
        self.changed = asyncio.Event()

    def hear(self) -> None:
        data = self.link.recv(READ)
        if not data:
            os._exit(0)
        self.data += data
        for kind, body in wire.frames(self.data):
            if kind is wire.Kind.START:
                self.start(wire.read_start(body))
            elif kind is wire.Kind.TABLE:
                self.table = wire.read_table(body)
                self.changed.set()
                self.changed = asyncio.Event()
            else:
                os._exit(0)

    def start(self, start: wire.Start) -> None:
        loop = asyncio.get_running_loop()
        for number in range(len(start.listeners)):
            sock = socket.socket(fileno=wire.FIRST_LISTENER + number)
            sock.setblocking(False)
            self.server = loop.create_task(asyncio.start_server(self.serve, sock=sock))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.relay(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        while self.table is None or self.table.verdict() in (Verdict.WAIT, Verdict.WAKE):
            await self.changed.wait()
        dyno = self.table.pick(random.random())
        if dyno is None:
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            return
        dyno_reader, dyno_writer = await asyncio.open_connection(dyno.address, dyno.port)
        dyno_writer.write(head.removesuffix(b"\r\n") + b"Connection: close\r\n\r\n")
        line = f'at=info method=? path="?" dyno={dyno.name} status=200\n'
        self.link.send(wire.frame(wire.Kind.LINES, line.encode()))
        await asyncio.gather(copy(reader, dyno_writer), copy(dyno_reader, writer))


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(READ):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve() -> None:
    link = socket.socket(fileno=wire.LINK)
    router = Router(link)
    asyncio.get_running_loop().add_reader(link, router.hear)
    await asyncio.Event().wait()


def main() -> None:
    """The emulator is gone."""
    asyncio.run(serve())

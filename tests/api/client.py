"""A loop that counts its timers, and clients that do with a socket what no good client would."""

from __future__ import annotations

import array
import asyncio
import socket

PATIENCE = 60.0
"""After so long a test has failed; nothing waits for it to pass."""


class Loop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self.failures = []
        self.timers = []
        self.set_exception_handler(lambda loop, context: self.failures.append(context))

    def call_at(self, when, callback, *args, **options):
        timer = super().call_at(when, callback, *args, **options)
        self.timers.append(timer)
        return timer

    def waiting(self):
        """The timers that are still to come."""
        return [t for t in self.timers if not t.cancelled() and t.when() > self.time()]

    def does(self, coroutine):
        """What the coroutine answers; nothing failed meanwhile."""

        async def bounded():
            async with asyncio.timeout(PATIENCE):
                return await coroutine

        answer = self.run_until_complete(bounded())
        assert self.failures == []
        return answer


class Client:
    """One end of a connection; all of it happens in the loop of the server."""

    def __init__(self, loop, sock):
        self.loop, self.sock = loop, sock
        self.data = b""
        sock.setblocking(False)

    async def send(self, data):
        await self.loop.sock_sendall(self.sock, data)

    def send_with(self, data, fds):
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
        assert self.sock.sendmsg([data], [rights]) == len(data)

    def end_input(self):
        self.sock.shutdown(socket.SHUT_WR)

    async def some(self):
        """More bytes, or b"" at the end; a reset is an end."""
        try:
            return await self.loop.sock_recv(self.sock, 1 << 20)
        except ConnectionResetError:
            return b""

    async def until(self, mark):
        """What comes up to and with the mark."""
        while mark not in self.data:
            more = await self.some()
            assert more, self.data
            self.data += more
        found, _, self.data = self.data.partition(mark)
        return found + mark

    async def rest(self):
        """All that comes until the connection ends."""
        while more := await self.some():
            self.data += more
        data, self.data = self.data, b""
        return data

    async def response(self):
        """(status, body) of the next response."""
        head = (await self.until(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        size = int(fields["content-length"])
        while len(self.data) < size:
            self.data += await self.some()
        body, self.data = self.data[:size], self.data[size:]
        return int(head.split()[1]), body

    def close(self):
        self.sock.close()


def request(target="/", method="GET", *fields, body=b""):
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *fields, "", ""]).encode() + body


async def turns(n=5):
    """The loop has had so many turns."""
    future = asyncio.get_running_loop().create_future()

    def count(left):
        if left:
            asyncio.get_running_loop().call_soon(count, left - 1)
        else:
            future.set_result(None)

    count(n)
    await future


async def until(is_true):
    """It is true, some turns of the loop later."""
    while not is_true():
        await turns(1)

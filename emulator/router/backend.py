"""A connection to a dyno: one request at a time goes out on it, and its response comes back."""

from __future__ import annotations

import socket

from . import hcode, limits, outcome
from .body import Chunked, body
from .hcode import Blame, Phase, Reason, classify
from .head import CHUNKED, END, UNTIL_CLOSE, Malformed
from .loop import READ, WRITE
from .response import Unservable
from .stream import BODY, HEAD_BYTES, RESET, Stream
from .tunnel import Tunnel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .body import Body
    from .client import Client
    from .exchange import Exchange
    from .hcode import Code
    from .pool import Pool
    from .response import Response


class Backend(Stream):
    """Kept in its pool between requests. `client` is None while it has none."""

    __slots__ = (
        "_head",
        "_is_connecting",
        "_response",
        "body",
        "client",
        "data",
        "deadline",
        "is_new",
        "pool",
        "response",
    )
    sock: socket.socket

    def __init__(self, sock: socket.socket, pool: Pool, client: Client) -> None:
        self.pool = pool
        self.client: Client | None = client
        self.response: Response | None = None
        self.body: Body | None = None
        self.data = b""
        self.deadline = 0.0
        self.is_new = True
        """No response has come on it yet."""

        self._is_connecting = True
        self._head = b""
        self._response: Response
        self.read = self.read_idle
        super().__init__(sock, pool.proxy.loop, WRITE)

    def flush(self) -> None:
        if self._is_connecting:
            self._connected()
        else:
            super().flush()

    def _connected(self) -> None:
        self._is_connecting = False
        self._want(READ)
        client = self.client
        error = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if client is None:
            self.close()
        elif error:
            self.close()
            self.pool.proxy.connect_failed(client, Reason.REFUSED)
        else:
            self.begin(client)

    def begin(self, client: Client) -> None:
        """The dyno was sent the head of the client's request, and the body follows."""
        exchange = client.exchange
        assert exchange is not None
        self.client = client
        self.read = self.read_head
        exchange.dyno = self.pool.dyno.name
        exchange.connected_at = self.loop.now
        self.send(client.proxy.request_head(client, exchange))
        client.connected(self)

    def read_idle(self) -> None:
        """Nobody asked: the dyno has closed the connection, or has lost count."""
        self.close()

    def read_head(self) -> None:
        try:
            data = self.sock.recv(HEAD_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._closed_early()
            return
        if self.data:
            data = self.data + data
            self.data = b""
        self.take(data)

    def _closed_early(self) -> None:
        """No whole head came: H13, unless the dyno may not even have seen the request."""
        client = self.client
        assert client is not None and client.exchange is not None
        is_stale = not self.is_new and not self.data
        if is_stale and client.exchange.request.is_repeatable:
            client.backend = None
            self.close()
            client.proxy.try_again(client, self.pool)
        elif self.data:
            self._fail(hcode.H18)
        else:
            self._fail(classify(Blame.DYNO, client.exchange.phase, Reason.CLOSED))

    def take(self, data: bytes) -> None:
        """A response has begun; `data` is what has come of it."""
        client = self.client
        assert client is not None and client.exchange is not None
        while True:
            end = data.find(END) + 4
            if end == 3:
                self._await_head(data)
                return
            head = data[:end]
            if head != self._head:
                try:
                    self._response = client.proxy.responses.read(head)
                except Unservable as error:
                    self._fail(error.code)
                    return
                self._head = head
            response = self._response
            if response.status >= 200 or response.status == 101:
                break
            # Source: Dev Center, http-routing: it is the router who says 100.
            if response.status != 100 and client.exchange.request.minor:
                client.send(response.open)
            data = data[end:]
        if response.status == 101 and not client.exchange.request.manner.upgrades:
            self._fail(hcode.H17)
        elif response.status == 101:
            Tunnel(client, self, response).open(data[end:])
        else:
            self._respond(client, client.exchange, response, data, end)

    def _await_head(self, data: bytes) -> None:
        self.data = data
        if len(data) > limits.RESPONSE_HEAD:
            self._fail(hcode.H25_HEADER)

    def _respond(
        self, client: Client, exchange: Exchange, response: Response, data: bytes, end: int
    ) -> None:
        """The client gets the head, and what of the body is here."""
        request = exchange.request
        has_body = response.has_body and not request.is_head
        length = response.length if has_body else 0
        self.response = response
        if (
            length == UNTIL_CLOSE
            or client.body is not None
            or (length == CHUNKED and not request.minor)
        ):
            client.keeps_alive = False
        head = response.head_for(request.minor, client.keeps_alive, length)
        if cookie := client.proxy.affinity_cookie(request, self.pool.dyno):
            head = head[:-2] + cookie + b"\r\n"
        size = len(data)
        exchange.status = response.status
        exchange.head_bytes = len(head)
        exchange.phase = Phase.STREAMING
        client.response_length = length
        if length >= 0 and size - end == length:
            exchange.bytes = length
            client.send(head + data[end:] if length else head)
            self._finish()
            return
        self.body = body(length)
        if length == CHUNKED and not request.minor:
            self.body = Chunked([])
        self.read = self.read_body
        client.deadline = self.loop.now + limits.IDLE_SECONDS
        client.send(head)
        self._pass_on(data, end, size)

    def read_body(self) -> None:
        size = self.receive()
        if size is None:
            return
        if size > 0:
            self._pass_on(BODY, 0, size)
        elif size != RESET and self.response is not None and self.response.length == UNTIL_CLOSE:
            self._finish()
        else:
            self._fail(hcode.H18)

    def _pass_on(self, data: bytes | bytearray, at: int, size: int) -> None:
        """The client gets what belongs to the body of data[at:size]."""
        client, found = self.client, self.body
        assert client is not None and client.exchange is not None and found is not None
        try:
            end = found.feed(data, at, size)
        except Malformed:
            self._fail(hcode.H17)
            return
        client.deadline = self.loop.now + limits.IDLE_SECONDS
        part: bytes | memoryview = memoryview(data)[at:end]
        if isinstance(found, Chunked) and found.payload is not None:
            part = b"".join(found.payload)
            found.payload.clear()
        if len(part):
            client.exchange.bytes += len(part)
            client.send(part)
        if found.is_done:
            self.data = bytes(data[end:size])
            self._finish()
        elif len(client.pending) > limits.RESPONSE_BUFFER:
            self.pause()

    def _finish(self) -> None:
        """The response is complete: the client goes on, and so does this connection if it can."""
        client, response = self.client, self.response
        assert client is not None and response is not None
        keeps = (
            response.keeps_alive
            and client.response_length != UNTIL_CLOSE
            and client.body is None
            and not (self.data or self.pending)
        )
        self.client = self.response = self.body = None
        self.is_new = False
        if keeps:
            self.read = self.read_idle
            self.pool.give(self)
        else:
            self.close()
        client.finish()

    def drained(self) -> None:
        client = self.client
        if client is None:
            self.send_no_more()
            return
        client.resume()
        if client.exchange is not None and client.exchange.phase is Phase.WAITING:
            # All of the request is sent only now.
            client.deadline = self.loop.now + limits.FIRST_BYTE_SECONDS

    def _fail(self, code: Code) -> None:
        client = self.client
        assert client is not None
        outcome.fail(client, code)

    def discard(self) -> None:
        """The dyno goes on and answers; nobody hears it."""
        self.client = None
        self.read = self.read_nothing
        self.deadline = self.loop.now + limits.DISCARD_SECONDS
        self.resume()
        self.pool.proxy.discarding.add(self)

    def read_nothing(self) -> None:
        size = self.receive()
        if size is not None and size <= 0:
            self.close()

    def leave(self) -> None:
        """The client of a tunnel is gone: the dyno still gets its last words, and then the end."""
        if self.pending:
            self.discard()
        else:
            self.close()

    def broken(self) -> None:
        client = self.client
        self.close()
        if client is not None:
            client.broken()

    def close(self) -> None:
        if not self.is_closed:
            super().close()
            self.client = None
            self.pool.forget(self)
            self.pool.proxy.discarding.discard(self)

"""What is between a client and its dyno after a 101: bytes, both ways, until one ends it."""

from __future__ import annotations

from . import limits, outcome
from .hcode import Phase
from .stream import BODY_VIEW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .backend import Backend
    from .client import Client
    from .response import Response


class Tunnel:
    """A websocket, mostly. The log has its line when it is closed. Source: log samples."""

    def __init__(self, client: Client, backend: Backend, response: Response) -> None:
        assert client.exchange is not None
        self.client = client
        self.backend = backend
        self.head = response.kept + b"Connection: Upgrade\r\n\r\n"
        self.exchange = client.exchange
        self.loop = client.loop

    def open(self, rest: bytes) -> None:
        """Both were told; `rest` is what the dyno has said already."""
        client, exchange = self.client, self.exchange
        exchange.status = 101
        exchange.phase = Phase.TUNNEL
        exchange.head_bytes = len(self.head)
        exchange.bytes = len(rest)
        client.keeps_alive = False
        client.body = None
        client.deadline = self.loop.now + limits.IDLE_SECONDS
        client.read = self.from_client
        self.backend.read = self.from_dyno
        client.send(self.head + rest)
        client.resume()
        ahead, client.ahead = client.ahead, b""
        if ahead:
            self.backend.send(ahead)

    def from_client(self) -> None:
        """The dyno gets what has come."""
        size = self.client.receive()
        if size is None:
            return
        if size <= 0:
            outcome.gone(self.client)
            return
        self.client.deadline = self.loop.now + limits.IDLE_SECONDS
        self.backend.send(BODY_VIEW[:size])
        if self.backend.pending:
            self.client.pause()

    def from_dyno(self) -> None:
        """The client gets what has come."""
        size = self.backend.receive()
        if size is None:
            return
        if size <= 0:
            self.backend.close()
            self.client.finish()
            return
        self.client.deadline = self.loop.now + limits.IDLE_SECONDS
        self.exchange.bytes += size
        self.client.send(BODY_VIEW[:size])
        if len(self.client.pending) > limits.RESPONSE_BUFFER:
            self.backend.pause()

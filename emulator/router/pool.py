"""The connections to one launch of a dyno."""

from __future__ import annotations

import socket

from . import limits
from .backend import Backend
from .hcode import Phase, Reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .client import Client
    from .proxy import Proxy
    from .table import WebDyno

NOW = (0, 115, 36)
"""What connect_ex says of a connection that is made, or about to be (Linux, macOS)."""


class Pool:
    """Last in, first out: the connection used last is the least likely to have been closed."""

    def __init__(self, proxy: Proxy, dyno: WebDyno) -> None:
        self.proxy = proxy
        self.dyno = dyno
        self.launch = dyno.launch
        self.idle: list[Backend] = []
        self.quarantined_until = 0.0
        self._is_closed = False

    def serve(self, client: Client) -> None:
        """The request is on its way, over a kept connection if there is one to be trusted."""
        exchange = client.exchange
        assert exchange is not None
        now = self.proxy.loop.now
        if self.idle:
            backend = self.idle[-1]
            if exchange.request.is_repeatable or now - backend.deadline < limits.FRESH_SECONDS:
                self.idle.pop()
                backend.begin(client)
                return
        self.connect(client)

    def connect(self, client: Client) -> None:
        """The request will be sent over a new connection."""
        exchange = client.exchange
        assert exchange is not None
        exchange.phase = Phase.CONNECTING
        exchange.dyno = self.dyno.name
        client.deadline = self.proxy.loop.now + limits.CONNECT_SECONDS
        family = socket.AF_INET6 if ":" in self.dyno.address else socket.AF_INET
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            self.proxy.connect_failed(client, Reason.CLOSED)
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sock.connect_ex((self.dyno.address, self.dyno.port)) not in NOW:
            sock.close()
            self.proxy.connect_failed(client, Reason.REFUSED)
            return
        client.backend = Backend(sock, self, client)

    def give(self, backend: Backend) -> None:
        """The connection is free for the next request. Its deadline holds since when."""
        if self._is_closed:
            backend.close()
        else:
            backend.deadline = self.proxy.loop.now
            self.idle.append(backend)

    def forget(self, backend: Backend) -> None:
        if backend in self.idle:
            self.idle.remove(backend)

    def sweep(self, now: float) -> None:
        """No connection is kept for longer than Heroku's router does."""
        while self.idle and now - self.idle[0].deadline > limits.DYNO_KEEP_ALIVE_SECONDS:
            self.idle[0].close()

    def close(self) -> None:
        """No request goes there any more; those in flight are finished."""
        self._is_closed = True
        for backend in list(self.idle):
            backend.close()

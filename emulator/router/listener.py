"""Where clients come in."""

from __future__ import annotations

import socket

from . import limits
from .client import Client
from .loop import READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    from .proxy import Proxy

ACCEPTED_AT_ONCE = 64


class Listener:
    """Accepts clients while there is room, and makes room by closing those who ask nothing.

    A few more are accepted to be told that there is none (H22); others wait in the kernel's queue.
    """

    def __init__(
        self,
        proxy: Proxy,
        sock: socket.socket,
        port: int,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.proxy = proxy
        self.sock = sock
        self.port = port
        self.context = context
        self.paused_until = 0.0
        sock.setblocking(False)
        proxy.loop.watch(sock.fileno(), READ, self)

    def ready(self, events: int) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                sock, address = self.sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                # No descriptors, no memory: a listener that stays ready would spin the loop.
                if not self.proxy.evict():
                    self.pause()
                return
            client = self._admit(sock, address[0])
            excess = len(self.proxy.clients) - self.proxy.most_clients
            if excess > 0 and not self.proxy.evict(client) and excess >= limits.TOLD_OF_LIMIT:
                self.pause()
                return

    def _admit(self, sock: socket.socket, peer: str) -> Client:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = peer.removeprefix("::ffff:")
        if self.context is None:
            return Client(sock, self.proxy, peer, self.port, None)
        from .secure import Secure

        secure = Secure(sock, self.context)
        return Client(secure, self.proxy, peer, self.port, secure)

    def broken(self) -> None:
        self.pause()

    def pause(self) -> None:
        """Clients wait in the kernel's queue for a moment."""
        self.paused_until = self.proxy.loop.now + limits.WORST_SWEEP_SECONDS
        self.proxy.loop.change(self.sock.fileno(), 0)

    def sweep(self) -> None:
        if self.paused_until and self.proxy.loop.now >= self.paused_until:
            self.paused_until = 0.0
            self.proxy.loop.change(self.sock.fileno(), READ)

    def close(self) -> None:
        self.proxy.loop.forget(self.sock.fileno())
        self.sock.close()

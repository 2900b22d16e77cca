"""The router process: it serves from START until the emulator's end of the link is gone."""

from __future__ import annotations

import gc
import resource
import socket
import time
import traceback
from functools import partial

from . import wire
from .link import Link
from .listener import Listener
from .loop import Loop
from .proxy import Proxy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

RESERVED = 64
"""Descriptors that are not for clients and their dynos."""

MOST = 10240
"""Descriptors that a process gets of macOS: OPEN_MAX."""

TOLD_EVERY = 1.0
SLOWEST = 60.0
"""Even when there is nothing to do, the loop turns so often."""


class Router:
    """The process: a loop, the link, the listeners and the proxy between them."""

    def __init__(self, link: socket.socket) -> None:
        self.loop = Loop(time.monotonic, traceback.print_exc)
        self.link = Link(link, self.loop, self.hear)
        self.proxy = Proxy(self.loop, self.link.say, time.time)
        self.start: wire.Start | None = None
        self.renew: Callable[[], None] = _nothing
        self.listeners: list[Listener] = []
        self.is_shutting_down = False
        self.sweep_at = 0.0
        self.told = wire.Counters()
        self.told_at = 0.0
        self.woke_at = float("-inf")

    def hear(self, kind: wire.Kind, body: bytes) -> None:
        """What the emulator says is so."""
        if kind is wire.Kind.START:
            self.start = wire.read_start(body)
        elif kind is wire.Kind.TABLE:
            self.proxy.update(wire.read_table(body))
            self.listen()
        elif kind is wire.Kind.RENEWED:
            self.renew()
        elif kind is wire.Kind.SHUTDOWN:
            self.shut_down()

    def listen(self) -> None:
        """Clients are accepted."""
        start, self.start = self.start, None
        if start is None:
            return
        context = None
        if any(listener.tls for listener in start.listeners):
            from .secure import context as made

            context = made(start.certificate, start.key)
            self.renew = partial(context.load_cert_chain, start.certificate, start.key)
        self.proxy.most_clients = max((_descriptors() - RESERVED) // 2, 16)
        for number, listener in enumerate(start.listeners):
            sock = socket.socket(fileno=wire.FIRST_LISTENER + number)
            tls = context if listener.tls else None
            self.listeners.append(Listener(self.proxy, sock, listener.port, tls))

    def shut_down(self) -> None:
        self.is_shutting_down = True
        for listener in self.listeners:
            listener.close()
        self.listeners.clear()
        self.proxy.shut_down()

    def run(self) -> None:
        """The emulator is gone, or has said SHUTDOWN and the last request was answered."""
        loop, link = self.loop, self.link
        while not link.is_over and not (self.is_shutting_down and self.is_done()):
            until = min(loop.now + SLOWEST if self.is_idle else self.sweep_at, link.due)
            loop.turn(max(until - loop.now, 0.0))
            if loop.now >= self.sweep_at:
                self.sweep()
            link.tell()

    @property
    def is_idle(self) -> bool:
        """Whether only an event can bring something to do."""
        if self.proxy.clients or not self.proxy.is_idle or self.counters() != self.told:
            return False
        return not any(listener.paused_until for listener in self.listeners)

    def counters(self) -> wire.Counters:
        proxy = self.proxy
        return wire.Counters(proxy.began, proxy.errors, len(proxy.waiting), self.link.dropped)

    def is_done(self) -> bool:
        return not (self.proxy.clients or self.link.pending or self.link.due < float("inf"))

    def sweep(self) -> None:
        self.sweep_at = self.proxy.sweep()
        for listener in self.listeners:
            listener.sweep()
        self.tell()

    def tell(self) -> None:
        """The emulator knows that somebody waits for a sleeping dyno, and how many came."""
        now, proxy = self.loop.now, self.proxy
        if proxy.wakes and now >= self.woke_at + TOLD_EVERY:
            self.woke_at = now
            self.link.send(wire.frame(wire.Kind.REQUESTED))
        counters = self.counters()
        if counters != self.told and now >= self.told_at + TOLD_EVERY:
            self.told, self.told_at = counters, now
            self.link.send(wire.counters_frame(counters))


def _nothing() -> None:
    """Without TLS there is no certificate."""


def _descriptors() -> int:
    """How many descriptors we may have: as many as we are allowed to allow ourselves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Where there is no limit (macOS), the kernel has one all the same.
    for wish in (MOST,) if hard == resource.RLIM_INFINITY else (hard, MOST):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wish), hard))
        except (OSError, ValueError):
            continue
        return max(soft, wish)
    return soft


def main() -> None:
    """The emulator is gone."""
    gc.freeze()
    gc.set_threshold(50_000)
    Router(socket.socket(fileno=wire.LINK)).run()

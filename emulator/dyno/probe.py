"""Watches booting web dynos until they listen on $PORT."""

from __future__ import annotations

from emulator.fact import Fact

from . import listening
from .slot import Ready, Strayed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle
    from collections.abc import Callable

    from .listening import Listener
    from .slot import Report

QUICK = 0.02
SLOW = 0.1
QUICK_FOR = 3.0
STRAY_AFTER = 3.0
"""A dyno may open other ports before $PORT; only after so long is it told about them."""


class Watched(Fact):
    launch: str
    port: int
    shim: int
    since: float


class Probe:
    """Looks at the kernel's table of listeners, often at first, only while a dyno boots."""

    def __init__(self, loop: AbstractEventLoop, report: Callable[[Report], None]) -> None:
        self.loop = loop
        self.report = report
        self.watched: dict[str, Watched] = {}
        self.strayed: set[str] = set()
        self.timer: TimerHandle | None = None

    def watch(self, launch: str, port: int, shim: int) -> None:
        """Ready (or Strayed) will be reported when that launch listens."""
        self.watched[launch] = Watched(launch, port, shim, self.loop.time())
        if self.timer:
            self.timer.cancel()
        self.timer = self.loop.call_later(QUICK, self._look)

    def forget(self, launch: str) -> None:
        self.watched.pop(launch, None)
        self.strayed.discard(launch)

    def _look(self) -> None:
        look = self._look_in_table if listening.can_read_tables() else self._look_by_connecting
        look()
        self.timer = None
        if self.watched:
            newest = max(one.since for one in self.watched.values())
            quick = self.loop.time() - newest < QUICK_FOR
            self.timer = self.loop.call_later(QUICK if quick else SLOW, self._look)

    def _look_in_table(self) -> None:
        by_port: dict[int, list[Listener]] = {}
        table = listening.listeners()
        for listener in table:
            by_port.setdefault(listener.port, []).append(listener)
        for one in list(self.watched.values()):
            on_port = by_port.get(one.port, ())
            is_late = self.loop.time() - one.since > STRAY_AFTER
            if not on_port and not (is_late and one.launch not in self.strayed):
                continue
            own = listening.sockets_of(one.shim)
            mine = [listener for listener in on_port if listener.inode in own]
            if mine:
                loopback = all(listener.loopback for listener in mine)
                self._ready(one, loopback, mine[0].host)
            elif is_late:
                self._stray(one, [listener for listener in table if listener.inode in own])

    def _look_by_connecting(self) -> None:
        for one in list(self.watched.values()):
            if host := listening.accepting(one.port):
                self._ready(one, loopback=False, host=host)

    def _ready(self, one: Watched, loopback: bool, host: str) -> None:
        self.forget(one.launch)
        self.report(Ready(one.launch, loopback, host))

    def _stray(self, one: Watched, elsewhere: list[Listener]) -> None:
        if elsewhere:
            self.strayed.add(one.launch)
            self.report(Strayed(one.launch, elsewhere[0].port))

"""The router's event loop: who waits for which descriptor, and when to look at the clock.

Not asyncio: its transports and handles cost half of the time that a request takes us, and they
hide what a router must tell apart (a reset, a half-closed client, who is slow). What is left of a
loop is in this module (docs/decisions/0005-router.md has the figures).
"""

from __future__ import annotations

import select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Ready(Protocol):
        """Whoever watches a descriptor."""

        def ready(self, events: int) -> None: ...

        def broken(self) -> None:
            """Its turn raised what nobody expected."""


READ = select.POLLIN
WRITE = select.POLLOUT
GONE = getattr(select, "POLLRDHUP", 0)
"""The other side sends no more; told even to those who do not read (Linux)."""


class Loop:
    """Calls `ready` of whoever can go on. `now` is the instant of this turn."""

    def __init__(self, monotonic: Callable[[], float], trouble: Callable[[], object]) -> None:
        self.monotonic = monotonic
        self.trouble = trouble
        self.now = monotonic()
        self.watchers: dict[int, Ready] = {}
        self._is_epoll = hasattr(select, "epoll")
        self._poll: Any = select.epoll() if self._is_epoll else select.poll()

    def close(self) -> None:
        if self._is_epoll:
            self._poll.close()

    def watch(self, fd: int, events: int, watcher: Ready) -> None:
        self.watchers[fd] = watcher
        self._poll.register(fd, events)

    def change(self, fd: int, events: int) -> None:
        self._poll.modify(fd, events)

    def forget(self, fd: int) -> None:
        del self.watchers[fd]
        self._poll.unregister(fd)

    def turn(self, timeout: float) -> int:
        """Whoever was ready within so many seconds has had a turn; how many there were."""
        found = self._poll.poll(timeout if self._is_epoll else timeout * 1000)
        self.now = self.monotonic()
        watchers = self.watchers
        for fd, events, watcher in [(fd, events, watchers.get(fd)) for fd, events in found]:
            # Whoever had its turn earlier may have closed that one, and a new one has its number.
            if watcher is not None and watchers.get(fd) is watcher:
                try:
                    watcher.ready(events)
                except Exception:  # noqa: BLE001 one request may fail, the router may not
                    self.trouble()
                    watcher.broken()
        return len(found)

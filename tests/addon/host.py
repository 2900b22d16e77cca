"""The world outside of the servers, played: processes that live in virtual time."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from emulator.addon.servers import PortTaken, Servers
from emulator.app.surroundings import Addon


def addon(number: int, port: int = 0) -> Addon:
    port = port or 7000 + number
    return Addon(str(number), f"db-{number}", "heroku-redis", "mini", "", "", port, 0, 1.0)


class Timer:
    def __init__(self, act: Callable[[], object]) -> None:
        self.act: Callable[[], object] | None = act

    def cancel(self) -> None:
        self.act = None


class Host:
    """Processes that are ready after a while and stop when told to, if they are not `stubborn`.

    What it promises is held against the real one by `test_contract`.
    """

    def __init__(self) -> None:
        self.at = 0.0
        self.timers: list[tuple[float, int, Timer]] = []
        self.order = itertools.count()
        self.alive: dict[str, tuple[Addon, float]] = {}
        self.data: set[str] = set()
        self.occupied: set[int] = set()
        """Ports of other programs."""
        self.began: list[tuple[float, str]] = []
        self.ended: list[tuple[float, str]] = []
        self.readied: list[str] = []
        self.moved: list[str] = []
        self.removed: list[str] = []
        self.said: list[str] = []
        self.refuses: Exception | None = None
        self.takes = 0.3
        self.stubborn = False
        self.adjusts = True
        self.plans: dict[str, str] = {}
        self.servers = Servers(self)

    def run(self, seconds: float) -> None:
        end = self.at + seconds
        while self.timers and self.timers[0][0] <= end:
            self.at, _, timer = heapq.heappop(self.timers)
            if timer.act:
                timer.act()
        self.at = end

    def dies(self, launch: str, status: int = 1, words: str = "") -> None:
        del self.alive[launch]
        assert self.servers.exited(launch, status, words)

    @property
    def only(self) -> str:
        (launch,) = self.alive
        return launch

    # What the servers ask.

    def monotonic(self) -> float:
        return self.at

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        timer = Timer(act)
        heapq.heappush(self.timers, (self.at + seconds, next(self.order), timer))
        return timer

    def begin(self, addon: Addon, launch: str) -> None:
        if self.refuses:
            raise self.refuses
        if addon.port in self.occupied:
            raise PortTaken
        assert addon.id not in [other.id for other, _ in self.alive.values()], "two on its data"
        self.alive[launch] = (addon, self.at)
        self.data.add(addon.id)
        self.plans[addon.id] = addon.plan
        self.began.append((self.at, addon.id))

    def end(self, launch: str, name: str) -> None:
        self.ended.append((self.at, name))
        if launch in self.alive and (name == "KILL" or not self.stubborn):
            status = 137 if name == "KILL" else 143
            self.later(0.1, lambda: launch in self.alive and self.dies(launch, status))

    def look(self, addon: Addon, then: Callable[[bool], object]) -> None:
        since = [at for one, at in self.alive.values() if one.id == addon.id]
        is_ready = bool(since) and self.at - since[0] >= self.takes
        self.later(0.001, lambda: then(is_ready))

    def adjust(self, addon: Addon, then: Callable[[bool], object]) -> None:
        def answer() -> None:
            if self.adjusts:
                self.plans[addon.id] = addon.plan
            then(self.adjusts)

        self.later(0.001, answer)

    def ready(self, addon: Addon) -> None:
        self.readied.append(addon.id)

    def taken(self, addon: Addon) -> None:
        self.moved.append(addon.id)

    def remove(self, addon: Addon) -> None:
        assert addon.id not in [other.id for other, _ in self.alive.values()]
        self.data.discard(addon.id)
        self.removed.append(addon.id)

    def say(self, about: str, text: str) -> None:
        self.said.append(f"{about}: {text}")

"""The world at one instant, as an answer shows it: its times are wall times."""

from __future__ import annotations

from functools import lru_cache

from emulator.dyno.slot import Slot, State
from emulator.errors import NotFound
from emulator.logplex import stamp

from .identity import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.runtime.world import World

SHOWN = (State.STARTING, State.UP, State.CRASHED)
"""Dynos in other states are gone from Heroku's lists."""


class View:
    """`now` is wall time, `shift` what makes wall time of monotonic time; both in seconds.

    `api_url` is where the API is reached over TCP, if it is.
    """

    def __init__(
        self,
        world: World,
        now: float,
        shift: float,
        utc_offset: Callable[[float], int],
        api_url: str = "",
    ) -> None:
        self.world = world
        self.now = now
        self.shift = shift
        self.utc_offset = utc_offset
        self.api_url = api_url

    def id(self, kind: str, name: str = "") -> str:
        return identity(self.world.id, kind, name)

    @property
    def dynos(self) -> list[Slot]:
        """What `ps` lists, sorted by name as the Heroku CLI sorts it."""
        slots = self.world.slots.values()
        shown = (slot for slot in slots if slot.asleep or slot.shown in SHOWN)
        return sorted(shown, key=lambda slot: slot.name)

    def dyno(self, name: str) -> Slot:
        """The dyno of that name or id. Raises NotFound."""
        for slot in self.dynos:
            if name in (slot.name, self.dyno_id(slot)):
                return slot
        known = ", ".join(slot.name for slot in self.dynos)
        rest = f"There are {known}." if known else "No dyno is running."
        raise NotFound(f"Couldn't find that dyno ({name}). {rest}")

    def dyno_id(self, slot: Slot) -> str:
        """Each launch is a new dyno under the same name, as on Heroku."""
        return self.id("dyno", f"{slot.name} {slot.launches}")

    def wall(self, monotonic: float) -> float:
        return monotonic + self.shift

    def ago(self, wall: float) -> str:
        """`2026/01/02 03:04:05 +0000 (~ 5s ago)` in local time.

        Source: Heroku CLI, src/lib/time.ts, ago.
        """
        since = int(wall)
        elapsed = int(self.now - since)
        text = self.local(since)
        if elapsed < 60:
            return f"{text} (~ {elapsed}s ago)"
        if elapsed < 3600:
            return f"{text} (~ {elapsed // 60}m ago)"
        return f"{text} (~ {elapsed // 3600}h ago)" if elapsed < 25 * 3600 else text

    def local(self, wall: int) -> str:
        offset = self.utc_offset(wall)
        hours, minutes = divmod(abs(offset) // 60, 60)
        date, _, time = _second(wall + offset).partition("T")
        sign = "-" if offset < 0 else "+"
        return f"{date.replace('-', '/')} {time} {sign}{hours:02d}{minutes:02d}"


def iso(wall: float) -> str:
    """`2026-01-02T03:04:05Z`, as the Platform API writes times."""
    return _second(int(wall)) + "Z"


@lru_cache(maxsize=4096)
def _second(wall: int) -> str:
    return stamp.second(wall * 1_000_000_000).decode().removesuffix("+00:00")

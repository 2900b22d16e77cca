"""What dynos use, from time to time: saved always, logged if log-runtime-metrics is enabled."""

from __future__ import annotations

from emulator.api.identity import identity
from emulator.dyno.metrics import EVERY, Load, load_line, memory_line
from emulator.dyno.sampler import measured
from emulator.dyno.size import SIZES
from emulator.logplex.narration import Sentence
from emulator.runtime.command import Meter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.dyno.metrics import Measured
    from emulator.dyno.slot import Slot

    from .emulator import Emulator

FEATURE = "log-runtime-metrics"

METER_EVERY = 300.0
"""So much of the dynos' hours, in seconds, is lost at most when we are killed."""

OURS = 10**9
"""Heroku's number of an app has nine digits. Source: log samples."""


class Measuring:
    """Departs: no restart is needed to turn the feature on."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._loads: dict[str, Load] = {}
        """By launch, of those whose next lines are due."""
        emulator.kernel.observers.append(self._look)
        self._look()
        emulator.loop.call_later(METER_EVERY, self._meter)

    def _meter(self) -> None:
        self._emulator.kernel.take(Meter())
        self._emulator.loop.call_later(METER_EVERY, self._meter)

    @property
    def _is_on(self) -> bool:
        return FEATURE in self._emulator.kernel.world.features

    def _look(self) -> None:
        """Whatever runs has its next lines due."""
        if not self._is_on:
            return
        for slot in self._emulator.kernel.world.slots.values():
            launch = slot.current
            if launch and launch.pid and launch.id not in self._loads:
                self._loads[launch.id] = Load()
                self._later(launch.id, self._measured(slot))

    def _later(self, launch: str, before: Measured) -> None:
        self._emulator.loop.call_later(EVERY, self._tell, launch, before)

    def _tell(self, launch: str, before: Measured) -> None:
        """The launch has two more lines, if it is still the dyno's."""
        slot = self._emulator.kernel.world.slots.get(launch.rpartition("@")[0])
        if not self._is_on or not slot or not slot.current or slot.current.id != launch:
            del self._loads[launch]
            return
        now = self._measured(slot)
        running = max(0.0, now.cpu - before.cpu) / EVERY
        load = self._loads[launch] = self._loads[launch].after(running, EVERY)
        head = f"source={slot.name} dyno={self._name(slot)}"
        for text in (load_line(head, load), memory_line(head, now, SIZES[slot.size.lower()])):
            sentence = Sentence("heroku", slot.name, text)
            self._emulator.publish(sentence, self._emulator.clock.wall_ns())
        self._later(launch, now)

    def _measured(self, slot: Slot) -> Measured:
        shim = slot.current.pid if slot.current else None
        return measured(shim or 0, SIZES[slot.size.lower()].quota)

    def _name(self, slot: Slot) -> str:
        """`heroku.NUMBER.UUID`: the id is the one that the API has."""
        world = self._emulator.kernel.world
        number = int(identity(world.id, "app", "")[:8], 16) % OURS
        return f"heroku.{number}.{identity(world.id, 'dyno', f'{slot.name} {slot.launches}')}"

"""What time means in which nothing was done: the machine slept, or we were kept from running."""

from __future__ import annotations

from emulator.dyno import slot as dyno
from emulator.dyno.slot import Launch, Phase

from . import command as ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .decision import Decision

GRANTED = (Phase.BOOTING, Phase.HANGING, Phase.STOPPING)
"""In these a launch has been given a time to do something by itself."""


def slept(doing: Decision, given: ask.Slept) -> None:
    for name in list(doing.slots):
        doing.step(name, dyno.Resumed(given.seconds))
    if doing.world.jobs:
        from .schedule import look

        look(doing)


def stalled(doing: Decision, given: ask.Stalled) -> None:
    """What a process is granted is granted while somebody watches; nobody did."""
    for name, slot in doing.slots.items():
        granted = (*GRANTED, Phase.RUNNING) if slot.is_granted_its_time else GRANTED
        departing = tuple(_postponed(one, given.seconds, granted) for one in slot.departing)
        current = slot.current and _postponed(slot.current, given.seconds, granted)
        doing.slots[name] = slot.replace(departing=departing, current=current)


def _postponed(launch: Launch, seconds: float, granted: tuple[Phase, ...]) -> Launch:
    if launch.deadline is None or launch.phase not in granted:
        return launch
    return launch.replace(deadline=launch.deadline + seconds)

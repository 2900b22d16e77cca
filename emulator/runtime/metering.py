"""For how long dynos have run, and what that would have cost: by month, process type and size.

Source: Dev Center, usage-and-billing: a dyno of the formation is billed for as long as it is scaled
up, crashed or not, a one-off while it runs, an Eco dyno while it does not sleep; by the second.
"""

from __future__ import annotations

from emulator.app.surroundings import Used
from emulator.dyno.size import SIZES
from emulator.dyno.slot import Slot, State

from .world import ECO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emulator.app.formation import Quantity

    from .world import World

HOUR, DAY = 3600, 86_400
MONTH_HOURS = 720
"""Of a month, when the price of an hour is reckoned. Source: Heroku CLI, ps:type."""

POOL = 1000 * HOUR
"""What Eco dynos may run in a month, in seconds. Source: Dev Center, eco-dyno-hours."""

KEPT_MONTHS = 12


def is_billed(slot: Slot) -> bool:
    return slot.shown in (State.STARTING, State.UP, State.CRASHED) and not slot.asleep


def used(world: World, now: float, wall: float) -> tuple[Used, ...]:
    """What the world's dynos have used until now; `now` is monotonic, `wall` tells the month."""
    seconds = now - world.metered_at
    running: dict[tuple[str, str], int] = {}
    for slot in filter(is_billed, world.slots.values()):
        running[slot.type, slot.size] = running.get((slot.type, slot.size), 0) + 1
    if not running or seconds <= 0:
        return world.usage
    total = {(one.month, one.type, one.size): one.seconds for one in world.usage}
    for month, part in _by_month(wall - seconds, wall):
        for (type_, size), number in running.items():
            key = month, type_, size
            total[key] = total.get(key, 0.0) + number * part
    kept = sorted({month for month, _, _ in total})[-KEPT_MONTHS:]
    return tuple(Used(*key, value) for key, value in total.items() if key[0] in kept)


def month_of(wall: float) -> str:
    """`2026-11`, in UTC."""
    return _date(wall)[:7]


def _date(wall: float) -> str:
    from emulator.logplex import stamp  # not before the first dyno runs

    return stamp.second(int(wall) * 1_000_000_000).decode()[:10]


def _by_month(begin: float, end: float) -> Iterator[tuple[str, float]]:
    """The seconds from begin to end, those of the last month by themselves."""
    month = int(end) - int(end) % DAY - (int(_date(end)[8:]) - 1) * DAY
    if begin < month:
        yield month_of(begin), month - begin
    yield month_of(end), end - max(begin, month)


def cost(items: Iterable[Used]) -> float:
    """US dollars. Eco costs the same for any number of hours, if there are any."""
    eco, others = 0, 0.0
    for one in items:
        price = SIZES[one.size.lower()].monthly
        if one.size == ECO:
            eco = price
        else:
            others += price * one.seconds / (MONTH_HOURS * HOUR)
    return eco + others


def monthly(formation: Mapping[str, Quantity]) -> int:
    """US dollars at most, for a month in which the formation stays what it is."""
    sizes = [item.size for item in formation.values() for _ in range(item.quantity)]
    billed = [size for size in sizes if size != ECO] + [ECO] * (ECO in sizes)
    return sum(SIZES[size.lower()].monthly for size in billed)


def is_eco(formation: Mapping[str, Quantity]) -> bool:
    """An app on Eco dynos has no others. Source: Dev Center, dyno-types."""
    return any(item.size == ECO for item in formation.values())


def eco_seconds(items: Iterable[Used]) -> float:
    return sum(one.seconds for one in items if one.size == ECO)

"""What the router must know of the world: its table."""

from __future__ import annotations

from emulator.dyno.slot import Kind
from emulator.dyno.slot import State as Shown
from emulator.router.table import State, Table, WebDyno

from .world import AFFINITY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.dyno.slot import Slot

    from .world import World

WEB = "web"
"""The only process type that gets requests. Source: Dev Center, procfile."""


def table(world: World) -> Table:
    """The app as the router has to see it; what concerns the router itself is as by default."""
    web = world.formation.get(WEB)
    slots = [s for s in world.slots.values() if s.type == WEB and s.kind is Kind.FORMATION]
    return Table(
        app=world.app,
        hosts=tuple(domain.hostname for domain in world.domains),
        dynos=tuple(dyno for slot in slots for dyno in _dynos(slot)),
        quantity=web.quantity if web else 0,
        blank=not world.types,
        maintenance=world.maintenance,
        affinity=AFFINITY in world.features,
        error_page_url=world.config.get("ERROR_PAGE_URL", ""),
        maintenance_page_url=world.config.get("MAINTENANCE_PAGE_URL", ""),
    )


def _dynos(slot: Slot) -> Iterator[WebDyno]:
    """Its launches that serve or will; a launch that was told to stop gets no request any more."""
    if slot.serving:
        for launch in slot.serving:
            yield WebDyno(slot.name, launch.id, launch.port, State.UP, launch.host)
    elif slot.current:
        yield WebDyno(slot.name, slot.current.id, slot.current.port, State.STARTING)
    elif slot.asleep:
        yield WebDyno(slot.name, "", 0, State.ASLEEP)
    elif slot.shown is Shown.CRASHED:
        yield WebDyno(slot.name, "", 0, State.CRASHED)

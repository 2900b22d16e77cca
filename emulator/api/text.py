"""What the Heroku CLI prints for each resource, letter by letter.

Source: Heroku CLI 11.10 (2026), src/commands/ps, and its output.
"""

from __future__ import annotations

from emulator.dyno.size import SIZES
from emulator.logplex import safe
from emulator.runtime.metering import MONTH_HOURS
from emulator.runtime.world import ECO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.app.formation import Quantity
    from emulator.dyno.slot import Slot

    from .ink import Ink
    from .view import View

ONE_OFF = "run"
ECO_NOTE = "\n$5 (flat monthly fee, shared across all Eco dynos)\n"


def dynos(view: View, slots: list[Slot], ink: Ink) -> str:
    """`ps`: one-offs, then the others grouped by command. The slots are sorted by name."""
    if not slots:
        return f"No dynos on {ink.app(view.world.app)}\n"
    groups: dict[str, list[Slot]] = {}
    one_offs = [slot for slot in slots if slot.type == ONE_OFF]
    for slot in slots:
        if slot.type != ONE_OFF:
            groups.setdefault(slot.command, []).append(slot)
    parts = [_one_offs(view, one_offs, ink)] if one_offs else []
    parts += [_group(view, command, found, ink) for command, found in groups.items()]
    return "".join(parts)


def _one_offs(view: View, slots: list[Slot], ink: Ink) -> str:
    title = ink.header(f"{ink.label(ONE_OFF)}: one-off processes ({len(slots)})")
    lines = [
        f"{slot.name} ({ink.info(slot.size)}): {_state(view, slot, ink)}: {_safe(slot.command)}\n"
        for slot in sorted(slots, key=_number)
    ]
    return title + "".join(lines) + "\n"


def _group(view: View, command: str, slots: list[Slot], ink: Ink) -> str:
    slots = sorted(slots, key=_number)
    first = slots[0]
    kind = f"{ink.label(first.type)} ({ink.info(first.size)})"
    title = ink.header(f"{kind}: {_safe(command)} ({len(slots)})")
    lines = [f"{slot.name}: {_state(view, slot, ink)}\n" for slot in slots]
    return title + "".join(lines) + "\n"


def _safe(command: str) -> str:
    """A Procfile is somebody else's text, and this goes to a terminal."""
    return safe.plain(command.encode("utf-8", "replace"), colour=False).decode()


def _number(slot: Slot) -> int:
    return slot.number


def _state(view: View, slot: Slot, ink: Ink) -> str:
    shown = ink.success(slot.state) if slot.state == "up" else ink.warning(slot.state)
    return f"{shown} {ink.grey(view.ago(view.wall(slot.changed_at)))}"


def formation(items: Mapping[str, Quantity]) -> str:
    """`web=1:Basic worker=2:Basic`, as ps:scale prints it and takes it."""
    return " ".join(sorted(f"{t}={item.quantity}:{item.size}" for t, item in items.items())) + "\n"


def scaled(items: Mapping[str, Quantity], ink: Ink) -> str:
    """`Scaling dynos... done, now running web at 2:Basic, worker at 3:Basic`."""
    running = [f"{ink.success(t)} at {item.quantity}:{item.size}" for t, item in items.items()]
    return f"Scaling dynos... done, now running {', '.join(running)}"


def types(items: Mapping[str, Quantity], ink: Ink) -> str:
    """The tables of ps:type: what each process type costs, and how many dynos of each size."""
    totals: dict[str, int] = {}
    rows = []
    for type_, item in sorted(items.items()):
        totals[item.size] = totals.get(item.size, 0) + item.quantity
        quantity = ink.info(str(item.quantity))
        rows.append((ink.name(type_), ink.info(item.size), quantity, *_costs(item)))
    columns = ("type", "size", "qty", "cost/hour", "max cost/month")
    counted = [(ink.name(size), ink.info(str(total))) for size, total in totals.items()]
    return (
        ink.header("Process Types")
        + ink.table(columns, rows)
        + "\n"
        + ink.header("Dyno Totals")
        + ink.table(("type", "total"), counted)
        + (ECO_NOTE if ECO in totals else "")
    )


def _costs(item: Quantity) -> tuple[str, str]:
    if item.size == ECO:
        return "", ""
    monthly = SIZES[item.size.lower()].monthly
    return f"~${monthly / MONTH_HOURS * (item.quantity or 1):.3f}", f"${monthly * item.quantity}"


def fields(pairs: Mapping[str, str], ink: Ink) -> str:
    """`Name:  value` lines, aligned. Source: Heroku CLI, hux.styledObject."""
    width = max(map(len, pairs), default=0) + 1
    return "".join(
        f"{ink.label(name)}:{' ' * (width - len(name))}{value}\n" for name, value in pairs.items()
    )

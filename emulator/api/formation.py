"""Endpoints: the formation shown and changed."""

from __future__ import annotations

from emulator.app.formation import ALL, RELEASE, Quantity, parse_change
from emulator.errors import NotFound, UserError
from emulator.runtime.command import Scale
from emulator.runtime.rulings import TWO_CLOCKS
from emulator.runtime.world import CLOCK

from . import resource, text
from .answer import Answer
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.app.formation import Change
    from emulator.runtime.world import World

    from .call import Call
    from .ink import Ink
    from .payload import Payload
    from .view import View


def formation(call: Call) -> Answer:
    return _shown(call, call.world.formation)


def process_type(call: Call) -> Answer:
    view, type_ = call.view, _named(call.view, call.params["type"])
    item = view.world.formation[type_]
    return Answer(
        lambda: resource.formation(view, type_, item),
        lambda ink: text.formation({type_: item}),
        holds=True,
    )


def scale(call: Call) -> Answer:
    """Every update is in force, or none. Those types are named that were asked for."""
    updates = call.payload.objects("updates")
    changes = [_change(_text(update, "type"), update) for update in updates]
    # Departs: how large a release command's dyno is cannot be chosen; the CLI's ps:type names it.
    changes = [one for one in changes if one.amount or one.type not in _release(call.world)]
    before = call.world.formation
    warning = call.submit(Scale(tuple(changes)))
    return _scaled(call, changes, before, warning)


def scale_type(call: Call) -> Answer:
    changes = (_change(_named(call.view, call.params["type"]), call.payload),)
    before, warning = call.world.formation, call.submit(Scale(changes))
    answer = _scaled(call, changes, before, warning)
    return answer.replace(data=process_type(call).data)


def _scaled(
    call: Call, changes: Sequence[Change], before: Mapping[str, Quantity], warning: str
) -> Answer:
    formation = call.world.formation
    asked = {change.type for change in changes}
    is_all = ALL in asked and ALL not in formation
    named = {t: item for t, item in formation.items() if is_all or t in asked}
    warnings = [warning, _two_clocks(before, formation)]
    answer = _shown(call, formation).replace(warning="\n".join(filter(None, warnings)))
    if _wants_types(call):
        return answer.replace(message=lambda ink: _resized(call, ink))
    return answer.replace(text=None, message=lambda ink: text.scaled(named, ink))


def _resized(call: Call, ink: Ink) -> str:
    return f"Scaling dynos on {ink.app(call.world.app)}... done"


def _shown(call: Call, items: Mapping[str, Quantity]) -> Answer:
    view = call.view
    if _wants_types(call):
        return Answer(lambda: _resources(view), lambda ink: text.types(items, ink), holds=True)
    return Answer(lambda: _resources(view), lambda ink: text.formation(items), holds=True)


def _resources(view: View) -> list[resource.Resource]:
    items = {**view.world.formation, **_release(view.world)}
    return [resource.formation(view, t, item) for t, item in items.items()]


def _release(world: World) -> dict[str, Quantity]:
    """The release command, which the Heroku CLI looks for here, at 0."""
    return {RELEASE: Quantity(0, world.one_off_size)} if RELEASE in world.types else {}


def _wants_types(call: Call) -> bool:
    """Whether the command is ps:type, which shows tables."""
    return call.request.query.get("view") == ["type"]


def _named(view: View, name: str) -> str:
    """The process type of that name or id."""
    for type_ in view.world.formation:
        if name in (type_, view.id("formation", type_)):
            return type_
    known = ", ".join(view.world.formation)
    raise NotFound(f"Couldn't find that process type ({name}). The Procfile has {known}.")


def _change(type_: str, update: Payload) -> Change:
    """Quantities are 2, "2", "+1" or "-1". Source: Heroku CLI, ps:scale, as seen on the wire."""
    quantity, size = update.get("quantity"), _size(update)
    if quantity is None:
        if size is None:
            raise UserError(f"{type_}: expected a quantity or a size")
        quantity = "+0"
    op = quantity[:1] if isinstance(quantity, str) and quantity[:1] in ("+", "-") else "="
    digits = str(quantity).removeprefix(op)
    if isinstance(quantity, bool) or not (digits.isascii() and digits.isdigit()):
        raise UserError(f'{type_}: quantity: expected a number, or "+1" or "-1"')
    return parse_change(f"{type_}{op}{digits}" + (f":{size}" if size is not None else ""))


def _size(update: Payload) -> str | None:
    """The CLI sends `size`, the schema has `dyno_size` with a name."""
    size = update.get("dyno_size")
    return update.text("size") if size is None else _dyno_size(size)


def _dyno_size(size: object) -> str:
    name = size.get("name") if isinstance(size, dict) else size
    if isinstance(name, str):
        return name
    raise UserError("dyno_size: expected an object with a name, such as Standard-1X")


def _text(update: Payload, name: str) -> str:
    value = update.text(name)
    if value is None:
        raise UserError(f"updates: expected a {name} in each of them")
    return value


def _two_clocks(before: Mapping[str, Quantity], after: Mapping[str, Quantity]) -> str:
    """The warning that more clocks than before, and than one, deserve."""
    had, has = (items[CLOCK].quantity if CLOCK in items else 0 for items in (before, after))
    return TWO_CLOCKS.format(n=has) if has > max(1, had) else ""


ROUTES = (
    Route("GET", "/apps/{app}/formation", formation),
    Route("PATCH", "/apps/{app}/formation", scale),
    Route("GET", "/apps/{app}/formation/{type}", process_type),
    Route("PATCH", "/apps/{app}/formation/{type}", scale_type),
)

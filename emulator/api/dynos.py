"""Endpoints: dynos listed, restarted, cycled and stopped."""

from __future__ import annotations

from emulator.errors import NotFound
from emulator.runtime.command import Cycle, Restart, Stop

from . import resource, text, usage
from .answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .ink import Ink

ACCEPTED = 202


def dynos(call: Call) -> Answer:
    """All dynos, or those of the types asked for. Source: Heroku CLI, src/commands/ps/index.ts."""
    view, types = call.view, call.request.query.get("type", [])
    found = [slot for slot in view.dynos if not types or slot.type in types]
    for type_ in types:
        if all(slot.type != type_ for slot in found):
            ink = call.ink
            raise NotFound(f"No {ink.info(type_)} dynos on {ink.app(view.world.app)}")
    return Answer(
        lambda: [resource.dyno(view, slot) for slot in found],
        lambda ink: usage.eco_hours(call, ink) + text.dynos(view, found, ink),
        holds=True,
    )


def dyno(call: Call) -> Answer:
    view = call.view
    slot = view.dyno(call.params["dyno"])
    return Answer(lambda: resource.dyno(view, slot), lambda ink: text.dynos(view, [slot], ink))


def restart_all(call: Call) -> Answer:
    return _done(call, "Restarting", call.submit(Restart()))


def restart(call: Call) -> Answer:
    name = call.view.dyno(call.params["dyno"]).name
    return _done(call, "Restarting", call.submit(Restart(name)), dyno=name)


def restart_type(call: Call) -> Answer:
    type_ = _type(call)
    return _done(call, "Restarting", call.submit(Restart(type_)), type_=type_)


def stop(call: Call) -> Answer:
    name = call.view.dyno(call.params["dyno"]).name
    return _done(call, "Stopping", call.submit(Stop(name)), dyno=name)


def stop_type(call: Call) -> Answer:
    type_ = _type(call)
    return _done(call, "Stopping", call.submit(Stop(type_)), type_=type_)


def cycle(call: Call) -> Answer:
    """The daily restart, now. Ours: Heroku has no such command."""
    target = call.payload.text("target")
    warning = call.submit(Cycle(target))
    if target and "." in target:
        return _done(call, "Cycling", warning, dyno=target)
    return _done(call, "Cycling", warning, type_=target or "")


def _type(call: Call) -> str:
    """The process type in the path, if there are dynos of it."""
    type_ = call.params["type"]
    if all(slot.type != type_ for slot in call.view.dynos):
        known = sorted({slot.type for slot in call.view.dynos})
        rest = f"There are dynos of {', '.join(known)}." if known else "No dyno is running."
        raise NotFound(f"Couldn't find that process type ({type_}). {rest}")
    return type_


def _done(call: Call, doing: str, warning: str, dyno: str = "", type_: str = "") -> Answer:
    """Source: Heroku CLI, src/commands/ps/restart.ts and stop.ts."""
    app = call.world.app

    def message(ink: Ink) -> str:
        what = f"dyno {ink.name(dyno)}" if dyno else "all dynos"
        if type_:
            what = f"all {ink.info(type_)} dynos"
        return f"{doing} {what} on {ink.app(app)}... done"

    return Answer(status=ACCEPTED, message=message, warning=warning)

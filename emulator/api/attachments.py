"""Endpoints: by which names the app knows its add-ons."""

from __future__ import annotations

from emulator.addon import catalog
from emulator.app.surroundings import Attachment
from emulator.errors import NotFound, UserError
from emulator.runtime.addons import Attach, Detach

from . import addon as resource
from .addons import inner_text, luck, named, own_page, the_one
from .answer import Answer
from .route import Route
from .surroundings import CREATED, new_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.app.surroundings import Addon

    from .call import Call
    from .ink import Ink
    from .resource import Resource


class NotConfirmed(UserError):
    """{name} is the name of {addon} already. To give it to another add-on: --confirm {app}"""

    status = 423
    id = "confirmation_required"

    def __init__(self, name: str, addon: str, app: str) -> None:
        super().__init__(name=name, addon=addon, app=app)


class NoSuchAttachment(NotFound):
    """Couldn't find that add-on attachment ({name})."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


def attachments(call: Call) -> Answer:
    return Answer(lambda: _shown(call, call.world.attachments))


def of_addon(call: Call) -> Answer:
    found = the_one(call, call.params["addon"])
    return Answer(lambda: _shown(call, resource.attachments_of(call.view, found)))


def attachment(call: Call) -> Answer:
    found = _found(call, call.params["attachment"])
    return Answer(lambda: _shown(call, [found])[0])


def resolve(call: Call) -> Answer:
    found = _found(call, call.payload.text("addon_attachment") or "")
    return Answer(lambda: _shown(call, [found]))


def _shown(call: Call, found: Iterable[Attachment]) -> list[Resource]:
    included, view = call.request.head.get("accept-inclusion"), call.view
    addons = {one.id: one for one in view.world.addons}
    return [
        {**resource.attachment(view, one, included), **own_page(call, addons[one.addon])}
        for one in found
    ]


def _found(call: Call, name: str) -> Attachment:
    """By name, id, config var, or the only one of an add-on that is called so."""
    name = name.rpartition("::")[2]
    world = call.world
    addons = {one.id: one for one in world.addons}
    for one in world.attachments:
        if name in (one.name, one.id, *addons[one.addon].variables(one.name)):
            return one
    for one in world.attachments:
        if name in (addons[one.addon].name, addons[one.addon].id):
            return one
    raise NoSuchAttachment(name)


def attach(call: Call) -> Answer:
    """The add-on has one more name; one that was another's only if the client confirms it.

    The add-on that loses the name gets another one, if it would have none (`pg:promote`).
    """
    payload = call.payload
    addon = the_one(call, inner_text(payload, "addon"))
    service = call.app.addons.services().get(addon.service)
    taken = {one.name: one for one in call.world.attachments}
    asked = payload.text("name")
    if asked:
        name = named(asked)
    elif service:
        name = catalog.coloured(service, set(taken), luck(call))
    else:
        raise UserError("name: expected the name of the attachment")
    warning = ""
    if name in taken:
        warning = _make_way(call, taken[name], addon)
    new = Attachment(new_id(call), name, addon.id, call.app.clock.wall())
    warning = call.submit(Attach(new, replaces=name in taken)) or warning
    release = call.world.release

    def message(ink: Ink) -> str:
        words = f"Attaching {ink.name(addon.name)} as {ink.name(name)} to"
        return f"{words} {ink.app(call.world.app)}... done, v{release}"

    return Answer(lambda: _shown(call, [new])[0], status=CREATED, message=message, warning=warning)


def _make_way(call: Call, old: Attachment, new: Addon) -> str:
    """Whose name it was has another one."""
    owner = next(one for one in call.world.addons if one.id == old.addon)
    if owner.id == new.id:
        raise UserError(f"{new.name} is already attached as {old.name}.")
    if call.payload.text("confirm") != call.world.app:
        raise NotConfirmed(old.name, owner.name, call.world.app)
    service = call.app.addons.services().get(owner.service)
    if service is None or len(resource.attachments_of(call.view, owner)) > 1:
        return ""
    taken = {one.name for one in call.world.attachments}
    name = catalog.coloured(service, taken, luck(call))
    return call.submit(Attach(Attachment(new_id(call), name, owner.id, call.app.clock.wall())))


def detach(call: Call) -> Answer:
    found = _found(call, call.params["attachment"])
    view, shown = call.view, _shown(call, [found])[0]
    addon = next(one for one in call.world.addons if one.id == found.addon)
    warning = call.submit(Detach(found.id, call.app.config_after({})))
    release = call.world.release

    def message(ink: Ink) -> str:
        words = f"Detaching {ink.name(found.name)} to {ink.name(addon.name)} from"
        return f"{words} {ink.app(view.world.app)}... done, v{release}"

    return Answer(lambda: shown, message=message, warning=warning)


ROUTES = (
    Route("GET", "/addon-attachments", attachments),
    Route("POST", "/addon-attachments", attach),
    Route("GET", "/addon-attachments/{attachment}", attachment),
    Route("DELETE", "/addon-attachments/{attachment}", detach),
    Route("POST", "/actions/addon-attachments/resolve", resolve),
    Route("GET", "/addons/{addon}/addon-attachments", of_addon),
    Route("GET", "/apps/{app}/addon-attachments", attachments),
    Route("GET", "/apps/{app}/addon-attachments/{attachment}", attachment),
)

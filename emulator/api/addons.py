"""Endpoints: add-ons and what can be had of them."""

from __future__ import annotations

from functools import partial

from emulator.addon import catalog
from emulator.addon.catalog import Service
from emulator.app.surroundings import Addon, Attachment
from emulator.app.text import shown
from emulator.errors import NotFound, UsageError, UserError
from emulator.runtime.addons import ChangePlan, CreateAddon, DestroyAddon, RenameAddon

from . import addon as resource
from . import addon_text as text
from .answer import Answer
from .payload import Payload
from .route import Route
from .surroundings import CREATED, new_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emulator.addon.catalog import Plan

    from .call import Call
    from .ink import Ink
    from .resource import Resource
    from .view import View

LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
ATTACHMENT = LETTERS | frozenset("0123456789_")
NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class NoSuchAddon(NotFound):
    """Couldn't find that add-on ({name})."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


# --- what can be had -----------------------------------------------------------------------------


def services(call: Call) -> Answer:
    found = call.app.addons.services().values()
    return Answer(
        lambda: [resource.addon_service(one) for one in found],
        lambda ink: text.services(found, ink),
    )


def service(call: Call) -> Answer:
    found = named_service(call)
    return Answer(lambda: resource.addon_service(found))


def plans(call: Call) -> Answer:
    found = named_service(call)
    return Answer(
        lambda: [resource.plan(found, one) for one in found.plans.values()],
        lambda ink: text.plans(found, ink),
    )


def plan(call: Call) -> Answer:
    asked, of = call.params["plan"], call.params.get("service")
    for service in call.app.addons.services().values():
        for one in service.plans.values():
            shown = resource.plan(service, one)
            if asked in (shown["id"], shown["name"], one.name if of == service.name else None):
                return Answer(partial(resource.plan, service, one))
    raise NotFound("Couldn't find that plan.")


def named_service(call: Call) -> Service:
    name = call.params["service"]
    for one in call.app.addons.services().values():
        if catalog.ALIASES.get(name, name) in (one.name, resource.addon_service(one)["id"]):
            return one
    raise NotFound(f"Couldn't find either the add-on service or the add-on plan of {name}.")


# --- what there is -------------------------------------------------------------------------------


def addons(call: Call) -> Answer:
    view, status = call.view, call.app.addons.status
    return Answer(
        lambda: _shown(call, view.world.addons), lambda ink: text.addons(view, status, ink)
    )


def addon(call: Call) -> Answer:
    found, view = the_one(call, call.params["addon"]), call.view
    status = call.app.addons.status(found)
    return Answer(
        lambda: _shown(call, [found])[0], lambda ink: text.addon(view, found, status, ink)
    )


def resolve(call: Call) -> Answer:
    name = call.payload.text("addon") or ""
    found = matching(call.view, name)
    if not found:
        raise NoSuchAddon(name)
    return Answer(lambda: _shown(call, found))


def _shown(call: Call, found: Iterable[Addon]) -> list[Resource]:
    """Service and plan in full, if the client wants it."""
    services: Mapping[str, Service] = {}
    if "plan" in call.request.head.get("accept-expansion"):
        services = call.app.addons.services()
    view = call.view
    return [
        {**resource.addon(view, one, services.get(one.service)), **own_page(call, one)}
        for one in found
    ]


def own_page(call: Call, addon: Addon) -> Resource:
    """The Scheduler is the add-on that has a page here."""
    url = call.page_link(call) if addon.service == catalog.SCHEDULER else None
    return {"web_url": url} if url else {}


def matching(view: View, name: str) -> list[Addon]:
    """Those of that name, id, attachment, config var, service or plan; the first kind that is."""
    world = view.world
    name = name.rpartition("::")[2]
    service = catalog.ALIASES.get(name, name)
    of = {one.name: one.addon for one in reversed(world.attachments)}
    kinds: tuple[Callable[[Addon], bool], ...] = (
        lambda one: name in (one.name, one.id),
        lambda one: of.get(name.upper()) == one.id,
        lambda one: name in resource.config_vars(view, one),
        lambda one: service in (one.service, f"{one.service}:{one.plan}"),
    )
    for kind in kinds:
        if found := [one for one in world.addons if kind(one)]:
            return found
    return []


def the_one(call: Call, name: str) -> Addon:
    """The add-on that the name means. Raises UserError if there is none, or more than one."""
    found = matching(call.view, name)
    if not found:
        raise NoSuchAddon(name)
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise UserError(f"Ambiguous identifier; multiple matching add-ons found: {names}.")
    return found[0]


# --- changes -------------------------------------------------------------------------------------


def create(call: Call) -> Answer:
    """It is being provisioned in the background, unless it needs no server."""
    payload, supply = call.payload, call.app.addons
    service, plan = catalog.find(inner_text(payload, "plan"), supply.services())
    if not service.is_served and any(one.service == service.name for one in call.world.addons):
        raise UserError(f"Add-on {service.name} is already installed on this app.")
    new = _new(call, service, plan)
    supply.check(service, new.version)
    attachment = Attachment(new_id(call), _first_name(call, service), new.id, new.created_at)
    warning = call.submit(CreateAddon(new, attachment, service.is_served, service.has_tls))
    made = the_one(call, new.id)
    return Answer(
        lambda: _shown(call, [made])[0],
        lambda ink: text.created(made, attachment.name, ink),
        CREATED,
        lambda ink: text.creating(call.world, service, plan, ink),
        warning,
    )


def _new(call: Call, service: Service, plan: Plan) -> Addon:
    """One that has no port yet."""
    id_, payload = new_id(call), call.payload
    name = payload.text("name") or catalog.instance_name(service, call.outside.random(4))
    return Addon(
        id_,
        _instance(name),
        service.name,
        plan.name,
        catalog.template(service, id_),
        call.outside.random(32).hex(),
        0,
        0,
        call.app.clock.wall(),
        version=_version(payload),
    )


def _first_name(call: Call, service: Service) -> str:
    """What its attachment is called."""
    asked = inner_text(call.payload, "attachment")
    taken = {one.name for one in call.world.attachments}
    return named(asked) if asked else catalog.attachment_name(service, taken, luck(call))


def luck(call: Call) -> int:
    return call.outside.random(1)[0]


def inner_text(payload: Payload, name: str) -> str:
    """`{"addon": {"name": "x"}}` or `{"addon": "x"}`."""
    value = payload.get(name)
    if isinstance(value, dict):
        return Payload(value).text("name") or Payload(value).text("id") or ""
    return payload.text(name) or ""


def _version(payload: Payload) -> str:
    """Of Postgres, as in `-- --version=16`."""
    version = payload.texts("config").get("version", "").removeprefix("v")
    if version and not (version.isascii() and version.isdigit() and len(version) < 4):
        raise UsageError("version: expected a number such as 16")
    return version


def named(name: str) -> str:
    """The name of an attachment. Raises UsageError."""
    found = name.upper().replace("-", "_")
    if not found or set(found) - ATTACHMENT or found[0] not in LETTERS or len(found) > 256:
        raise UsageError(f"as: expected a name such as QUEUE, not {shown(name)}")
    return found


def _instance(name: str) -> str:
    if not name or set(name) - NAME or not name[0].isalpha() or len(name) > 256:
        raise UsageError(f"name: expected a name such as my-redis, not {shown(name)}")
    return name


def change(call: Call) -> Answer:
    """It has another plan, or another name."""
    found, payload = the_one(call, call.params["addon"]), call.payload
    if payload.get("plan") is not None:
        return _change_plan(call, found, inner_text(payload, "plan"))
    warning = call.submit(RenameAddon(found.id, _instance(payload.text("name") or "")))
    renamed = the_one(call, found.id)
    return Answer(lambda: _shown(call, [renamed])[0], warning=warning)


def _change_plan(call: Call, old: Addon, asked: str) -> Answer:
    services = call.app.addons.services()
    if old.service not in services:
        raise UserError(f"hk-local.toml no longer has [addons.{old.service}]")
    plan = services[old.service].other_plan(old.plan, asked)
    warning = call.submit(ChangePlan(old.id, plan.name))
    changed = the_one(call, old.id)

    def message(ink: Ink) -> str:
        before, after = (ink.info(f"{one.service}:{one.plan}") for one in (old, changed))
        return (
            f"Changing {ink.name(old.name)} on {ink.app(call.world.app)} "
            f"from {before} to {after}... done, free"
        )

    return Answer(lambda: _shown(call, [changed])[0], message=message, warning=warning)


def destroy(call: Call) -> Answer:
    """It is gone, with its data."""
    found, view = the_one(call, call.params["addon"]), call.view
    gone = resource.addon(view, found, gone=True)
    warning = call.submit(DestroyAddon(found.id, call.app.config_after({})))

    def message(ink: Ink) -> str:
        return f"Destroying {ink.name(found.name)} on {ink.app(view.world.app)}... done"

    return Answer(lambda: gone, message=message, warning=warning)


ROUTES = (
    Route("GET", "/addon-services", services),
    Route("GET", "/addon-services/{service}", service),
    Route("GET", "/addon-services/{service}/plans", plans),
    Route("GET", "/addon-services/{service}/plans/{plan}", plan),
    Route("GET", "/plans/{plan}", plan),
    Route("GET", "/addons", addons),
    Route("GET", "/addons/{addon}", addon),
    Route("GET", "/users/{user}/addons", addons),
    Route("POST", "/actions/addons/resolve", resolve),
    Route("GET", "/apps/{app}/addons", addons),
    Route("POST", "/apps/{app}/addons", create),
    Route("GET", "/apps/{app}/addons/{addon}", addon),
    Route("PATCH", "/apps/{app}/addons/{addon}", change),
    Route("DELETE", "/apps/{app}/addons/{addon}", destroy),
)

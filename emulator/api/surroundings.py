"""Endpoints: domains, the names by which the app is reached."""

from __future__ import annotations

from emulator.app.surroundings import Domain
from emulator.errors import NotFound, UserError
from emulator.runtime.command import SetUp

from . import resource
from .answer import Answer
from .identity import shaped
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from .call import Call
    from .ink import Ink
    from .resource import Resource
    from .view import View

    Item = TypeVar("Item")

CREATED = 201
HOSTNAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.*_")
HOSTS_FILE = """The router answers requests for {name}. To have a browser ask it, add a line
127.0.0.1 {name} to /etc/hosts.
"""
WILDCARD = """The router answers requests for *.{name}. To have a browser ask it, add a line such as
127.0.0.1 www.{name} to /etc/hosts for each name that you use: that file knows no wildcards.
"""
MOST = 1000
"""Of each kind."""


# --- domains -------------------------------------------------------------------------------------


def domains(call: Call) -> Answer:
    """The app's own, and those that were added."""
    view = call.view
    return Answer(
        lambda: [_own_domain(view), *(_domain(view, d) for d in view.world.domains)],
        lambda ink: _listed(view, ink),
    )


def _listed(view: View, ink: Ink) -> str:
    """Source: Heroku CLI, src/commands/domains/index.ts; its columns about DNS are left out."""
    name = ink.app(view.world.app)
    own = ink.header(f"{name} Heroku Domain") + ink.info(f"{view.world.app}.localhost") + "\n"
    rows = [(item.hostname,) for item in view.world.domains]
    if not rows:
        return own
    return f"{own}\n{ink.header(f'{name} Custom Domains')}{ink.table(('Domain Name',), rows)}"


def domain(call: Call) -> Answer:
    view = call.view
    found = _found_domain(call)
    return Answer(lambda: _domain(view, found))


def add_domain(call: Call) -> Answer:
    name = (call.payload.text("hostname") or "").lower()
    if not name or set(name) - HOSTNAME or "." not in name.strip("."):
        raise UserError("hostname: expected a name such as www.example.com")
    known = call.world.domains
    if any(item.hostname == name for item in known):
        raise UserError(f"{name} is already added to this app.")
    new = Domain(new_id(call), name, call.app.clock.wall())
    warning = call.submit(SetUp(domains=with_one_more(known, new)))
    view = call.view
    hint = WILDCARD if name.startswith("*.") else HOSTS_FILE
    return Answer(
        lambda: _domain(view, new),
        lambda ink: hint.format(name=ink.name(name.removeprefix("*."))),
        status=CREATED,
        message=lambda ink: f"Adding {ink.name(name)} to {ink.app(view.world.app)}... done",
        warning=warning,
    )


def remove_domain(call: Call) -> Answer:
    found, view = _found_domain(call), call.view
    rest = tuple(item for item in call.world.domains if item is not found)
    warning = call.submit(SetUp(domains=rest))

    def message(ink: Ink) -> str:
        return f"Removing {ink.success(found.hostname)} from {ink.app(view.world.app)}... done"

    return Answer(lambda: _domain(view, found), message=message, warning=warning)


def _found_domain(call: Call) -> Domain:
    for item in call.world.domains:
        if call.params["domain"] in (item.id, item.hostname):
            return item
    raise NotFound("Couldn't find that domain name.")


def _own_domain(view: View) -> Resource:
    name = f"{view.world.app}.localhost"
    since = view.world.releases[0].created_at if view.world.releases else view.now
    own = _domain(view, Domain(view.id("domain", name), name, since))
    return {**own, "kind": "heroku", "cname": None}


def _domain(view: View, item: Domain) -> Resource:
    return {
        "acm_status": None,
        "acm_status_reason": None,
        "app": resource.app_reference(view),
        "cname": f"{view.world.app}.localhost",
        "created_at": iso(item.created_at),
        "hostname": item.hostname,
        "id": item.id,
        "kind": "custom",
        "sni_endpoint": None,
        "status": "none",
        "updated_at": iso(item.created_at),
    }


# --- what they share -----------------------------------------------------------------------------


def new_id(call: Call) -> str:
    return shaped(call.outside.random(16), 4)


def url_of(call: Call, schemes: tuple[str, ...]) -> str:
    """The `url` in the body. Raises UserError where it is none of those schemes."""
    url = call.payload.text("url") or ""
    scheme, mark, rest = url.partition("://")
    if scheme not in schemes or not mark or not rest.strip("/") or not url.isprintable():
        raise UserError(f"url: expected a URL that begins with {', '.join(schemes)}://")
    return url


def with_one_more(items: tuple[Item, ...], new: Item) -> tuple[Item, ...]:
    if len(items) >= MOST:
        raise UserError(f"There are {MOST} of them already.")
    return (*items, new)


ROUTES = (
    Route("GET", "/apps/{app}/domains", domains),
    Route("POST", "/apps/{app}/domains", add_domain),
    Route("GET", "/apps/{app}/domains/{domain}", domain),
    Route("DELETE", "/apps/{app}/domains/{domain}", remove_domain),
)

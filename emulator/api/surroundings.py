"""Endpoints: domains, features and maintenance, which are kept, and listed again.

Departs: no name is served because of a domain, and maintenance mode and most features change
nothing in how the app runs.
"""

from __future__ import annotations

from emulator.app.surroundings import Domain
from emulator.errors import NotFound, UserError
from emulator.runtime.command import SetUp

from . import resource
from .answer import Answer
from .identity import identity, shaped
from .resource import ALL_APPS
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from .call import Call
    from .resource import Resource
    from .view import View

    Item = TypeVar("Item")

CREATED = 201
HOSTNAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.*_")
MOST = 1000
"""Of each kind."""

ALWAYS_ON = "runtime-heroku-exec"
"""Or ps:exec would restart every dyno first."""
FEATURES = {
    "http-session-affinity": ("general", "Sticky sessions"),
    "preboot": ("general", "Seamless deploys: new web dynos start before old ones stop"),
    ALWAYS_ON: ("general", "ps:exec"),
    "log-runtime-metrics": ("beta", "Load and memory of each dyno in the log"),
    "runtime-dyno-metadata": ("beta", "The app's name and release in each dyno's environment"),
    "runtime-heroku-metrics": ("beta", "Metrics of the language runtime"),
}
"""Source: Heroku CLI, features and labs (2026)."""


# --- domains -------------------------------------------------------------------------------------


def domains(call: Call) -> Answer:
    """The app's own, and those that were added."""
    view = call.view
    return Answer(lambda: [_own_domain(view), *(_domain(view, d) for d in view.world.domains)])


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
    return Answer(lambda: _domain(view, new), status=CREATED, warning=warning)


def remove_domain(call: Call) -> Answer:
    found, view = _found_domain(call), call.view
    rest = tuple(item for item in call.world.domains if item is not found)
    warning = call.submit(SetUp(domains=rest))
    return Answer(lambda: _domain(view, found), warning=warning)


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


# --- features and maintenance --------------------------------------------------------------------


def features(call: Call) -> Answer:
    view = call.view
    return Answer(lambda: [_feature(view, name) for name in FEATURES])


def feature(call: Call) -> Answer:
    view, name = call.view, _named_feature(call)
    return Answer(lambda: _feature(view, name))


def change_feature(call: Call) -> Answer:
    name, enabled = _named_feature(call), call.payload.flag("enabled")
    if name == ALWAYS_ON and not enabled:
        raise UserError(f"{name} is always enabled here.")
    rest = tuple(one for one in call.world.features if one != name)
    warning = call.submit(SetUp(features=(*rest, name) if enabled else rest))
    return feature(call).replace(warning=warning)


def _named_feature(call: Call) -> str:
    for name in FEATURES:
        if call.params["feature"] in (name, identity(ALL_APPS, "feature", name)):
            return name
    raise NotFound(f"Couldn't find that feature ({call.params['feature']}).")


def _feature(view: View, name: str) -> Resource:
    state, description = FEATURES[name]
    since = iso(view.world.releases[0].created_at if view.world.releases else view.now)
    return {
        "created_at": since,
        "description": description,
        "display_name": name,
        "doc_url": f"https://devcenter.heroku.com/articles/{name}",
        "enabled": name == ALWAYS_ON or name in view.world.features,
        "feedback_email": "",
        "id": identity(ALL_APPS, "feature", name),
        "name": name,
        "state": state,
        "updated_at": since,
    }


def change_app(call: Call) -> Answer:
    """Maintenance mode is on or off. Departs: the app's name is its folder's."""
    payload = call.payload
    name = payload.text("name")
    if name is not None and name != call.world.app:
        raise UserError(
            "The app has the name of its folder. To give it another one:"
            f" hk-local stop, then hk-local start --app {name}"
        )
    on = payload.flag("maintenance") if payload.get("maintenance") is not None else None
    warning = call.submit(SetUp(maintenance=on))
    view = call.view
    return Answer(lambda: resource.app(view), warning=warning)


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
    Route("PATCH", "/apps/{app}", change_app),
    Route("GET", "/apps/{app}/domains", domains),
    Route("POST", "/apps/{app}/domains", add_domain),
    Route("GET", "/apps/{app}/domains/{domain}", domain),
    Route("DELETE", "/apps/{app}/domains/{domain}", remove_domain),
    Route("GET", "/apps/{app}/features", features),
    Route("GET", "/apps/{app}/features/{feature}", feature),
    Route("PATCH", "/apps/{app}/features/{feature}", change_feature),
)

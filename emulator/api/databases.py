"""Endpoints: what Heroku's data services tell of a database (`pg:info`, `redis:info`).

Source: heroku-cli-protocol of Heroku CLI 11: GET /client/v11/databases/ID, /redis/v0/databases/ID.
"""

from __future__ import annotations

from emulator.addon.catalog import POSTGRES, REDIS
from emulator.errors import NotFound

from . import addon as resource
from . import addon_text as text
from .addons import the_one
from .answer import Answer
from .resource import app_reference
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.surroundings import Addon

    from .call import Call
    from .ink import Ink
    from .resource import Resource

KINDS = {"redis": REDIS, "postgres": POSTGRES}


def databases(call: Call) -> Answer:
    """All of that kind; ours."""
    service = KINDS.get(call.params["kind"], "")
    found = [one for one in call.world.addons if one.service == service]

    def shown(ink: Ink) -> str:
        if not found:
            return f"No {service} on {ink.app(call.world.app)}\n"
        return "".join(_text(call, one, ink) for one in found)

    return Answer(lambda: [_database(call, one) for one in found], shown)


def redis(call: Call) -> Answer:
    return _one(call, REDIS)


def postgres(call: Call) -> Answer:
    return _one(call, POSTGRES)


def wait_status(call: Call) -> Answer:
    """Whether `pg:wait` and `redis:wait` go on."""
    found = the_one(call, call.params["database"])
    message = "available" if found.provisioned_at else "preparing"
    waits = not found.provisioned_at
    return Answer(lambda: {"error?": False, "message": message, "waiting?": waits})


def _one(call: Call, service: str) -> Answer:
    found = the_one(call, call.params["database"])
    if found.service != service:
        raise NotFound(f"{found.name} is no {service}.")
    return Answer(lambda: _database(call, found), lambda ink: _text(call, found, ink))


def _rows(call: Call, addon: Addon) -> dict[str, str]:
    supply = call.app.addons
    service = supply.services()[addon.service]
    status = supply.status(addon)
    return {
        "Plan": service.plan(addon.plan).title,
        "Status": "Available" if status == "up" else status,
        "Created": iso(addon.created_at).replace("T", " ").replace("Z", " UTC"),
        **dict(supply.told(addon)),
    }


def _text(call: Call, addon: Addon, ink: Ink) -> str:
    names = [name for name in resource.config_vars(call.view, addon) if name.endswith("_URL")]
    return text.database(addon, names, _rows(call, addon), ink)


def _database(call: Call, addon: Addon) -> Resource:
    """The Heroku CLI's redis:cli speaks TLS at the port of `resource_url`."""
    urls = addon.variables("")
    return {
        "addon": {"id": addon.id, "name": addon.name},
        "app": app_reference(call.view),
        "attachments": [one.name for one in resource.attachments_of(call.view, addon)],
        "database_name": urls["_URL"].rpartition("/")[2],
        "info": [{"name": name, "values": [value]} for name, value in _rows(call, addon).items()],
        "name": addon.name,
        "plan": addon.plan,
        "prefer_native_tls": True,
        "resource_url": urls.get("_TLS_URL", urls["_URL"]),
        "url": urls["_URL"],
        "waiting?": not addon.provisioned_at,
    }


ROUTES = (
    Route("GET", "/client/v11/databases/{database}", postgres),
    Route("GET", "/client/v11/databases/{database}/wait_status", wait_status),
    Route("GET", "/redis/v0/databases/{database}", redis),
    Route("GET", "/redis/v0/databases/{database}/wait", wait_status),
    Route("GET", "/hk-local/databases/{kind}", databases),
)

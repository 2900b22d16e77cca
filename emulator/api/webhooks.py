"""Endpoints: webhooks.

Source: Dev Center, app-webhooks.
"""

from __future__ import annotations

from emulator.app.surroundings import Webhook
from emulator.errors import NotFound, UserError
from emulator.runtime.command import SetUp

from .answer import Answer
from .route import Route
from .surroundings import CREATED, new_id, url_of, with_one_more
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .resource import Resource

RESOURCES = frozenset(
    f"api:{name}"
    for name in (
        *("addon", "addon-attachment", "app", "build", "collaborator", "domain", "formation"),
        *("release", "sni-endpoint"),
    )
) | {"dyno"}
LEVELS = ("notify", "sync")


def webhooks(call: Call) -> Answer:
    items = call.world.webhooks
    return Answer(lambda: [_webhook(item) for item in items])


def webhook(call: Call) -> Answer:
    found = _found(call)
    return Answer(lambda: _webhook(found))


def add(call: Call) -> Answer:
    """The secret with which deliveries are signed is in the head, this one time only."""
    now, payload = call.app.clock.wall(), call.payload
    new = Webhook(
        id=new_id(call),
        url=url_of(call, ("http", "https")),
        include=_include(payload.get("include")),
        level=_level(payload.text("level")),
        secret=_line(call, "secret") or call.outside.random(32).hex(),
        authorization=_line(call, "authorization") or "",
        created_at=now,
        updated_at=now,
    )
    warning = call.submit(SetUp(webhooks=with_one_more(call.world.webhooks, new)))
    fields = (("Heroku-Webhook-Secret", new.secret),)
    return Answer(lambda: _webhook(new), status=CREATED, warning=warning, fields=fields)


def change(call: Call) -> Answer:
    found, payload = _found(call), call.payload
    new = found.replace(updated_at=call.app.clock.wall())
    if payload.get("url") is not None:
        new = new.replace(url=url_of(call, ("http", "https")))
    if payload.get("include") is not None:
        new = new.replace(include=_include(payload.get("include")))
    if payload.get("level") is not None:
        new = new.replace(level=_level(payload.text("level")))
    for name in ("secret", "authorization"):
        if (value := _line(call, name)) is not None:
            new = new.replace(**{name: value})
    rest = tuple(new if item is found else item for item in call.world.webhooks)
    warning = call.submit(SetUp(webhooks=rest))
    return Answer(lambda: _webhook(new), warning=warning)


def remove(call: Call) -> Answer:
    found = _found(call)
    rest = tuple(item for item in call.world.webhooks if item is not found)
    warning = call.submit(SetUp(webhooks=rest))
    return Answer(lambda: _webhook(found), warning=warning)


def _found(call: Call) -> Webhook:
    for item in call.world.webhooks:
        if item.id == call.params["webhook"]:
            return item
    raise NotFound("Couldn't find that webhook.")


def _include(value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) and value else [None]
    if any(not isinstance(name, str) or name not in RESOURCES for name in names):
        raise UserError(f"include: expected a list of {', '.join(sorted(RESOURCES))}")
    return tuple(dict.fromkeys(names))


def _level(value: str | None) -> str:
    if value in LEVELS:
        return value
    raise UserError("level: expected notify or sync")


def _line(call: Call, name: str) -> str | None:
    """A text that can be in the head of a request."""
    value = call.payload.text(name)
    if value and not (value.isascii() and value.isprintable()):
        raise UserError(f"{name}: expected visible ASCII characters")
    return value


def _webhook(item: Webhook) -> Resource:
    return {
        "created_at": iso(item.created_at),
        "id": item.id,
        "include": list(item.include),
        "level": item.level,
        "updated_at": iso(item.updated_at),
        "url": item.url,
    }


ROUTES = (
    Route("GET", "/apps/{app}/webhooks", webhooks),
    Route("POST", "/apps/{app}/webhooks", add),
    Route("GET", "/apps/{app}/webhooks/{webhook}", webhook),
    Route("PATCH", "/apps/{app}/webhooks/{webhook}", change),
    Route("DELETE", "/apps/{app}/webhooks/{webhook}", remove),
)

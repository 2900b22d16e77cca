"""What webhooks are told when something happens, signed.

Source: Dev Center, app-webhooks-schema and app-webhooks.
Departs: only releases, formations and dynos are told of, each delivery is tried once, and none is
kept for GET /apps/X/webhook-deliveries.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from hmac import digest

from emulator.event import (
    DynoStateChanged,
    FormationScaled,
    ReleaseCreated,
    ReleasePhaseFailed,
    ReleasePhaseStarted,
    ReleasePhaseSucceeded,
)
from emulator.fact import Fact

from . import resource
from .answer import encoded
from .call import view
from .identity import shaped
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.app.surroundings import Webhook
    from emulator.event import Event

    from .answer import Fields
    from .call import App, Outside
    from .resource import Resource
    from .view import View

ENDED = ("down", "complete")
SIGNATURE = "Heroku-Webhook-Hmac-SHA256"


class Delivery(Fact):
    """A POST to be made."""

    url: str
    fields: Fields
    body: bytes


class Notice(Fact):
    """What happened to one resource, as webhooks tell it."""

    include: str
    action: str
    data: Resource
    before: Mapping[str, object] = {}


class Teller:
    """Makes deliveries of events; `deliver` gets them and must not wait."""

    def __init__(self, app: App, outside: Outside, deliver: Callable[[Delivery], object]) -> None:
        self._app = app
        self._outside = outside
        self._deliver = deliver

    def tell(self, events: list[Event]) -> None:
        try:
            self._tell(events)
        except Exception as error:  # noqa: BLE001 - a defect of ours costs deliveries, not dynos
            self._app.tell(f"webhooks: {type(error).__name__}: {error}")

    def _tell(self, events: list[Event]) -> None:
        hooks = self._app.kernel.world.webhooks
        for happened in events if hooks else ():
            for notice in notices(view(self._app, self._outside), happened):
                for hook in hooks:
                    if notice.include in hook.include:
                        self._deliver(self._delivery(hook, notice))

    def _delivery(self, hook: Webhook, notice: Notice) -> Delivery:
        ids = {name: self._id() for name in ("attempt", "delivery", "event")}
        now = iso(self._app.clock.wall())
        body = encoded(
            {
                "action": notice.action,
                "actor": resource.user(self._app.kernel.world.user),
                "created_at": now,
                "data": notice.data,
                "id": self._id(),
                "previous_data": notice.before,
                "published_at": now,
                "resource": notice.include.removeprefix("api:"),
                "sequence": None,
                "updated_at": now,
                "version": "application/vnd.heroku+json; version=3",
                "webhook_metadata": {
                    "attempt": {"id": ids["attempt"]},
                    "delivery": {"id": ids["delivery"]},
                    "event": {"id": ids["event"], "include": notice.include},
                    "webhook": {"id": hook.id},
                },
            }
        )
        kind = ("Content-Type", "application/json")
        proof = (SIGNATURE, signature(hook.secret, body))
        given = (("Authorization", hook.authorization),) if hook.authorization else ()
        return Delivery(hook.url, (kind, proof, *given), body)

    def _id(self) -> str:
        return shaped(self._outside.random(16), 4)


def signature(secret: str, body: bytes) -> str:
    """What proves that the body is from one who knows the secret."""
    return b64encode(digest(secret.encode(), body, sha256)).decode()


def notices(view: View, happened: Event) -> list[Notice]:
    """What webhooks tell of the event, in the world as it is after it."""
    match happened:
        case ReleaseCreated() | ReleasePhaseStarted():
            return [_release(view, happened.version, "create", {})]
        case ReleasePhaseSucceeded() | ReleasePhaseFailed():
            return [_release(view, happened.version, "update", {"status": "pending"})]
        case FormationScaled():
            items = view.world.formation.items()
            return [Notice("api:formation", "update", resource.formation(view, *i)) for i in items]
        case DynoStateChanged():
            return [_dyno(view, happened)]
    return []


def _release(view: View, version: int, action: str, before: Mapping[str, object]) -> Notice:
    found = next(one for one in view.world.releases if one.version == version)
    return Notice("api:release", action, resource.release(view, found), before)


def _dyno(view: View, happened: DynoStateChanged) -> Notice:
    slot = view.world.slots.get(happened.dyno)
    known = resource.dyno(view, slot) if slot else _gone(view, happened.dyno)
    action = "update"
    if happened.before in ENDED:
        action = "create"
    elif happened.after in ENDED:
        action = "destroy"
    now, before = {"state": happened.after}, {"state": happened.before}
    return Notice("dyno", action, known | now, known | before if action != "create" else {})


def _gone(view: View, name: str) -> Resource:
    type_ = name.partition(".")[0]
    return {"app": resource.app_reference(view), "name": name, "type": type_}

"""Endpoints: log drains."""

from __future__ import annotations

from emulator.app.surroundings import Drain
from emulator.errors import NotFound, UserError
from emulator.logplex.address import parse
from emulator.runtime.command import SetUp

from . import resource
from .answer import Answer
from .route import Route
from .surroundings import CREATED, new_id, with_one_more
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .ink import Ink
    from .resource import Resource
    from .view import View

LEAVES = "{place} is not on this machine: every line of the log goes there, secrets in it too"


def drains(call: Call) -> Answer:
    """All of them. Departs: where the text is shown, passwords in URLs are not."""
    view, items = call.view, call.world.drains

    def text(ink: Ink) -> str:
        lines = [f"{ink.info(_masked(item.url))} ({ink.grey(item.token)})\n" for item in items]
        return ink.header("Drains") + "".join(lines) if lines else ""

    return Answer(lambda: [_drain(view, item) for item in items], text)


def drain(call: Call) -> Answer:
    found, view = _found(call), call.view
    return Answer(lambda: _drain(view, found))


def add(call: Call) -> Answer:
    """Source of the text: Heroku CLI, drains:add."""
    url, known = call.payload.text("url") or "", call.world.drains
    where = parse(url)
    if any(item.url == url for item in known):
        raise UserError("Url has already been taken.")
    new = Drain(new_id(call), url, f"d.{new_id(call)}", call.app.clock.wall())
    warnings = [call.submit(SetUp(drains=with_one_more(known, new)))]
    if not where.is_local:
        warnings.append(LEAVES.format(place=where.place))
    view = call.view
    return Answer(
        lambda: _drain(view, new),
        lambda ink: f"Successfully added drain {ink.info(_masked(url))}\n",
        status=CREATED,
        warning="\n".join(filter(None, warnings)),
    )


def remove(call: Call) -> Answer:
    """Source of the text: Heroku CLI, drains:remove."""
    found, view = _found(call), call.view
    rest = tuple(item for item in call.world.drains if item is not found)
    return Answer(
        lambda: _drain(view, found),
        lambda ink: f"Successfully removed drain {ink.info(_masked(found.url))}\n",
        warning=call.submit(SetUp(drains=rest)),
    )


def _found(call: Call) -> Drain:
    name = call.params["drain"]
    for item in call.world.drains:
        if name in (item.id, item.url, item.token):
            return item
    raise NotFound("Couldn't find that log drain.")


def _masked(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    name, colon, _ = user.partition(":")
    return f"{scheme}{mark}{name}{':***' if colon else ''}{at}{host}{slash}{path}"


def _drain(view: View, item: Drain) -> Resource:
    return {
        "addon": None,
        "app": resource.app_reference(view),
        "created_at": iso(item.created_at),
        "id": item.id,
        "token": item.token,
        "updated_at": iso(item.created_at),
        "url": item.url,
    }


ROUTES = (
    Route("GET", "/apps/{app}/log-drains", drains),
    Route("POST", "/apps/{app}/log-drains", add),
    Route("GET", "/apps/{app}/log-drains/{drain}", drain),
    Route("DELETE", "/apps/{app}/log-drains/{drain}", remove),
)

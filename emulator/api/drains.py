"""Endpoints: log drains."""

from __future__ import annotations

from emulator.app.surroundings import Drain
from emulator.errors import NotFound, UserError
from emulator.logplex.address import Scheme, parse
from emulator.runtime.command import SetUp

from . import resource
from .answer import Answer
from .route import Route
from .surroundings import CREATED, new_id
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.address import Address
    from emulator.logplex.drain import Tally

    from .call import Call
    from .ink import Ink
    from .resource import Resource
    from .view import View

MOST = 20
"""Departs: Logplex's own limit is 5, and Heroku's today is not known. Each costs a thread."""

TOO_MANY = "You have already added the maximum number of drains allowed"
"""Source: Logplex, logplex_api.erl."""

LEAVES = "{place} is not on this machine: every line of the log goes there, secrets in it too"


def drains(call: Call) -> Answer:
    """All of them."""
    view, items = call.view, call.world.drains
    return Answer(lambda: [_drain(view, item) for item in items])


def at_work(call: Call) -> Answer:
    """All of them, and what has become of their lines since the start.

    Departs: where the text is shown, passwords in URLs are not.
    """
    view = call.view
    items = [(item, call.app.tally(item.token)) for item in call.world.drains]

    def text(ink: Ink) -> str:
        shown = [_shown(ink, item, tally) for item, tally in items]
        return ink.header("Drains") + "\n".join(shown) if shown else ""

    return Answer(lambda: [_drain(view, item) | _counted(tally) for item, tally in items], text)


def drain(call: Call) -> Answer:
    found, view = _found(call), call.view
    return Answer(lambda: _drain(view, found))


def add(call: Call) -> Answer:
    """Source of the text: Heroku CLI, drains:add."""
    url, known = call.payload.text("url") or "", call.world.drains
    where = parse(url)
    if where.scheme is Scheme.FILE:
        _check_file(where)
    if any(item.url == url for item in known):
        raise UserError("Url has already been taken.")
    if len(known) >= MOST:
        raise UserError(f"{TOO_MANY} ({MOST}).")
    new = Drain(new_id(call), url, f"d.{new_id(call)}", call.app.clock.wall())
    warnings = [call.submit(SetUp(drains=(*known, new)))]
    if not where.is_local:
        warnings.append(LEAVES.format(place=where.place))
    view = call.view
    return Answer(
        lambda: _drain(view, new),
        lambda ink: f"Successfully added drain {ink.info(_masked(url))}\n",
        status=CREATED,
        warning="\n".join(filter(None, warnings)),
    )


def _check_file(where: Address) -> None:
    """The file is there, and lines can be written to it. Raises UserError."""
    from emulator.logplex.outlet import outlet

    try:
        outlet(where, "").connect()
    except OSError as error:
        raise UserError(f"url: {error.filename or where.target}: {error.strerror}") from None


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


def _shown(ink: Ink, item: Drain, tally: Tally) -> str:
    """The first line is the Heroku CLI's."""
    lost = f"{tally.lost:,} lost"
    counts = [f"{tally.delivered:,} delivered", ink.warning(lost) if tally.lost else lost]
    text = f"{ink.info(_masked(item.url))} ({ink.grey(item.token)})\n"
    text += f"  {', '.join(counts)}, {tally.pending:,} pending\n"
    if tally.error:
        text += f"  last error {iso(tally.error_at)}: {ink.warning(tally.error)}\n"
    return text


def _counted(tally: Tally) -> Resource:
    """Lines, and what went wrong last."""
    error = {"at": iso(tally.error_at), "message": tally.error} if tally.error else None
    return {
        "delivered": tally.delivered,
        "last_error": error,
        "lost": tally.lost,
        "pending": tally.pending,
    }


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
    Route("GET", "/hk-local/drains", at_work),
    Route("GET", "/apps/{app}/log-drains", drains),
    Route("POST", "/apps/{app}/log-drains", add),
    Route("GET", "/apps/{app}/log-drains/{drain}", drain),
    Route("DELETE", "/apps/{app}/log-drains/{drain}", remove),
)

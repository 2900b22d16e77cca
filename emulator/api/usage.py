"""Endpoints: what the app's dynos would have cost on Heroku. Ours, but for the quota of Eco."""

from __future__ import annotations

from emulator.dyno.size import PRICES_OF
from emulator.errors import NotFound
from emulator.runtime import metering
from emulator.runtime.world import ECO

from . import resource
from .answer import Answer
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.surroundings import Used

    from .call import Call
    from .ink import Ink
    from .resource import Resource

ARTICLE = "https://devcenter.heroku.com/articles/eco-dyno-hours"


def usage(call: Call) -> Answer:
    view, month = call.view, metering.month_of(call.view.now)
    items = _until_now(call)
    months = sorted({month, *(one.month for one in items)})
    formation = metering.monthly(call.world.formation)

    def text(ink: Ink) -> str:
        now = [one for one in items if one.month == month]
        rows = [
            (ink.name(one.type), ink.info(one.size), f"{_hours(one):.2f}", _price(one))
            for one in sorted(now, key=lambda one: (one.type, one.size))
        ]
        columns = ("type", "size", "dyno hours", "cost")
        return (
            ink.header(f"{ink.app(view.world.app)} Usage in {month}")
            + (ink.table(columns, rows) if rows else "No dyno has run yet.\n\n")
            + f"So far ${metering.cost(now):.2f}; with this formation, all month long, at most"
            + f" ${formation}.\nAn estimate of what Heroku would bill for the dynos that ran here,"
            + f" at its prices of {PRICES_OF}.\n"
        )

    return Answer(
        lambda: {
            "app": resource.app_reference(view),
            "estimate": True,
            "formation_cents_per_month": formation * 100,
            "months": [_month(one, items) for one in months],
            "prices_of": PRICES_OF,
        },
        text,
    )


def _month(month: str, items: tuple[Used, ...]) -> Resource:
    found = [one for one in items if one.month == month]
    dynos = [
        {"dyno_hours": round(_hours(one), 4), "size": one.size, "type": one.type} for one in found
    ]
    return {"cents": round(metering.cost(found) * 100), "dynos": dynos, "month": month}


def _hours(one: Used) -> float:
    return one.seconds / metering.HOUR


def _price(one: Used) -> str:
    return "" if one.size == ECO else f"${metering.cost([one]):.2f}"


def _until_now(call: Call) -> tuple[Used, ...]:
    clock = call.app.clock
    return metering.used(call.world, clock.monotonic(), clock.wall())


def _eco_seconds(call: Call) -> int:
    month = metering.month_of(call.app.clock.wall())
    items = [one for one in _until_now(call) if one.month == month]
    return int(metering.eco_seconds(items))


def quota(call: Call) -> Answer:
    """How much of the month's Eco dyno hours is used: by this app, as if there were no other.

    Source: Heroku CLI, ps.
    """
    view, seconds = call.view, _eco_seconds(call)
    if call.params["account"] not in ("~", resource.user(view.world.user)["id"]):
        raise NotFound("Couldn't find that account.")
    return Answer(
        lambda: {
            "account_quota": metering.POOL,
            "apps": [{"app_uuid": view.id("app"), "quota_used": seconds}],
            "quota_used": seconds,
        }
    )


def eco_hours(call: Call, ink: Ink) -> str:
    """What `ps` says first of an app on Eco dynos; nothing of another. Source: Heroku CLI, ps."""
    if not metering.is_eco(call.world.formation):
        return ""
    seconds = _eco_seconds(call)
    left = metering.POOL - seconds
    return (
        f"Eco dyno hours quota remaining this month: {_long(left)} ({100 * left // metering.POOL}%)"
        f"\nEco dyno usage for this app: {_long(seconds)} ({100 * seconds // metering.POOL}%)\n"
        f"For more information on Eco dyno hours, see:\n{ink.info(ARTICLE)}\n\n"
    )


def _long(seconds: int) -> str:
    return f"{seconds // 3600}h {seconds % 3600 // 60}m"


ROUTES = (
    Route("GET", "/accounts/{account}/actions/get-quota", quota),
    Route("GET", "/hk-local/usage", usage),
)

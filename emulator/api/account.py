"""Endpoints: whose app it is, and what belongs to a Heroku account rather than to an app."""

from __future__ import annotations

from emulator.errors import NotFound

from . import resource
from .answer import Answer
from .identity import identity
from .resource import ALL_APPS
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call

STACK = "heroku-24"
REQUESTS = 4500
"""An hour, for an account. Source: Dev Center, platform-api-reference, rate limits."""
GREEN = {
    "status": [{"system": name, "status": "green"} for name in ("Apps", "Data", "Tools")],
    "incidents": [],
    "scheduled": [],
}


def account(call: Call) -> Answer:
    """The user of this machine who runs the app; the same for Heroku's other hosts."""
    user = call.world.user
    since = _since(call)
    data = {
        **resource.user(user),
        "allow_tracking": False,
        "beta": False,
        "country_of_residence": None,
        "created_at": since,
        "default_organization": None,
        "default_team": None,
        "delinquent_at": None,
        "federated": False,
        "identity_provider": None,
        "last_login": None,
        "name": user.partition("@")[0],
        "sms_number": None,
        "suspended_at": None,
        "two_factor_authentication": False,
        "updated_at": since,
        "verified": True,
    }
    return Answer(lambda: data, holds=True)


def rate_limits(call: Call) -> Answer:
    """Departs: nothing is counted."""
    return Answer(lambda: {"remaining": REQUESTS})


def no_features(call: Call) -> Answer:
    return Answer(list)


def no_feature(call: Call) -> Answer:
    raise NotFound(f"Couldn't find that feature ({call.params['feature']}).")


def authorizations(call: Call) -> Answer:
    """The token that the client itself has sent."""
    scheme, _, token = call.request.head.get("authorization").partition(" ")
    since = _since(call)
    data = {
        "access_token": {
            "expires_in": None,
            "id": identity(ALL_APPS, "access-token", call.world.user),
            "token": token if scheme.lower() == "bearer" else "",
        },
        "client": None,
        "created_at": since,
        "description": "hk-local",
        "grant": None,
        "id": identity(ALL_APPS, "authorization", call.world.user),
        "refresh_token": None,
        "scope": ["global"],
        "session": None,
        "updated_at": since,
        "user": {**resource.user(call.world.user), "full_name": None},
    }
    return Answer(lambda: [data])


def stacks(call: Call) -> Answer:
    """Departs: the one stack that is named stands for whatever this machine has."""
    since = _since(call)
    stack = {"id": identity(ALL_APPS, "stack", STACK), "name": STACK, "state": "public"}
    return Answer(lambda: [{**stack, "default": True, "created_at": since, "updated_at": since}])


def current_status(call: Call) -> Answer:
    """What https://status.heroku.com answers when all is well."""
    return Answer(lambda: GREEN)


def collaborators(call: Call) -> Answer:
    view = call.view
    since = _since(call)
    names = ("deploy", "manage", "operate", "view")
    data = {
        "app": resource.app_reference(view),
        "created_at": since,
        "id": view.id("collaborator", view.world.user),
        "permissions": [{"name": name, "description": ""} for name in names],
        "role": "owner",
        "updated_at": since,
        "user": {**resource.user(view.world.user), "federated": False},
    }
    return Answer(lambda: [data])


def _since(call: Call) -> str:
    releases = call.world.releases
    return iso(releases[0].created_at if releases else call.app.clock.wall())


ROUTES = (
    Route("GET", "/account", account),
    Route("GET", "/account/features", no_features),
    Route("GET", "/account/features/{feature}", no_feature),
    Route("GET", "/account/rate-limits", rate_limits),
    Route("GET", "/api/v4/current-status", current_status),
    Route("GET", "/apps/{app}/collaborators", collaborators),
    Route("GET", "/oauth/authorizations", authorizations),
    Route("GET", "/stacks", stacks),
)

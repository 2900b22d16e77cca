"""Endpoints of what an app on one machine has none of: empty lists, and refusals that say why."""

from __future__ import annotations

from emulator.errors import NotFound, UserError

from .answer import Answer
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .route import Endpoint


def nothing(call: Call) -> Answer:
    return Answer(list)


def refused(reason: str) -> Endpoint:
    """An endpoint that refuses for that reason."""

    def endpoint(call: Call) -> Answer:
        raise UserError(reason)

    return endpoint


def missing(what: str) -> Endpoint:
    """An endpoint of something that is never there."""

    def endpoint(call: Call) -> Answer:
        raise NotFound(f"Couldn't find that {what}.")

    return endpoint


ONE_APP = "One folder is one app here. For another one, run hk-local start in its folder."
FOLDER_IS_CODE = "Code comes from the folder here: hk-local deploy, or git push hk-local main."
NO_BUILDPACKS = "There are no buildpacks here: the app runs with what this machine has."
NO_REPORTS = "Nothing is sent to Heroku for a diagnosis; hk-local pg:psql shows the database."
ONLY_YOU = "Only the user who runs the app has access to it."
NO_CERTS = "There are no certificates here; hk-local start --tls uses one of its own."

EMPTY = (
    "/apps/{app}/buildpack-installations",
    "/apps/{app}/sni-endpoints",
    "/apps/{app}/webhook-deliveries",
    "/apps/{app}/webhook-events",
    "/buildpacks",
    "/pipelines",
    "/spaces",
    "/teams",
)
REFUSED = (
    ("POST", "/apps", ONE_APP),
    ("PUT", "/apps/{app}/buildpack-installations", NO_BUILDPACKS),
    ("POST", "/apps/{app}/builds", FOLDER_IS_CODE),
    ("POST", "/apps/{app}/slugs", FOLDER_IS_CODE),
    ("POST", "/reports", NO_REPORTS),
    ("POST", "/sources", FOLDER_IS_CODE),
    ("POST", "/apps/{app}/collaborators", ONLY_YOU),
    ("POST", "/apps/{app}/sni-endpoints", NO_CERTS),
)
MISSING = (
    ("GET", "/apps/{app}/pipeline-couplings", "pipeline coupling"),
    ("GET", "/reports/{report}", "report"),
    ("GET", "/buildpacks/{buildpack}", "buildpack"),
    ("GET", "/buildpacks/{buildpack}/revisions", "buildpack"),
    ("GET", "/teams/{team}", "team"),
)

ROUTES = (
    *(Route("GET", pattern, nothing) for pattern in EMPTY),
    *(Route(method, pattern, refused(reason)) for method, pattern, reason in REFUSED),
    *(Route(method, pattern, missing(what)) for method, pattern, what in MISSING),
)

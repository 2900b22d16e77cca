"""The route table: every endpoint that there is, and how a request finds its own."""

from __future__ import annotations

from emulator.errors import UserError

from . import (
    absent,
    account,
    addons,
    apps,
    attachments,
    builds,
    config,
    control,
    databases,
    drains,
    dynos,
    features,
    formation,
    logs,
    one_off,
    page,
    percent,
    releases,
    scheduler,
    slugs,
    ssh,
    surroundings,
    usage,
    webhooks,
)
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .route import Endpoint


PARTS = (
    absent,
    account,
    addons,
    attachments,
    builds,
    config,
    databases,
    drains,
    releases,
    scheduler,
    slugs,
    ssh,
    page,
    surroundings,
    features,
    formation,
    usage,
    webhooks,
)
"""Modules that bring routes of their own."""


class NoSuchEndpoint(UserError):
    """The requested API endpoint was not found. Are you using the right HTTP verb (i.e. `GET` vs.
    `POST`), and did you specify your intended version with the `Accept` header?"""

    status = 404
    id = "not_found"


class WrongMethod(UserError):
    """The requested API endpoint takes {allowed}, not {method}."""

    status = 405
    id = "method_not_allowed"

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(method=method, allowed=allowed)
        self.allowed = allowed


def table() -> tuple[Route, ...]:
    """All routes, with a store of log sessions of their own."""
    sessions = logs.Sessions()
    return (
        *(route for part in PARTS for route in part.ROUTES),
        Route("GET", "/apps", apps.apps),
        Route("GET", "/users/{user}/apps", apps.apps),
        Route("GET", "/apps/{app}", apps.app),
        Route("DELETE", "/apps/{app}", apps.destroy),
        Route("GET", "/apps/{app}/dynos", dynos.dynos),
        Route("POST", "/apps/{app}/dynos", one_off.run),
        Route("POST", "/apps/{app}/dynos/{dyno}", one_off.inside),
        Route("DELETE", "/apps/{app}/dynos", dynos.restart_all),
        Route("GET", "/apps/{app}/dynos/{dyno}", dynos.dyno),
        Route("DELETE", "/apps/{app}/dynos/{dyno}", dynos.restart),
        Route("POST", "/apps/{app}/dynos/{dyno}/actions/stop", dynos.stop),
        Route("DELETE", "/apps/{app}/formations/{type}", dynos.restart_type),
        Route("POST", "/apps/{app}/formations/{type}/actions/stop", dynos.stop_type),
        Route("GET", "/apps/{app}/logs", sessions.logs),
        Route("POST", "/apps/{app}/log-sessions", sessions.create),
        Route("GET", "/dyno-sizes", apps.dyno_sizes),
        Route("GET", "/logs/{session}", sessions.read),
        Route("POST", "/hk-local/cycle", dynos.cycle),
        Route("GET", "/hk-local/status", control.status),
        Route("POST", "/hk-local/stop", control.stop),
        Route("GET", "/hk-local/wait", control.wait),
    )


class Routes:
    """Finds the route of a raw path: a %2F in a segment does not end it."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes: dict[tuple[int, str, str], list[tuple[Route, list[str]]]] = {}
        for route in routes:
            pattern = route.pattern.split("/")
            last = "" if pattern[-1].startswith("{") else pattern[-1]
            key = (len(pattern), pattern[1], last)
            self._routes.setdefault(key, []).append((route, pattern))

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """The endpoint and the variable segments, decoded. Raises NoSuchEndpoint, WrongMethod."""
        segments = path.split("/")
        kind = (len(segments), segments[1])
        named = self._routes.get((*kind, segments[-1]), ()) if segments[-1] else ()
        allowed = []
        for route, pattern in (*named, *self._routes.get((*kind, ""), ())):
            found = _match(pattern, segments)
            if found is not None:
                if route.method == method:
                    return route.endpoint, found
                allowed.append(route.method)
        if allowed:
            raise WrongMethod(method, ", ".join(allowed))
        raise NoSuchEndpoint


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    named = []
    for expected, segment in zip(pattern, segments, strict=True):
        if expected.startswith("{") and segment:
            named.append((expected[1:-1], segment))
        elif expected != segment:
            return None
    try:
        return {name: percent.unquote(segment) for name, segment in named}
    except ValueError:
        return None

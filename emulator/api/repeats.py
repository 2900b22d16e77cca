"""What was done already is not done once more: the Heroku CLI sends a request again, up to five
times within seconds, whose connection broke before the answer came, with the same Request-Id.

Source: @heroku-cli/command, src/api-client.ts; @heroku/http-call, src/http.ts.
"""

from __future__ import annotations

from .caching import entity_tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer import Response
    from .request import Request

    Key = tuple[str, ...]

SECONDS = 120.0
MOST = 100
REFUSED = 400
"""From this status on nothing was done."""


class Repeats:
    """Knows what was answered lately to requests that changed something."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[float, Response]] = {}

    def recall(self, request: Request, now: float) -> Response | None:
        """The answer to this very request, if it came before, not long ago."""
        since, response = self._known.get(_key(request), (0.0, None))
        return response if now - since <= SECONDS else None

    def keep(self, request: Request, response: Response, now: float) -> None:
        """It was answered so, if that is worth knowing."""
        key = _key(request)
        if not key or response.status >= REFUSED:
            return
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[key] = now, response


def _key(request: Request) -> Key:
    """What tells a request from all others; nothing where it changes nothing or has no name."""
    name = request.head.get("request-id")
    if request.method == "GET" or not name or request.fds:
        return ()
    accept = request.head.get("accept")
    return name, request.method, request.head.target, accept, entity_tag(request.body)

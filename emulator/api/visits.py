"""Who may use the page of ours that a browser shows: whoever was sent there by a fresh link.

A link has a code in its fragment, which no server and no log ever sees. The page gives the code for
a key, once; the key opens nothing but what the page shows, and goes with the emulator. There are no
cookies: a browser would send them to every program that listens on localhost.
"""

from __future__ import annotations

from hmac import compare_digest

from emulator.errors import UserError

from .answer import Answer
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .call import Call

PAGE = "/hk-local/scheduler"
SHOWN = f"{PAGE}/jobs"
ENTRY = f"{PAGE}/visits"
LINK_SECONDS = 300.0
MOST_LINKS = 1000
"""That were not followed yet: whoever lists add-ons is given one each time."""
MOST_KEYS = 20
SECRET_BYTES = 32
CREATED = 201


class LinkSpent(UserError):
    """This link was used already, or is too old. `hk-local scheduler:open` makes a new one."""

    status = 401
    id = "unauthorized"


class NoAddress(UserError):
    """The API has no TCP port (the log says why), so there is no page to open."""


class Visits:
    """The links that are still good, and the keys of pages."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._links: dict[str, float] = {}
        """By code, until when."""
        self._keys: list[str] = []

    def allows(self, path: str, key: bytes) -> bool:
        """Whether a page with that key may ask for that."""
        is_shown = path == SHOWN or path.startswith(f"{SHOWN}/")
        return is_shown and any(compare_digest(one.encode(), key) for one in self._keys)

    def url(self, call: Call) -> str | None:
        """A link to the page, good for one use within five minutes; None if it has no port."""
        base = call.app.info.get("api_url")
        if not base:
            return None
        code = self._random(SECRET_BYTES).hex()
        self._links[code] = call.app.clock.monotonic() + LINK_SECONDS
        if len(self._links) > MOST_LINKS:
            del self._links[next(iter(self._links))]
        return f"{base}{PAGE}#{code}"

    def link(self, call: Call) -> Answer:
        url = self.url(call)
        if url is None:
            raise NoAddress
        return Answer(lambda: {"url": url}, lambda ink: f"{url}\n", CREATED)

    def enter(self, call: Call) -> Answer:
        """The key for the code of a link, which is spent. Raises LinkSpent."""
        until = self._links.pop(call.payload.text("code") or "", None)
        if until is None or until < call.app.clock.monotonic():
            raise LinkSpent
        key = self._random(SECRET_BYTES).hex()
        self._keys = [*self._keys, key][-MOST_KEYS:]
        return Answer(lambda: {"key": key, "app": call.world.app}, None, CREATED)

    def routes(self) -> tuple[Route, ...]:
        return (
            Route("POST", f"{PAGE}/links", self.link),
            Route("POST", ENTRY, self.enter),
        )

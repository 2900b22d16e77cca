"""Who may ask over TCP, where any program and any web page can knock: whoever has the token."""

from __future__ import annotations

from base64 import b64decode
from hmac import compare_digest

from emulator.errors import UserError

from .answer import refusal
from .caching import marked
from .late import Late
from .routes import WrongMethod
from .visits import ENTRY, PAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Handover, Response, Stream
    from .call import Timer
    from .listener import Answering
    from .request import Request
    from .visits import Visits

OPEN = ("/logs/", "/release-output/", "/api/v4/current-status", "/buildpacks")
"""Need no token: the URL of a log session or of a release's output is a secret itself, and the
status and that there are no buildpacks are none."""
OPEN_OF_PAGE = (("GET", PAGE), ("POST", ENTRY))
"""Nor do these: the page itself shows nothing, and a link's code is a secret."""

CHALLENGE = ("WWW-Authenticate", 'Basic realm="hk-local"')
"""Without it git would not ask its credential helper."""


class Unauthorized(UserError):
    """Invalid credentials provided."""

    status = 401
    id = "unauthorized"
    """Source: Dev Center, platform-api-reference, error responses."""


class WrongHost(UserError):
    """Host: expected localhost and the port."""

    status = 421
    id = "misdirected_request"


class FromWebPage(UserError):
    """Web pages have no access to this API."""

    status = 403
    id = "forbidden"


class Gate:
    """Stands before `answer` at that port. `later` calls something after so many seconds, and
    `random` makes so many bytes."""

    def __init__(
        self,
        port: int,
        token: str,
        answer: Answering,
        visits: Visits,
        later: Callable[[float, Callable[[], object]], Timer],
        random: Callable[[int], bytes],
    ) -> None:
        names = ("localhost", "127.0.0.1", "[::1]")
        self._hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())
        self._token = token.encode()
        self._answer = answer
        self._visits = visits
        self._later = later
        self._random = random

    def answer(self, request: Request) -> Response | Stream | Handover:
        try:
            self._check(request)
        except Unauthorized as error:
            refused = self._refusal(error, request)
            if request.is_git and not request.head.get("authorization"):
                return refused.replace(fields=(*refused.fields, CHALLENGE))
            return Late(refused, self._later)
        except UserError as error:
            return self._refusal(error, request)
        return self._answer(request)

    def _refusal(self, error: UserError, request: Request) -> Response:
        return marked(refusal(error, request), request, self._random(16))

    def _check(self, request: Request) -> None:
        """The name is ours, lest a page's own name be made to point here; no page asks but our own
        for what is its own; and the token is right."""
        head = request.head
        if head.get("host").lower() not in self._hosts:
            raise WrongHost
        is_ours = request.path.startswith((f"{PAGE}/jobs", ENTRY))
        if _is_from_page(request, f"http://{head.get('host').lower()}" if is_ours else None):
            raise FromWebPage
        if request.method == "OPTIONS":
            raise WrongMethod("OPTIONS", "other methods")
        is_open = request.method == "GET" and request.path.startswith(OPEN)
        if not is_open and (request.method, request.path) not in OPEN_OF_PAGE:
            self._check_token(request.path, head.get("authorization"))

    def _check_token(self, path: str, authorization: str) -> None:
        """It is the app's, or that of a page which may ask for this."""
        scheme, _, credentials = authorization.partition(" ")
        token = credentials.strip().encode("latin-1")
        if scheme.lower() == "basic":
            token = _password(token)
        is_known = compare_digest(token, self._token) or self._visits.allows(path, token)
        if scheme.lower() not in ("basic", "bearer") or not is_known:
            raise Unauthorized


def _is_from_page(request: Request, ours: str | None) -> bool:
    """Another page than ours, which has that origin; None where no page has access."""
    head = request.head
    site = head.get("sec-fetch-site").lower()
    origins = [value for name, value in head.fields if name == "origin"]
    return any(origin != ours for origin in origins) or site in ("cross-site", "same-site")


def _password(credentials: bytes) -> bytes:
    """Of `user:password` in base64; of any user."""
    try:
        return b64decode(credentials, validate=True).partition(b":")[2]
    except ValueError:
        return b""

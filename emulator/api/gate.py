"""Who may ask over TCP, where any program and any web page can knock: whoever has the token."""

from __future__ import annotations

from base64 import b64decode
from hmac import compare_digest

from emulator.errors import UserError

from .answer import refusal
from .routes import WrongMethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer import Response, Stream
    from .listener import Answering
    from .request import Request

OPEN = ("/logs/", "/release-output/", "/api/v4/current-status")
"""Need no token: the URL of a log session or of a release's output is a secret itself, and the
status is none."""


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
    """Stands before `answer` at that port."""

    def __init__(self, port: int, token: str, answer: Answering) -> None:
        names = ("localhost", "127.0.0.1", "[::1]")
        self._hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())
        self._token = token.encode()
        self._answer = answer

    def answer(self, request: Request) -> Response | Stream:
        try:
            self._check(request)
        except UserError as error:
            return refusal(error, request)
        return self._answer(request)

    def _check(self, request: Request) -> None:
        """The name is ours, lest a page's own name be made to point here; no page asks; and the
        token is right."""
        head = request.head
        if head.get("host").lower() not in self._hosts:
            raise WrongHost
        if _is_from_page(request):
            raise FromWebPage
        if request.method == "OPTIONS":
            raise WrongMethod("OPTIONS", "other methods")
        is_open = request.method == "GET" and request.path.startswith(OPEN)
        if not is_open and not self._is_known(head.get("authorization")):
            raise Unauthorized

    def _is_known(self, authorization: str) -> bool:
        scheme, _, credentials = authorization.partition(" ")
        token = credentials.strip().encode("latin-1")
        if scheme.lower() == "basic":
            token = _password(token)
        return scheme.lower() in ("basic", "bearer") and compare_digest(token, self._token)


def _is_from_page(request: Request) -> bool:
    """No page of ours asks the API, so there is no origin to allow."""
    head = request.head
    site = head.get("sec-fetch-site").lower()
    return any(name == "origin" for name, _ in head.fields) or site in ("cross-site", "same-site")


def _password(credentials: bytes) -> bytes:
    """Of `user:password` in base64; of any user."""
    try:
        return b64decode(credentials, validate=True).partition(b":")[2]
    except ValueError:
        return b""

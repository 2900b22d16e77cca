"""The Scheduler's page: one file, which loads nothing and may talk to this API only."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pkgutil import get_data

from emulator.addon.schedule import MINUTES, TIMES
from emulator.dyno.size import SIZES

from .answer import Response
from .route import Route
from .visits import PAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call

HTML = ("Content-Type", "text/html; charset=utf-8")


def show(call: Call) -> Response:
    """The page, the same for everybody: what it shows it asks for with its key."""
    return _page()


@cache
def _page() -> Response:
    found = get_data(__package__, "scheduler.html")
    assert found
    html = found.decode()
    for name, values in (("minutes", MINUTES), ("times", TIMES), ("sizes", _sizes())):
        html = html.replace(f"<!-- {name} -->", "".join(f"<option>{v}</option>" for v in values))
    return Response(200, (HTML, ("Content-Security-Policy", _policy(html))), html.encode())


def _sizes() -> list[str]:
    return [size.name for size in SIZES.values()]


def _policy(html: str) -> str:
    """Only the script and the style that stand in the page, and only this API to ask."""
    rules = (
        "default-src 'none'",
        f"script-src '{_hash(html, 'script')}'",
        f"style-src '{_hash(html, 'style')}'",
        "connect-src 'self'",
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    return "; ".join(rules)


def _hash(html: str, element: str) -> str:
    """Source: W3C, Content Security Policy Level 3: the hash of what is between the tags."""
    text = html.partition(f"<{element}>")[2].partition(f"</{element}>")[0]
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


ROUTES = (Route("GET", PAGE, show),)

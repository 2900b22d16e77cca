"""What Heroku's responses say besides: which request it was, and whether a copy is still good.

Source: Dev Center, platform-api-reference: caching, request ids, rate limits.
"""

from __future__ import annotations

from hashlib import sha1

from .account import REQUESTS
from .answer import NOT_MODIFIED, Response
from .identity import shaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .request import Request

OK = 200


def marked(response: Response, request: Request, random: bytes) -> Response:
    """The response with Heroku's fields; without a body if the client has it already."""
    fields = (
        *response.fields,
        ("Request-Id", shaped(random, 4)),
        ("RateLimit-Remaining", str(REQUESTS)),
    )
    if request.method != "GET" or response.status != OK:
        return response.replace(fields=fields)
    tag = response.tag or entity_tag(response.body)
    fields += (("ETag", tag), ("Cache-Control", "private, no-cache"), ("Vary", VARY))
    if _has(tag, request.head.get("if-none-match")):
        return Response(NOT_MODIFIED, fields)
    return response.replace(fields=fields)


def entity_tag(body: bytes) -> str:
    return f'"{sha1(body).hexdigest()}"'


VARY = "Accept, Authorization, Range"


def _has(tag: str, header: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in known or known == ["*"]

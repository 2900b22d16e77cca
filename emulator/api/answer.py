"""Answers: whole responses, and streams that go on for as long as the client stays."""

from __future__ import annotations

from emulator.errors import UserError
from emulator.fact import Fact

from . import percent
from .head import response_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from emulator.logplex.buffer import Buffers

    from .ink import Ink
    from .request import Request

    Fields = tuple[tuple[str, str], ...]

    class Stream(Protocol):
        """Takes a connection over once its `head` is sent.

        The connection asks `take` for about so many bytes whenever the client can have some: []
        means nothing yet, after which `wake` says that it is worth asking again; None means that
        this was all. `end` is called once, when all was taken or the client is gone. The client's
        end of input is its end if the stream `is_endless`; else it may still want to read. Whoever
        reads one that `is_last` awaits the end of our process.
        """

        head: bytes
        is_endless: bool
        is_last: bool

        def begin(self, wake: Callable[[], None]) -> None: ...
        def take(self, size: int) -> list[bytes | memoryview] | None: ...
        def end(self) -> None: ...


class Handover(Fact):
    """The connection is no longer ours: whoever `accept`s its socket answers and closes it."""

    accept: Callable[[Any], object]


SHIELD = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
)
"""What keeps a browser from showing or lending our answers to a web page; a page of ours has a
policy of its own."""


NOT_MODIFIED = 304


class Response(Fact):
    """`tag` tells this body from every other, where somebody has reckoned it already."""

    status: int
    fields: Fields = ()
    body: bytes = b""
    tag: str = ""

    def encoded(self, keeps_alive: bool) -> Buffers:
        """The response's bytes; whether another request may follow is said in it."""
        connection = "keep-alive" if keeps_alive else "close"
        names = [name for name, _ in self.fields]
        shield = (field for field in SHIELD if field[0] not in names)
        own: Fields = (*shield, ("Connection", connection))
        if self.status != NOT_MODIFIED:
            own += (("Content-Length", str(len(self.body))),)
        return response_head(self.status, (*self.fields, *own)), self.body


class Answer(Fact):
    """What an endpoint has to say, in two forms of which the client's Accept chooses one.

    `message` is what the Heroku CLI writes to stderr, `warning` what the user ought to know too,
    `fields` are for the head. `holds`: the data is the same until the world is another.
    """

    data: Callable[[], object] = dict
    text: Callable[[Ink], str] | None = None
    status: int = 200
    message: Callable[[Ink], str] | None = None
    warning: str = ""
    fields: Fields = ()
    holds: bool = False


def response(answer: Answer, request: Request, ink: Ink) -> Response:
    """The answer in the form that the client accepts."""
    fields = notes(answer, request, ink)
    if not request.wants_text:
        return Response(answer.status, (*fields, JSON), encoded(answer.data()))
    text = answer.text(ink) if answer.text else ""
    return Response(answer.status, (*fields, TEXT), text.encode())


JSON = ("Content-Type", "application/json")
TEXT = ("Content-Type", "text/plain; charset=utf-8")


def notes(answer: Answer, request: Request, ink: Ink) -> Fields:
    """The header fields for stderr, and its own; the message is only for those who show it."""
    fields = list(answer.fields)
    if answer.message and request.wants_text:
        fields.append(("HK-Message", percent.quote(answer.message(ink))))
    if answer.warning:
        fields.append(("HK-Warning", percent.quote(answer.warning)))
        fields.append(("X-Heroku-Warning", _line(answer.warning)))
    return tuple(fields)


def _line(text: str) -> str:
    """Text as one line of ASCII, for clients that show a header field as it is."""
    return " ".join(text.split()).encode("ascii", "replace").decode()


def refusal(error: UserError, request: Request) -> Response:
    """The error as Heroku words it. Source: Dev Center, platform-api-reference, errors.

    The exit code is for a client that is a command: of what was asked in no form that we know it
    is another than of what cannot be.
    """
    fields = (("HK-Exit-Code", str(error.exit_code)),)
    if request.wants_text:
        return Response(error.status, (TEXT, *fields), f"{error}\n".encode("utf-8", "replace"))
    return _problem(error.status, error.id, str(error), fields)


def unreadable(status: int, message: str) -> Response:
    """The answer to what is no request."""
    return _problem(status, "bad_request", message)


def _problem(status: int, id_: str, message: str, fields: Fields = ()) -> Response:
    return Response(status, (JSON, *fields), encoded({"id": id_, "message": message}))


def encoded(data: object) -> bytes:
    """The data as JSON and a line end, so that it can be shown as it is."""
    from json import dumps

    return dumps(data, separators=(",", ":")).encode() + b"\n"


def stream_head(content_type: str, *fields: tuple[str, str], status: int = 200) -> bytes:
    """The head of a response whose body ends where the connection does."""
    own = (("Content-Type", content_type), ("Cache-Control", "no-store"), ("Connection", "close"))
    return response_head(status, (*fields, *SHIELD, *own))

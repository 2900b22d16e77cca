"""The head of an HTTP/1.1 message: read strictly, so that nobody reads it in another way; written.

What RFC 9112 lets a server tolerate (line folding, a bare line feed, a second length) is what
request smuggling is made of, and no client of ours sends it: it is refused.
"""

from __future__ import annotations

from emulator.fact import Fact
from emulator.router.head import END, FIELD, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Fields = Iterable[tuple[str, str]]

MAX_HEAD = 64 * 1024
MAX_LINE = 8 * 1024
MAX_FIELDS = 1000
MAX_DIGITS = 15

_VISIBLE = bytes(range(0x21, 0x7F))
_ALNUM = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TOKEN = _ALNUM + b"!#$%&'*+-.^_`|~"
_TARGET = _VISIBLE.replace(b"#", b"")
_HOST = _ALNUM + b"-._~%:[]"

REASONS = {
    101: "Switching Protocols",
    200: "OK",
    201: "Created",
    202: "Accepted",
    206: "Partial Content",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}


class Refused(Exception):
    """This is no request that we serve; after the answer with that status the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Head(Fact):
    """A request's head. Names of fields are in lower case; `minor` is the 1 of HTTP/1.1."""

    method: str
    target: str
    minor: int
    fields: tuple[tuple[str, str], ...]
    length: int = 0
    chunked: bool = False

    def get(self, name: str) -> str:
        """The value of the first such field; "" if there is none."""
        return next((value for known, value in self.fields if known == name), "")

    @property
    def keeps_alive(self) -> bool:
        """Whether the client may send another request on this connection."""
        words = {word.strip() for word in self.get("connection").lower().split(",")}
        return "close" not in words and (self.minor == 1 or "keep-alive" in words)


def end_of_head(data: bytes | bytearray) -> int:
    """Where the head that begins the data ends, or -1 if more has to come.

    Raises Refused as soon as no head can come of it.
    """
    found = data.find(END, 0, MAX_HEAD)
    so_far = data[: found + 2] if found >= 0 else data
    _refuse_controls(bytes(so_far))
    if found >= 0:
        return found + len(END)
    if len(data) >= MAX_HEAD or len(data) - data.rfind(b"\r\n") > MAX_LINE + 2:
        raise Refused(431, "The head of the request is too large")
    return -1


def _refuse_controls(lines: bytes) -> None:
    rest = lines.replace(b"\r\n", b"")
    if b"\n" in rest or b"\r" in rest[:-1]:
        raise Refused(400, "A line of the head does not end with CR LF")
    if b"\0" in rest:
        raise Refused(400, "The head has a NUL byte")


def parse(data: bytes) -> Head:
    """The head that the bytes are, up to and with the empty line. Raises Refused."""
    lines = data.removesuffix(END).split(b"\r\n")
    if len(lines) > MAX_FIELDS + 1:
        raise Refused(431, f"More than {MAX_FIELDS} header fields")
    if len(lines[0]) > MAX_LINE:
        raise Refused(414, f"The request line is longer than {MAX_LINE} bytes")
    method, target, minor = _request_line(lines[0])
    fields = tuple([_field(line) for line in lines[1:]])
    length, chunked = _framing(fields, minor)
    _check_host(fields, minor)
    return Head(method, target, minor, fields, length, chunked)


def _request_line(line: bytes) -> tuple[str, str, int]:
    words = line.split(b" ")
    if len(words) != 3 or not words[0] or words[0].translate(None, _TOKEN):
        raise Refused(400, "Expected a request line such as GET /apps HTTP/1.1")
    method, target, version = words
    if not target.startswith(b"/") or target.translate(None, _TARGET):
        raise Refused(400, "Expected a path that begins with / and has only visible ASCII")
    if version not in (b"HTTP/1.1", b"HTTP/1.0"):
        is_version = version.startswith(b"HTTP/") and version[5:].replace(b".", b"").isdigit()
        raise Refused(505 if is_version else 400, "Expected HTTP/1.1")
    return method.decode(), target.decode(), int(version == b"HTTP/1.1")


def _field(line: bytes) -> tuple[str, str]:
    """One header field. A line that begins with a blank would continue the one before it."""
    if len(line) > MAX_LINE:
        raise Refused(431, f"A header field is longer than {MAX_LINE} bytes")
    match = FIELD.fullmatch(line)
    if match is None:
        raise Refused(400, "Expected header fields such as Host: localhost, printable")
    return match[1].decode().lower(), value(line).decode("latin-1")


def _framing(fields: tuple[tuple[str, str], ...], minor: int) -> tuple[int, bool]:
    """How long the body is, or that it comes in chunks."""
    lengths = [value for name, value in fields if name == "content-length"]
    codings = [value for name, value in fields if name == "transfer-encoding"]
    if len(lengths) + len(codings) > 1 or (codings and not minor):
        raise Refused(400, "The length of the body is told twice")
    if codings:
        if codings[0].lower() != "chunked":
            raise Refused(501, "Transfer-Encoding other than chunked is not supported")
        return 0, True
    length = lengths[0] if lengths else "0"
    if not (length.isascii() and length.isdigit() and len(length) <= MAX_DIGITS):
        raise Refused(400, "Content-Length: expected a number")
    return int(length), False


def _check_host(fields: tuple[tuple[str, str], ...], minor: int) -> None:
    hosts = [value for name, value in fields if name == "host"]
    if len(hosts) > 1 or (minor and not hosts):
        raise Refused(400, "Expected one Host")
    if hosts and hosts[0].encode("latin-1").translate(None, _HOST):
        raise Refused(400, "Host: expected a name or an address")


def response_head(status: int, fields: Fields) -> bytes:
    """The head of a response with that status and these fields."""
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", *(f"{n}: {v}" for n, v in fields)]
    head = "\r\n".join(lines).encode("latin-1")
    if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1:
        raise AssertionError(f"a line end in a header field: {head!r}")
    return head + END

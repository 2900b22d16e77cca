"""The head of a request as the router needs it: checked once, made ready to be sent on."""

from __future__ import annotations

import re

from . import head, limits
from .head import CHUNKED, TOKEN, Lines, Malformed

AFFINITY_COOKIE = b"heroku-session-affinity"

_LINE = re.compile(rb"(" + TOKEN + rb"+) ([\x21\x22\x24-\x7e\x80-\xff]+) HTTP/([0-9])\.([0-9])")
_LINE_BEGINS = re.compile(TOKEN + rb"+(?: |$)")
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::[0-9]{1,5})?")
_REQUEST_ID = re.compile(rb"[0-9A-Za-z+/=-]{20,200}")
_ABSOLUTE = re.compile(rb"[Hh][Tt][Tt][Pp][Ss]?://([^/?#@]+)(.*)", re.DOTALL)
_AFFINITY = re.compile(rb"(?:[;:] *)" + AFFINITY_COOKIE + rb"=([0-9A-Za-z_.@-]{1,100})")

DROPPED = frozenset(
    [
        # Hop by hop. Source: vegur, README; RFC 9110, 7.6.1.
        *(b"connection", b"keep-alive", b"te", b"proxy-connection", b"proxy-authorization"),
        # Said anew by us.
        *(b"x-request-id", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port"),
        *(b"x-request-start", b"via"),
    ]
)
FRAMING = frozenset([b"host", b"content-length", b"transfer-encoding", b"upgrade"])
"""Never dropped because a Connection header names it."""

NAMES = DROPPED | FRAMING | {b"expect", b"cookie"}
REPEATABLE = frozenset(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"])
"""Source: RFC 9110, 9.2.2, idempotent methods."""


class Refused(Exception):
    """This is no request that is served; after the answer the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Request:
    """A head. `sent_on` is what the dyno gets of it, before our own headers."""

    __slots__ = (
        "affinity",
        "expectation",
        "forwarded_for",
        "has_body",
        "host",
        "is_head",
        "is_repeatable",
        "keeps_alive",
        "length",
        "method",
        "minor",
        "request_id",
        "sent_on",
        "target",
        "upgrades",
        "via",
    )

    def __init__(self, line: bytes, rest: list[tuple[bytes, bytes]], kept: list[bytes]) -> None:
        self.method, target, self.minor = _request_line(line)
        by_name: dict[bytes, list[bytes]] = {}
        for name, one in rest:
            by_name.setdefault(name, []).append(head.value(one))
        target, self.host = _where(target, by_name.get(b"host", []), self.minor)
        self.target = target.decode("latin-1")
        self._read_framing(by_name)
        self._read_connection(by_name, kept)
        self._read_forwarded(by_name)
        self.affinity = b""
        for name, one in rest:
            if name == b"cookie" and (match := _AFFINITY.search(one)):
                self.affinity = match[1]
        first = b"%s %s HTTP/1.1" % (self.method.encode(), target)
        self.sent_on = b"\r\n".join([first, *kept, b""])
        self.is_head = self.method == "HEAD"
        self.is_repeatable = self.method in REPEATABLE and not self.has_body

    def _read_framing(self, by_name: dict[bytes, list[bytes]]) -> None:
        """Departs: of both a length and chunks Heroku believes the chunks; that is how requests
        are smuggled, and no client sends it: 400."""
        codings = by_name.get(b"transfer-encoding")
        self.length = 0
        if codings:
            if len(codings) > 1 or b"content-length" in by_name or not self.minor:
                raise Refused(400, "The length of the body is told twice")
            if codings[0].lower() != b"chunked":
                raise Refused(501, "Transfer-Encoding other than chunked is not supported")
            self.length = CHUNKED
        elif lengths := by_name.get(b"content-length"):
            self.length = head.length(lengths)
        self.has_body = self.length != 0

    def _read_connection(self, by_name: dict[bytes, list[bytes]], kept: list[bytes]) -> None:
        options = head.words(by_name.get(b"connection", ()))
        self.keeps_alive = b"close" not in options and (self.minor == 1 or b"keep-alive" in options)
        self.upgrades = b"upgrade" in options and b"upgrade" in by_name and self.minor == 1
        named = options - {b"close", b"keep-alive"} - FRAMING
        kept[:] = [
            line
            for line in kept
            if not (named and line.partition(b":")[0].lower() in named)
            and (self.upgrades or line[:8].lower() != b"upgrade:")
        ]
        if self.upgrades:
            kept.append(b"Connection: Upgrade")
        self.expectation = b", ".join(by_name.get(b"expect", ())).lower()

    def _read_forwarded(self, by_name: dict[bytes, list[bytes]]) -> None:
        """What our own headers begin with. Source: Dev Center, http-routing, "Heroku headers"."""
        earlier = by_name.get(b"x-forwarded-for", ())
        self.forwarded_for = b"".join([b"%s, " % one for one in earlier]).decode("latin-1")
        self.via = b"".join([b"%s, " % one for one in by_name.get(b"via", ())])
        ids = by_name.get(b"x-request-id", [b""])
        self.request_id = ids[0].decode() if _REQUEST_ID.fullmatch(ids[0]) else ""


def _request_line(line: bytes) -> tuple[str, bytes, int]:
    match = _LINE.fullmatch(line)
    if len(line) > limits.REQUEST_LINE or match is None:
        raise Refused(400, "Expected a request line such as GET /path HTTP/1.1")
    method, target, major, minor = match.groups()
    if major != b"1":
        raise Refused(505, "Expected HTTP/1.1")
    if len(method) > limits.METHOD:
        raise Refused(400, f"A method has at most {limits.METHOD} characters")
    if method == b"CONNECT":
        raise Refused(405, "CONNECT is not supported")
    return method.decode(), target, min(int(minor), 1)


def _where(target: bytes, hosts: list[bytes], minor: int) -> tuple[bytes, str]:
    """The path, and the host's name: in lower case, without port."""
    if len(hosts) != 1 and (minor or hosts):
        raise Refused(400, "Expected one Host")
    named = hosts[0] if hosts else b""
    if not target.startswith(b"/") and target != b"*":
        match = _ABSOLUTE.fullmatch(target)
        if match is None or match[1].lower() != named.lower():
            raise Refused(400, "Expected a path that begins with /")
        target = match[2] if match[2].startswith(b"/") else b"/" + match[2]
    match = _HOST.fullmatch(named)
    if match is None:
        raise Refused(400, "Host: expected a name or an address")
    return target, match[1].lower().decode().removesuffix(".")


def check_beginning(data: bytes) -> None:
    """Raises Refused as soon as no head can come of what has come."""
    if len(data) - data.rfind(b"\r\n") > limits.REQUEST_HEADER + 2:
        raise Refused(400, f"A line of the head is longer than {limits.REQUEST_HEADER} bytes")
    if len(data) > limits.REQUEST_HEAD:
        raise Refused(400, f"The head is longer than {limits.REQUEST_HEAD} bytes")
    whole_lines = data.count(b"\n") == data.count(b"\r\n")
    if not whole_lines or b"\0" in data or _LINE_BEGINS.match(data) is None:
        raise Refused(400, "Expected a request line such as GET /path HTTP/1.1")


class Requests:
    """Knows the heads of late, which a client on a kept connection mostly repeats."""

    def __init__(self) -> None:
        self.lines = Lines(NAMES, limits.REQUEST_HEADER)
        self.known: dict[bytes, Request] = {}

    def read(self, data: bytes) -> Request:
        """The request that these bytes are, up to and with the empty line. Raises Refused."""
        request = self.known.get(data)
        if request is None:
            try:
                request = self._parse(data)
            except Malformed as error:
                raise Refused(400, f"Bad request: {error}") from None
            if len(data) <= 4096:
                if len(self.known) >= 1024:
                    self.known.clear()
                self.known[data] = request
        return request

    def _parse(self, data: bytes) -> Request:
        line, *fields = data[:-4].split(b"\r\n")
        if len(fields) > limits.HEADERS:
            raise Refused(400, f"More than {limits.HEADERS} headers")
        rest, kept = [], []
        lines = self.lines
        young = lines.young
        for field in fields:
            name = young.get(field)
            if name is None:
                name = lines.learn(field)
                young = lines.young
            if name:
                rest.append((name, field))
                if name in DROPPED:
                    continue
            kept.append(field)
        return Request(line, rest, kept)

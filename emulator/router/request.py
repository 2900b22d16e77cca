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
_AFFINITY = re.compile(rb"; *" + AFFINITY_COOKIE + rb"=([0-9A-Za-z_.@-]{1,100})")

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

NAMES = DROPPED | FRAMING | {b"expect"}
REPEATABLE = frozenset([b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"])
"""Source: RFC 9110, 9.2.2, idempotent methods."""


class Refused(Exception):
    """This is no request that is served; after the answer the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Manner:
    """What the headers that concern the router say. Most requests share it with others."""

    __slots__ = (
        "affinity",
        "dropped",
        "expectation",
        "forwarded_for",
        "host",
        "keeps_alive",
        "length",
        "named",
        "request_id",
        "upgrades",
        "via",
    )

    def __init__(self, lines: list[tuple[bytes, bytes]], minor: int) -> None:
        by_name: dict[bytes, list[bytes]] = {}
        for name, line in lines:
            by_name.setdefault(name, []).append(head.value(line))
        hosts = by_name.get(b"host", [])
        if len(hosts) != 1 and (minor or hosts):
            raise Refused(400, "Expected one Host")
        self.named = hosts[0].lower() if hosts else b""
        self.host = _host(self.named) if self.named or minor else ""
        self._read_framing(by_name, minor)
        self._read_connection(by_name, minor)
        self.expectation = b", ".join(by_name.get(b"expect", ())).lower()
        # What our own headers begin with. Source: Dev Center, http-routing, "Heroku headers".
        earlier = by_name.get(b"x-forwarded-for", ())
        self.forwarded_for = b"".join([b"%s, " % one for one in earlier]).decode("latin-1")
        earlier = by_name.get(b"via", ())
        self.via = b"".join([b"%s, " % one for one in earlier]).decode("latin-1")
        ids = by_name.get(b"x-request-id", [b""])
        self.request_id = ids[0].decode() if _REQUEST_ID.fullmatch(ids[0]) else ""
        cookies = [_AFFINITY.search(b";" + one) for one in by_name.get(b"cookie", ())]
        self.affinity = next((found[1].decode() for found in cookies if found), "")

    def _read_framing(self, by_name: dict[bytes, list[bytes]], minor: int) -> None:
        """Departs: of both a length and chunks Heroku believes the chunks; that is how requests
        are smuggled, and no client sends it: 400."""
        codings = by_name.get(b"transfer-encoding")
        self.length = 0
        if codings:
            if len(codings) > 1 or b"content-length" in by_name or not minor:
                raise Refused(400, "The length of the body is told twice")
            if codings[0].lower() != b"chunked":
                raise Refused(501, "Transfer-Encoding other than chunked is not supported")
            self.length = CHUNKED
        elif lengths := by_name.get(b"content-length"):
            self.length = head.length(lengths)

    def _read_connection(self, by_name: dict[bytes, list[bytes]], minor: int) -> None:
        options = head.words(by_name.get(b"connection", ()))
        self.keeps_alive = b"close" not in options and (minor == 1 or b"keep-alive" in options)
        self.upgrades = b"upgrade" in options and b"upgrade" in by_name and minor == 1
        self.dropped = options - {b"close", b"keep-alive"} - FRAMING
        if b"upgrade" in by_name and not self.upgrades:
            self.dropped |= {b"upgrade"}

    def keep(self, lines: list[bytes]) -> list[bytes]:
        """Those that go on to the dyno, if the client says that some do not."""
        if self.dropped:
            lines = [n for n in lines if n.partition(b":")[0].lower() not in self.dropped]
        return [*lines, b"Connection: Upgrade"] if self.upgrades else lines


def _host(named: bytes) -> str:
    """The name, without port."""
    match = _HOST.fullmatch(named)
    if match is None:
        raise Refused(400, "Host: expected a name or an address")
    return match[1].decode().removesuffix(".")


class Request:
    """A head. `sent_on` is what the dyno gets of it, before our own headers."""

    __slots__ = (
        "has_body",
        "host",
        "is_head",
        "is_repeatable",
        "keeps_alive",
        "manner",
        "method",
        "minor",
        "sent_on",
        "shown",
        "target",
    )

    def __init__(self, line: tuple[bytes, bytes, int], manner: Manner, kept: list[bytes]) -> None:
        method, target, self.minor = line
        if manner.dropped or manner.upgrades:
            kept = manner.keep(kept)
        if not target.startswith(b"/"):
            target = _origin_form(method, target, manner.named)
        self.manner = manner
        self.host = manner.host
        self.keeps_alive = manner.keeps_alive
        self.has_body = manner.length != 0
        self.method = method
        self.target = target
        self.sent_on = b"%s %s HTTP/1.1\r\n%s\r\n" % (method, target, b"\r\n".join(kept))
        self.is_head = method == b"HEAD"
        self.is_repeatable = not self.has_body and method in REPEATABLE
        self.shown = ""
        """What log lines say of it; made when the first one is."""


def _origin_form(method: bytes, target: bytes, named: bytes) -> bytes:
    """The path of `http://host/path`, as long as it is the host that was named."""
    if target == b"*" and method == b"OPTIONS":
        return target
    match = _ABSOLUTE.fullmatch(target)
    if match is None or match[1].lower() != named:
        raise Refused(400, "Expected a path that begins with /")
    return match[2] if match[2].startswith(b"/") else b"/" + match[2]


def _request_line(line: bytes) -> tuple[bytes, bytes, int]:
    if len(line) > limits.REQUEST_LINE:
        raise Refused(400, f"The request line is longer than {limits.REQUEST_LINE} bytes")
    match = _LINE.fullmatch(line)
    if match is None:
        raise Refused(400, "Expected a request line such as GET /path HTTP/1.1")
    method, target, major, minor = match.groups()
    if major != b"1":
        raise Refused(505, "Expected HTTP/1.1")
    if len(method) > limits.METHOD:
        raise Refused(400, f"A method has at most {limits.METHOD} characters")
    if method == b"CONNECT":
        raise Refused(405, "CONNECT is not supported")
    return method, target, 0 if minor == b"0" else 1


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
    """Reads heads. Most lines of them came before, and the manner of most did."""

    def __init__(self) -> None:
        self.lines = Lines(NAMES, limits.REQUEST_HEADER)
        self.manners: tuple[dict[bytes, Manner], dict[bytes, Manner]] = ({}, {})

    def read(self, data: bytes) -> Request:
        """The request that these bytes are, up to and with the empty line. Raises Refused."""
        try:
            return self._parse(data)
        except Malformed as error:
            raise Refused(400, f"Bad request: {error}") from None

    def _parse(self, data: bytes) -> Request:
        first, *fields = data[:-4].split(b"\r\n")
        if len(fields) > limits.HEADERS:
            raise Refused(400, f"More than {limits.HEADERS} headers")
        line = _request_line(first)
        ours, kept = [], []
        lines = self.lines
        young = lines.young
        for field in fields:
            name = young.get(field)
            if name is None:
                name = self._learn(field)
                young = lines.young
            if name:
                ours.append((name, field))
                if name in DROPPED:
                    continue
            kept.append(field)
        return Request(line, head.recall(self.manners[line[2]], ours, line[2], Manner), kept)

    def _learn(self, field: bytes) -> bytes:
        """Of cookies only the one that is ours matters; it is never kept among the lines."""
        if AFFINITY_COOKIE in field and field[:7].lower() == b"cookie:":
            self.lines.name(field)
            return b"cookie"
        return self.lines.learn(field)

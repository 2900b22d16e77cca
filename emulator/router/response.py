"""The head of a dyno's response as the router needs it: checked once, made ready for the client."""

from __future__ import annotations

import re

from . import hcode, head, limits
from .head import CHUNKED, UNTIL_CLOSE, Lines, Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .hcode import Code

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9]) [\t\x20-\x7e\x80-\xff]*")
"""Departs from RFC 9112, as Heroku: without the space before the reason it is H17."""

DROPPED = frozenset([b"connection", b"keep-alive", b"proxy-connection", b"te", b"via"])
FRAMING = frozenset([b"content-length", b"transfer-encoding", b"upgrade"])
NAMES = DROPPED | FRAMING | {b"server"}

VIA = "1.1 heroku-router"
"""Source: log samples of 2025, for HTTP/1.1 clients."""


class Unservable(Exception):
    """The dyno's response is not passed on, and this is why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.desc)
        self.code = code


class Manner:
    """What the headers that concern the router say, but for the length."""

    __slots__ = ("added", "dropped", "is_chunked", "keeps_alive")

    def __init__(self, lines: list[tuple[bytes, bytes]], minor: int) -> None:
        by_name: dict[bytes, list[bytes]] = {}
        for name, line in lines:
            by_name.setdefault(name, []).append(head.value(line))
        options = head.words(by_name.get(b"connection", ()))
        self.keeps_alive = b"close" not in options and (minor == 1 or b"keep-alive" in options)
        self.dropped = options - FRAMING - {b"close", b"keep-alive"}
        codings = head.words(by_name.get(b"transfer-encoding", ()))
        if codings and codings != {b"chunked"}:
            raise Unservable(hcode.H17)
        self.is_chunked = bool(codings)
        if self.is_chunked:
            # Chunks win over a length. Source: vegur, README.
            self.dropped |= {b"content-length"}
        via = b", ".join([*by_name.get(b"via", ()), VIA.encode()])
        self.added = b"\r\nVia: %s\r\n" % via
        if b"server" not in by_name:
            self.added += b"Server: Heroku\r\n"


class Response:
    """A head. `kept` is all that the client gets of it but for Connection and the empty line."""

    __slots__ = ("has_body", "keeps_alive", "kept", "length", "open", "status")

    def __init__(self, status: int, length: int, manner: Manner, kept: list[bytes]) -> None:
        self.status = status
        self.has_body = status >= 200 and status not in (204, 304)
        self.length = CHUNKED if manner.is_chunked else length
        self.keeps_alive = manner.keeps_alive
        if manner.dropped:
            kept = [n for n in kept if n.partition(b":")[0].lower() not in manner.dropped]
        self.kept = b"\r\n".join(kept) + manner.added
        self.open = self.kept + b"\r\n"

    def head_for(self, minor: int, keeps_alive: bool, length: int) -> bytes:
        """What a client of HTTP/1.`minor` gets, if its connection goes on or not.

        One of HTTP/1.0 does not know chunks: the end of the connection is the end of the body.
        """
        if minor and keeps_alive:
            return self.open
        if keeps_alive:
            return self.kept + b"Connection: keep-alive\r\n\r\n"
        close = self.kept + b"Connection: close\r\n\r\n"
        if minor or length != CHUNKED:
            return close
        lines = close.split(b"\r\n")
        return b"\r\n".join([n for n in lines if n[:18].lower() != b"transfer-encoding:"])


class Responses:
    """Reads heads. Most lines of them came before, and the manner of most did."""

    def __init__(self) -> None:
        self.lines = Lines(NAMES, limits.RESPONSE_HEADER)
        self.manners: tuple[dict[bytes, Manner], dict[bytes, Manner]] = ({}, {})

    def read(self, data: bytes) -> Response:
        """The response that these bytes begin, up to and with the empty line.

        Raises Unservable.
        """
        first, *fields = data[:-4].split(b"\r\n")
        match = _STATUS.fullmatch(first)
        if match is None:
            raise Unservable(hcode.H17)
        if len(first) > limits.STATUS_LINE:
            raise Unservable(hcode.H25_STATUS)
        ours, lengths, kept = [], [], [b"HTTP/1.1" + first[8:]]
        young = self.lines.young
        for field in fields:
            name = young.get(field)
            if name is None:
                name = self._learn(field)
                young = self.lines.young
            if name == b"content-length":
                lengths.append(head.value(field))
            elif name:
                ours.append((name, field))
                if name in DROPPED:
                    continue
            kept.append(field)
        minor = int(match[1])
        manner = head.recall(self.manners[minor], ours, minor, Manner)
        return Response(int(match[2]), _length(lengths), manner, kept)

    def _learn(self, field: bytes) -> bytes:
        if len(field) > limits.RESPONSE_HEADER:
            raise Unservable(hcode.H25_HEADER)
        if len(field) > limits.COOKIE and field[:11].lower() == b"set-cookie:":
            raise Unservable(hcode.H25_COOKIE)
        try:
            return self.lines.learn(field)
        except Malformed:
            raise Unservable(hcode.H17) from None


def _length(values: list[bytes]) -> int:
    if not values:
        return UNTIL_CLOSE
    try:
        return head.length(values)
    except Malformed:
        raise Unservable(hcode.H25_LENGTH) from None

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
NAMES = DROPPED | FRAMING | {b"server", b"set-cookie"}

VIA = b"1.1 heroku-router"
"""Source: log samples of 2025, for HTTP/1.1 clients."""


class Unservable(Exception):
    """The dyno's response is not passed on, and this is why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.desc)
        self.code = code


class Response:
    """A head. `kept` is all that the client gets of it but for Connection and the empty line."""

    __slots__ = ("close", "has_body", "keeps_alive", "kept", "length", "open", "status", "upgrade")

    def __init__(self, line: bytes, rest: list[tuple[bytes, bytes]], kept: list[bytes]) -> None:
        match = _STATUS.fullmatch(line)
        if match is None:
            raise Unservable(hcode.H17)
        if len(line) > limits.STATUS_LINE:
            raise Unservable(hcode.H25_STATUS)
        self.status = int(match[2])
        by_name: dict[bytes, list[bytes]] = {}
        for name, one in rest:
            by_name.setdefault(name, []).append(head.value(one))
            if name == b"set-cookie" and len(one) > limits.COOKIE:
                raise Unservable(hcode.H25_COOKIE)
        self.has_body = self.status >= 200 and self.status not in (204, 304)
        self._read_framing(by_name, kept)
        options = head.words(by_name.get(b"connection", ()))
        is_1_1 = match[1] == b"1"
        self.keeps_alive = b"close" not in options and (is_1_1 or b"keep-alive" in options)
        self.upgrade = self.status == 101
        via = b", ".join([*by_name.get(b"via", ()), VIA])
        kept.append(b"Via: " + via)
        if b"server" not in by_name and self.status >= 200:
            kept.append(b"Server: Heroku")
        first = b"HTTP/1.1" + line[8:]
        self.kept = b"\r\n".join([first, *kept, b""])
        self.open = self.kept + b"\r\n"
        self.close = self.kept + b"Connection: close\r\n\r\n"

    def _read_framing(self, by_name: dict[bytes, list[bytes]], kept: list[bytes]) -> None:
        """Chunks win over a length. Source: vegur, README."""
        codings = head.words(by_name.get(b"transfer-encoding", ()))
        self.length = UNTIL_CLOSE
        if lengths := by_name.get(b"content-length"):
            try:
                self.length = head.length(lengths)
            except Malformed:
                raise Unservable(hcode.H25_LENGTH) from None
        if codings:
            if codings != {b"chunked"}:
                raise Unservable(hcode.H17)
            self.length = CHUNKED
            kept[:] = [line for line in kept if line[:15].lower() != b"content-length:"]
        named = head.words(by_name.get(b"connection", ())) - FRAMING - {b"close", b"keep-alive"}
        if named:
            kept[:] = [line for line in kept if line.partition(b":")[0].lower() not in named]

    def head_for(self, minor: int, keeps_alive: bool, length: int) -> bytes:
        """What a client of HTTP/1.`minor` gets, if its connection goes on or not.

        One of HTTP/1.0 does not know chunks: the end of the connection is the end of the body.
        """
        if minor:
            return self.open if keeps_alive else self.close
        if keeps_alive:
            return self.kept + b"Connection: keep-alive\r\n\r\n"
        if length != CHUNKED:
            return self.close
        lines = self.close.split(b"\r\n")
        return b"\r\n".join([n for n in lines if n[:18].lower() != b"transfer-encoding:"])


class Responses:
    """Knows the heads of late, which a dyno often repeats within a second."""

    def __init__(self) -> None:
        self.lines = Lines(NAMES, limits.RESPONSE_HEADER)
        self.known: dict[bytes, Response] = {}

    def read(self, data: bytes) -> Response:
        """The response that these bytes begin, up to and with the empty line.

        Raises Unservable.
        """
        response = self.known.get(data)
        if response is None:
            response = self._parse(data)
            if len(data) <= 4096:
                if len(self.known) >= 1024:
                    self.known.clear()
                self.known[data] = response
        return response

    def _parse(self, data: bytes) -> Response:
        line, *fields = data[:-4].split(b"\r\n")
        rest, kept = [], []
        lines = self.lines
        young = lines.young
        for field in fields:
            name = young.get(field)
            if name is None:
                name = self._learn(field)
                young = lines.young
            if name:
                rest.append((name, field))
                if name in DROPPED:
                    continue
            kept.append(field)
        return Response(line, rest, kept)

    def _learn(self, field: bytes) -> bytes:
        if len(field) > limits.RESPONSE_HEADER:
            raise Unservable(hcode.H25_HEADER)
        try:
            return self.lines.learn(field)
        except Malformed:
            raise Unservable(hcode.H17) from None

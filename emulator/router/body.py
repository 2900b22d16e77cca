"""Where the body of a message ends. It is passed on as it came, so only its end is looked for."""

from __future__ import annotations

import re

from . import limits
from .head import CHUNKED, FIELD, UNTIL_CLOSE, Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    Bytes = bytes | bytearray

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:;[\t\x20-\x7e\x80-\xff]*)?")
_NOT_IN_TRAILER = frozenset([b"content-length", b"transfer-encoding", b"host"])


class Length:
    """A body of so many bytes."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    @property
    def is_done(self) -> bool:
        return self.left == 0

    def feed(self, data: Bytes, at: int, end: int) -> int:
        """Up to where data[at:end] belongs to the body."""
        taken = min(self.left, end - at)
        self.left -= taken
        return at + taken


class UntilClose:
    """A body that ends with the connection."""

    __slots__ = ()
    is_done = False

    def feed(self, data: Bytes, at: int, end: int) -> int:
        return end


class Chunked:
    """A body in chunks, with trailers. With `payload` the chunks' content is collected there."""

    __slots__ = ("_line", "_read_line", "_skip", "_trailers", "is_done", "payload")

    def __init__(self, payload: list[bytes] | None = None) -> None:
        self.payload = payload
        self.is_done = False
        self._skip = 0
        self._line = b""
        self._trailers = 0
        self._read_line = self._read_size

    def feed(self, data: Bytes, at: int, end: int) -> int:
        """Up to where data[at:end] belongs to the body. Raises Malformed."""
        while at < end and not self.is_done:
            if self._skip:
                step = min(self._skip, end - at)
                if self.payload is not None:
                    self.payload.append(bytes(data[at : at + step]))
                self._skip -= step
                at += step
                continue
            found = data.find(b"\n", at, end)
            stop = end if found < 0 else found + 1
            self._line += data[at:stop]
            if len(self._line) > limits.CHUNK_LINE:
                raise Malformed("a line between chunks is too long")
            at = stop
            if found >= 0:
                self._end_line()
        return at

    def _end_line(self) -> None:
        line, self._line = self._line, b""
        if not line.endswith(b"\r\n"):
            raise Malformed("a line between chunks does not end with CR LF")
        self._read_line(line[:-2])

    def _read_size(self, line: bytes) -> None:
        match = _SIZE.fullmatch(line)
        if match is None:
            raise Malformed(f"not the size of a chunk: {line[:40]!r}")
        self._skip = int(match[1], 16)
        self._read_line = self._read_end if self._skip else self._read_trailer

    def _read_end(self, line: bytes) -> None:
        if line:
            raise Malformed("a chunk is longer than it says")
        self._read_line = self._read_size

    def _read_trailer(self, line: bytes) -> None:
        self._trailers += 1
        match = FIELD.fullmatch(line)
        if not line:
            self.is_done = True
        elif match is None or match[1].lower() in _NOT_IN_TRAILER:
            raise Malformed(f"not a trailer: {line[:40]!r}")
        elif self._trailers > limits.HEADERS:
            raise Malformed("too many trailers")


Body = Length | Chunked | UntilClose


def body(length: int) -> Body:
    """What finds the end of a body of such a length, which may be CHUNKED or UNTIL_CLOSE."""
    if length == CHUNKED:
        return Chunked()
    return UntilClose() if length == UNTIL_CLOSE else Length(length)

"""Whole lines of one source as one run of bytes: the only form in which log lines travel.

Nothing here looks at a line: a chunk is cut, mended and folded with a few vectorised operations,
and only a chunk that holds a rarity (a carriage return, a long line, invalid UTF-8) costs more.
"""

from __future__ import annotations

from codecs import utf_8_decode

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 10_000
"""Longer lines become several. Source: log-shuttle, config.go, MaxLineLength."""


class Stream(Fact):
    """Who speaks: `source` is app, heroku or hk-local; `dyno` is web.1, router, api ..."""

    source: str
    dyno: str

    def __hash__(self) -> int:
        return hash(self.dyno)

    @property
    def header(self) -> str:
        """The name that lines carry. Source: Dev Center, logging, "Log format"."""
        return f"{self.source}[{self.dyno}]"

    @property
    def process_type(self) -> str:
        return self.dyno.partition(".")[0]


class Filter(Fact):
    """Which streams a reader wants; a `dyno` without a number stands for all of its type.

    Source: Dev Center, logging, "Filtering".
    """

    source: str = ""
    dyno: str = ""

    def __call__(self, stream: Stream) -> bool:
        if self.source and self.source != stream.source:
            return False
        return not self.dyno or self.dyno in (stream.dyno, stream.process_type)


class Block:
    """Lines of one stream that share one time stamp: `body` is whole lines, each ended by \n.

    Whoever comes to know how many lines there are says so (`lines`); else they are counted.
    """

    __slots__ = ("_lines", "at_ns", "body", "stream")

    def __init__(self, at_ns: int, stream: Stream, body: bytes, lines: int = 0) -> None:
        self.at_ns = at_ns
        self.stream = stream
        self.body = body
        self._lines = lines

    @property
    def lines(self) -> int:
        self._lines = self._lines or count_lines(self.body)
        return self._lines

    @lines.setter
    def lines(self, lines: int) -> None:
        self._lines = lines

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Block) and self._key() == other._key()

    def __repr__(self) -> str:
        return f"Block({self.at_ns}, {self.stream.header}, {self.body!r})"

    def _key(self) -> tuple[int, Stream, bytes]:
        return self.at_ns, self.stream, self.body

    def tail(self, lines: int) -> Block:
        """The block's last lines."""
        if lines >= self.lines:
            return self
        body = b"\n".join(self.body.split(b"\n")[-lines - 1 :])
        return Block(self.at_ns, self.stream, body, lines)

    def matching(self, text: bytes) -> list[Block]:
        """The block's lines with this text in them, as a block; [] if there are none."""
        lines = [line + b"\n" for line in self.body.split(b"\n") if text in line]
        return [Block(self.at_ns, self.stream, b"".join(lines), len(lines))] if lines else []


def newest(blocks: list[Block], lines: int) -> list[Block]:
    """The last lines of the blocks, in order."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if lines <= 0:
            break
        kept.append(block.tail(lines))
        lines -= block.lines
    return kept[::-1]


def count_lines(body: bytes) -> int:
    """How many lines the body has; bytes.count is a loop over bytes and three times slower."""
    return len(body) - len(body.replace(b"\n", b""))


class Cutter:
    """Turns what is read from one pipe into whole lines of valid UTF-8, and keeps the rest."""

    __slots__ = ("_carry", "_torn")

    def __init__(self) -> None:
        self._carry = b""
        """The line that has begun: at most MAX_LINE + 1 bytes."""
        self._torn = b""
        """A character of which only the first bytes have come."""

    def feed(self, chunk: bytes) -> bytes:
        """The lines that are complete now, each ended by one \\n; b"" if there are none."""
        if self._torn or not chunk.isascii():
            chunk = self._mended(chunk)
        end = chunk.rfind(b"\n") + 1
        if not end:
            return self._grow(chunk)
        if self._carry or end < len(chunk):
            body = b"".join((self._carry, memoryview(chunk)[:end]))
            self._carry = chunk[end:]
        else:
            body = chunk
        if 13 in body:
            body = body.replace(b"\r\n", b"\n")
        start = _long_line(body)
        if start >= 0:
            body = b"\n".join(_folded(body, start))
        return body + self._grow(b"") if len(self._carry) > MAX_LINE + 1 else body

    def finish(self) -> bytes:
        """The last line if it had no end; it has one now."""
        return self.feed(b"\n") if self._carry or self._torn else b""

    def _grow(self, text: bytes) -> bytes:
        """A line that does not end is handed out in pieces, so that memory stays bounded.

        The piece that could still turn out to fit, if a \\r\\n follows, is kept.
        """
        self._carry += text
        if len(self._carry) <= MAX_LINE + 1:
            return b""
        *pieces, self._carry = _folded(self._carry, 0)
        return b"".join([piece + b"\n" for piece in pieces])

    def _mended(self, chunk: bytes) -> bytes:
        """The chunk as valid UTF-8, without the character that it leaves unfinished."""
        data = self._torn + chunk
        try:
            _, used = utf_8_decode(data, "strict", False)
            mended = data[:used]
        except UnicodeDecodeError:
            text, used = utf_8_decode(data, "replace", False)
            mended = text.encode()
        self._torn = data[used:]
        return mended


def _long_line(body: bytes) -> int:
    """Where the first line longer than MAX_LINE begins, or -1: a few rfind for a whole chunk."""
    start, last = 0, len(body) - MAX_LINE - 1
    while start < last:
        end = body.rfind(b"\n", start, start + MAX_LINE + 1)
        if end < 0:
            return start
        start = end + 1
    return -1


def _folded(body: bytes, start: int) -> Iterator[bytes]:
    """The body in parts, cut where a line from `start` on grows longer than MAX_LINE."""
    begin = 0
    while len(body) - start > MAX_LINE + 1:
        end = body.rfind(b"\n", start, start + MAX_LINE + 1)
        if end >= 0:
            start = end + 1
            continue
        start += MAX_LINE
        while body[start] & 0xC0 == 0x80:  # inside a character
            start -= 1
        yield body[begin:start]
        begin = start
    yield body[begin:]

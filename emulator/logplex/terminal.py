"""A block as a reader sees it: time stamp, source and dyno before each line, or JSON."""

from __future__ import annotations

from enum import Enum

from emulator.fact import Fact
from emulator.logplex import highlight, safe, stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.block import Block, Stream
    from emulator.logplex.buffer import Buffers
    from emulator.logplex.highlight import Colour

_SMALL = 4096
"""Below this a copy is cheaper than a second buffer."""
_LARGE = 112 * 1024
"""From 128 KiB on malloc maps fresh pages for every block, which costs five times the rest."""
_SAMPLE = 2048
"""So much, even if it is all line ends, stays below _LARGE."""


class Timestamps(Enum):
    HEROKU = "heroku"
    TIME = "time"
    NONE = "none"


_HEROKU, _TIME = Timestamps.HEROKU, Timestamps.TIME  # looking up a member costs 0.1 microseconds


class Style(Fact):
    """How a reader wants lines; `utc_offset_s` is for Timestamps.TIME."""

    prefix: bool = True
    timestamps: Timestamps = Timestamps.HEROKU
    colour: bool = False
    json: bool = False
    utc_offset_s: int = 0


class Palette:
    """A colour for each process type, in order of appearance.

    Source: Heroku CLI, src/lib/run/colorize.ts, getColorForIdentifier.
    """

    def __init__(self) -> None:
        self._colours: dict[str, Colour] = {}
        for identifier in ("run", "router", "web", "postgres", "heroku-postgres"):
            self.colour(identifier)

    def colour(self, dyno: str) -> Colour:
        identifier = dyno.partition(".")[0]
        if identifier not in self._colours:
            choice = highlight.IDENTIFIERS
            self._colours[identifier] = choice[len(self._colours) % len(choice)]
        return self._colours[identifier]


PALETTE = Palette()
"""One for all readers: the terminal and every tail show a process type in the same colour."""


def render(block: Block, style: Style, palette: Palette = PALETTE) -> bytes:
    """The block as the reader's bytes."""
    return b"".join(buffers(block, style, palette))


def buffers(block: Block, style: Style, palette: Palette = PALETTE) -> Buffers:
    """The same in parts that were not copied, for writev."""
    if style.json:
        return (_json(block),)
    body = safe.plain(block.body, style.colour)
    if style.colour and block.stream.source == "heroku":
        body = _highlighted(body, block.stream, palette)
    if not style.prefix:
        return (body,)
    prefix = _prefix(block, style, palette)
    parts: list[bytes | memoryview] = []
    size = 0
    for piece in _pieces(body, len(prefix)):
        lines = piece.replace(b"\n", b"\n" + prefix)  # one prefix too many at the end
        size += len(lines)
        if len(lines) < _SMALL:
            parts.append(prefix + lines[: -len(prefix)])
        else:
            parts += prefix, memoryview(lines)[: -len(prefix)]
    block.lines = (size - len(body)) // len(prefix)
    return tuple(parts)


def _pieces(body: bytes, prefix_size: int) -> list[bytes]:
    """The body so that none of its parts grows beyond _LARGE; short lines grow most."""
    if len(body) <= _SAMPLE:
        return [body]
    lines = body.count(b"\n", 0, _SAMPLE) + 1
    step = _SAMPLE * _LARGE // (_SAMPLE + lines * prefix_size)
    pieces: list[bytes] = []
    start = 0
    while start + step < len(body):
        end = body.find(b"\n", start + step) + 1
        pieces.append(body[start:end])
        start = end
    return [*pieces, body[start:]] if start < len(body) else pieces


def _prefix(block: Block, style: Style, palette: Palette) -> bytes:
    header = block.stream.header.encode() + b":"
    if style.timestamps is _HEROKU:
        header = stamp.full(block.at_ns) + b" " + header
    elif style.timestamps is _TIME:
        header = stamp.clock(block.at_ns, style.utc_offset_s) + b" " + header
    if style.colour:
        header = highlight.painted(header, palette.colour(block.stream.dyno))
    return header + b" "


def _highlighted(body: bytes, stream: Stream, palette: Palette) -> bytes:
    if stream.dyno == "router":
        return highlight.router(body, lambda dyno: palette.colour(dyno.decode()))
    return highlight.lifecycle(body)


def _json(block: Block) -> bytes:
    """One object a line: ASCII, so that no terminal can mistake its contents for commands."""
    from json import dumps

    fixed = {
        "at": stamp.full(block.at_ns).decode(),
        "source": block.stream.source,
        "dyno": block.stream.dyno,
    }
    text = block.body.decode("utf-8", "replace").removesuffix("\n")
    lines = [dumps(fixed | {"message": line}) for line in text.split("\n")]
    return "\n".join(lines).replace("\x7f", "\\u007f").encode() + b"\n"

"""A log as server-sent events, each with an id after which a client that lost us can go on.

Source: HTML standard, server-sent events; the rest as Heroku's CLI wants it.
"""

from __future__ import annotations

from emulator.fact import Fact
from emulator.logplex.terminal import render

from .answer import stream_head
from .query import MOST_LINES
from .tail import Tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.logplex.block import Block
    from emulator.logplex.buffer import Buffers, Loss
    from emulator.logplex.terminal import Style

    from .call import App, Outside, Timer
    from .query import Query

CONTENT_TYPE = "text/event-stream"
HEARTBEAT = b":\n\n"
HEARTBEAT_SECONDS = 30.0
"""Source: Heroku CLI 11.10, which gives up after 300 seconds of silence."""
AT_ONCE = b"retry: 1\n\n"
"""After the end of what is no tail the CLI waits for as long as it would before a new attempt."""
STEP_NS = 10_000_000_000
"""The wall clock may be set back by so much without a gap where a client goes on."""


class Place(Fact):
    """Right behind so many lines of those that a reader wants with that time stamp."""

    at_ns: int
    lines: int


def place(text: str) -> Place | None:
    """The place that such an id means; None for one that is not ours."""
    at_ns, _, lines = text.partition("-")
    if all(part.isascii() and part.isdigit() and len(part) < 20 for part in (at_ns, lines)):
        return Place(int(at_ns), int(lines))
    return None


def behind(blocks: list[Block], last: Place) -> list[Block]:
    """The rest of the blocks, which begin some time before that place."""
    first = next((n for n, block in enumerate(blocks) if block.at_ns == last.at_ns), None)
    if first is None:
        return [block for block in blocks if block.at_ns > last.at_ns]
    found, left = [], last.lines
    for block in blocks[first:]:
        known = min(left, block.lines) if block.at_ns == last.at_ns else 0
        left -= known
        if known < block.lines:
            found.append(block.tail(block.lines - known))
    return found


class Count:
    """The place behind the last block that was counted."""

    __slots__ = ("at_ns", "lines")

    def __init__(self, last: Place) -> None:
        self.at_ns, self.lines = last.at_ns, last.lines

    def id(self, block: Block) -> bytes:
        """The id of the event that the block is, which comes next."""
        if block.at_ns != self.at_ns:
            self.at_ns, self.lines = block.at_ns, 0
        self.lines += block.lines
        return b"id: %d-%d\n" % (self.at_ns, self.lines)


class Press:
    """Blocks of one flush of the channel are rendered once for all readers of one style."""

    def __init__(self) -> None:
        self._styles: dict[Style, dict[int, bytes]] = {}
        self._blocks: list[Block] = []

    def sheets(self, style: Style) -> dict[int, bytes]:
        """Where that style's events are; to look a style up each time would cost more than that."""
        return self._styles.setdefault(style, {})

    def data(
        self, blocks: list[Block], number: int, style: Style, sheets: dict[int, bytes]
    ) -> bytes:
        if blocks is not self._blocks:
            self._blocks = blocks
            for old in self._styles.values():
                old.clear()
        if number not in sheets:
            sheets[number] = _data(render(blocks[number], style))
        return sheets[number]


PRESS = Press()


class Events(Tail):
    """A tail whose blocks are events."""

    def __init__(self, app: App, query: Query, last: Place | None, outside: Outside) -> None:
        super().__init__(app, query, stream_head(CONTENT_TYPE), outside)
        self._last = last
        self._shown_to = self._told_to = Count(Place(0, 0))
        self._heart: Timer | None = None
        self._sheets = PRESS.sheets(self.style)

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._app.channel.flush()
        stored = self._found()
        start = self._last or self._before(stored)
        self._shown_to, self._told_to = Count(start), Count(start)
        for block in stored:
            self._told_to.id(block)
        self._stored = stored[::-1]
        if self._query.tail:
            self._preface.append(b"id: %d-%d\n\n" % (start.at_ns, start.lines))
            self._app.watchers.append(self._watch)
            self._heart = self._outside.later(HEARTBEAT_SECONDS, self._beat)
        else:
            self._preface.append(AT_ONCE)

    def _found(self) -> list[Block]:
        query, last = self._query, self._last
        if last is None:
            lines = query.lines
            return self._app.history.last(lines, query.filter, query.since_ns) if lines else []
        since_ns = max(query.since_ns, last.at_ns - STEP_NS)
        return behind(self._app.history.last(MOST_LINES, query.filter, since_ns), last)

    def _before(self, stored: list[Block]) -> Place:
        """The place where the stored blocks begin, which may be inside one; or the log's end."""
        wanted, history = self._query.filter, self._app.history
        first = stored[:1] or history.last(1, wanted)
        if not first:
            return Place(0, 0)
        at_ns = first[0].at_ns
        all_lines = _lines_at(at_ns, history.last(MOST_LINES, wanted, at_ns))
        return Place(at_ns, all_lines - _lines_at(at_ns, stored))

    def _watch(self, blocks: list[Block]) -> None:
        style, wanted, sheets = self.style, self._query.filter, self._sheets
        for number, block in enumerate(blocks):
            if wanted(block.stream):
                data = PRESS.data(blocks, number, style, sheets)
                self.deliver((self._told_to.id(block), data), block.lines)
        self.end_turn()

    def _beat(self) -> None:
        self._heart = self._outside.later(HEARTBEAT_SECONDS, self._beat)
        self.deliver((HEARTBEAT,), 0)
        self.end_turn()

    def _shown(self, block: Block) -> Buffers:
        return self._shown_to.id(block), _data(render(block, self.style))

    def _lost(self, loss: Loss) -> Buffers:
        return (_data(render(loss.block(self._app.clock.wall_ns()), self.style)),)

    def end(self) -> None:
        self._stop_waiting()
        if self._heart:
            self._heart.cancel()
            self._app.watchers.remove(self._watch)


def _lines_at(at_ns: int, blocks: list[Block]) -> int:
    return sum(block.lines for block in blocks if block.at_ns == at_ns)


def _data(lines: bytes) -> bytes:
    return b"data: " + lines[:-1].replace(b"\n", b"\ndata: ") + b"\n\n"

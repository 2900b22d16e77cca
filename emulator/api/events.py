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

    def __str__(self) -> str:
        return f"{self.at_ns}-{self.lines}"

    def after(self, block: Block) -> Place:
        """The place behind a block that begins here."""
        before = self.lines if block.at_ns == self.at_ns else 0
        return Place(block.at_ns, before + block.lines)


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


class Events(Tail):
    """A tail whose blocks are events."""

    def __init__(self, app: App, query: Query, last: Place | None, outside: Outside) -> None:
        super().__init__(app, query, stream_head(CONTENT_TYPE))
        self._last = last
        self._shown_to = self._stored_to = last or Place(0, 0)
        self._later = outside.later
        self._timer: Timer | None = None

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._app.channel.flush()
        stored = self._found()
        for block in stored:
            self._stored_to = self._stored_to.after(block)
        self._stored = stored[::-1]
        if self._query.tail:
            self._app.watchers.append(self._watch)
            self._timer = self._later(HEARTBEAT_SECONDS, self._beat)
        else:
            self._preface.append(AT_ONCE)

    def _found(self) -> list[Block]:
        query, last = self._query, self._last
        if last is None:
            lines = query.lines
            return self._app.history.last(lines, query.filter, query.since_ns) if lines else []
        since_ns = max(query.since_ns, last.at_ns - STEP_NS)
        return behind(self._app.history.last(MOST_LINES, query.filter, since_ns), last)

    def _watch(self, blocks: list[Block]) -> None:
        for block in blocks:
            if self._query.filter(block.stream):
                self._stored_to = self._stored_to.after(block)
                self.deliver(self._event(block, self._stored_to), block.lines)
        self.end_turn()

    def _beat(self) -> None:
        self._timer = self._later(HEARTBEAT_SECONDS, self._beat)
        self.deliver((HEARTBEAT,), 0)
        self.end_turn()

    def _shown(self, block: Block) -> Buffers:
        self._shown_to = self._shown_to.after(block)
        return self._event(block, self._shown_to)

    def _event(self, block: Block, place: Place) -> Buffers:
        return (b"id: %b\n" % str(place).encode() + _data(render(block, self.style)),)

    def _lost(self, loss: Loss) -> Buffers:
        return (_data(render(loss.block(self._app.clock.wall_ns()), self.style)),)

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._app.watchers.remove(self._watch)


def _data(lines: bytes) -> bytes:
    return b"data: " + lines[:-1].replace(b"\n", b"\ndata: ") + b"\n\n"

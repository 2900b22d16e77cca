"""A log as server-sent events, each with an id after which a client that lost us can go on.

Source: HTML standard, server-sent events; the rest as Heroku's CLI wants it.
"""

from __future__ import annotations

from emulator.logplex.terminal import render

from .answer import stream_head
from .feed import Place, Scribe, beginning, data
from .query import MOST_LINES
from .tail import Tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.logplex.block import Block
    from emulator.logplex.buffer import Buffers, Loss

    from .call import App, Outside, Timer
    from .feed import Feed, Feeds
    from .query import Query

CONTENT_TYPE = "text/event-stream"
HEARTBEAT = b":\n\n"
HEARTBEAT_SECONDS = 30.0
"""Source: Heroku CLI 11.10, which gives up after 300 seconds of silence."""
AT_ONCE = b"retry: 1\n\n"
"""After the end of what is no tail the CLI waits for as long as it would before a new attempt."""
STEP_NS = 10_000_000_000
"""The wall clock may be set back by so much without a gap where a client goes on."""


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
    """A tail whose blocks are events: those stored its own, those to come a feed's."""

    def __init__(
        self, app: App, query: Query, last: Place | None, outside: Outside, feeds: Feeds
    ) -> None:
        super().__init__(app, query, stream_head(CONTENT_TYPE), outside)
        self._last = last
        self._feeds = feeds
        self._feed: Feed | None = None
        self._heart: Timer | None = None

    def begin(self, wake: Callable[[], None]) -> None:
        """Nothing can be published between the two looks, so there is neither gap nor repeat."""
        self._wake = wake
        app, query = self._app, self._query
        app.channel.flush()
        self._stored = self._found()
        start = self._last or beginning(app.history, query.filter, self._stored)
        self._stored.reverse()
        self._scribe = Scribe(start, query.style)
        if not query.tail:
            self._preface.append(AT_ONCE)
            return
        self._preface.append(b"id: %d-%d\n\n" % (start.at_ns, start.lines))
        self._feed = self._feeds.of(app, self._outside, query)
        self._feed.add(self)
        self._heart = self._outside.later(HEARTBEAT_SECONDS, self._beat)

    def _found(self) -> list[Block]:
        query, last = self._query, self._last
        if last is None:
            lines = query.lines
            return self._app.history.last(lines, query.filter, query.since_ns) if lines else []
        since_ns = max(query.since_ns, last.at_ns - STEP_NS)
        return behind(self._app.history.last(MOST_LINES, query.filter, since_ns), last)

    def _beat(self) -> None:
        self._heart = self._outside.later(HEARTBEAT_SECONDS, self._beat)
        self.deliver((HEARTBEAT,), 0)
        self.rouse()

    def _shown(self, block: Block) -> Buffers:
        return (self._scribe.event(block),)

    def _lost(self, loss: Loss) -> Buffers:
        return (data(render(loss.block(self._app.clock.wall_ns()), self.style)),)

    def end(self) -> None:
        if self._feed and self._heart:
            self._heart.cancel()
            self._feed.remove(self)

"""What comes in the log, as server-sent events, made once for all readers who want the same."""

from __future__ import annotations

from emulator.fact import Fact
from emulator.logplex.terminal import render

from .query import MOST_LINES
from .tail import PAUSE_SECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.block import Block, Filter
    from emulator.logplex.buffer import Buffers
    from emulator.logplex.history import History
    from emulator.logplex.terminal import Style

    from .call import App, Outside, Timer
    from .query import Query
    from .tail import Tail

MOST_BYTES = 64 * 1024
"""So much is handed on without a pause."""


class Place(Fact):
    """Right behind so many lines of those with that time stamp that pass a filter."""

    at_ns: int
    lines: int


def beginning(history: History, wanted: Filter, stored: list[Block]) -> Place:
    """The place where these blocks, the last ones, begin, perhaps inside one; or the log's end."""
    first = stored[:1] or history.last(1, wanted)
    if not first:
        return Place(0, 0)
    at_ns = first[0].at_ns
    lines = _lines_at(at_ns, history.last(MOST_LINES, wanted, at_ns))
    return Place(at_ns, lines - _lines_at(at_ns, stored))


def _lines_at(at_ns: int, blocks: list[Block]) -> int:
    return sum(block.lines for block in blocks if block.at_ns == at_ns)


class Scribe:
    """Writes events, from a place on."""

    def __init__(self, start: Place, style: Style) -> None:
        self._at_ns, self._lines = start.at_ns, start.lines
        self._style = style

    def event(self, block: Block) -> bytes:
        """The next block that passes the filter. Its id is the place behind it."""
        if block.at_ns != self._at_ns:
            self._at_ns, self._lines = block.at_ns, 0
        self._lines += block.lines
        return b"id: %d-%d\n" % (self._at_ns, self._lines) + data(render(block, self._style))


def data(lines: bytes) -> bytes:
    return b"data: " + lines[:-1].replace(b"\n", b"\ndata: ") + b"\n\n"


class Feed:
    """Readers with one filter and one style; the first line goes out at once, then as many as
    come in a while."""

    def __init__(self, app: App, outside: Outside, query: Query) -> None:
        self._app = app
        self._later = outside.later
        self._filter = query.filter
        self._scribe = Scribe(beginning(app.history, query.filter, []), query.style)
        self._readers: list[Tail] = []
        self._events: list[bytes] = []
        self._lines = self._size = 0
        self._pause: Timer | None = None
        app.watchers.append(self._watch)

    @property
    def is_over(self) -> bool:
        """Its last reader is gone."""
        return not self._readers

    def add(self, reader: Tail) -> None:
        """The reader gets what comes from now on."""
        self._hand_on()
        self._readers.append(reader)

    def remove(self, reader: Tail) -> None:
        self._readers.remove(reader)
        if self.is_over:
            self._app.watchers.remove(self._watch)
            if self._pause:
                self._pause.cancel()

    def _watch(self, blocks: list[Block]) -> None:
        for block in blocks:
            if self._filter(block.stream):
                event = self._scribe.event(block)
                self._events.append(event)
                self._lines += block.lines
                self._size += len(event)
                if self._size > MOST_BYTES:
                    self._hand_on()
        if self._events and not self._pause:
            self._hand_on()
            self._pause = self._later(PAUSE_SECONDS, self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        if self._events:
            self._hand_on()
            self._pause = self._later(PAUSE_SECONDS, self._end_pause)

    def _hand_on(self) -> None:
        if not self._events:
            return
        parts: Buffers = (b"".join(self._events),)
        lines, self._events, self._lines, self._size = self._lines, [], 0, 0
        for reader in self._readers:
            reader.deliver(parts, lines)
            reader.rouse()


class Feeds:
    """By filter and style, as long as they have readers."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[Filter, Style], Feed] = {}

    def of(self, app: App, outside: Outside, query: Query) -> Feed:
        self._feeds = {key: feed for key, feed in self._feeds.items() if not feed.is_over}
        key = (query.filter, query.style)
        if key not in self._feeds:
            self._feeds[key] = Feed(app, outside, query)
        return self._feeds[key]

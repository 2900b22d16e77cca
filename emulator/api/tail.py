"""A log that is being read: what is stored, then, for a tail, what comes, in one unbroken order.

A reader that does not keep up loses the oldest lines that wait for it, and is told how many (L11);
nobody else notices.
"""

from __future__ import annotations

from emulator.logplex.buffer import Buffer
from emulator.logplex.terminal import buffers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.logplex.block import Block, Stream
    from emulator.logplex.buffer import Buffers, Loss

    from .call import App, Outside, Timer
    from .query import Query

BUDGET = 1024 * 1024
"""Beside a flood, what waits here is how late a line comes."""

PAUSE_SECONDS = 0.025
"""Between two writes to a reader: each costs as much as the rendering of many lines."""

STEPS = 4
"""Of a search in one turn of the loop: 0.2 ms, for which a turn's own cost is worth its while."""

_AT_ONCE = 16
"""So many blocks are rendered between two looks at how much there is."""


class Tail:
    """A stream, and a subscriber of the channel."""

    is_last = False

    def __init__(self, app: App, query: Query, head: bytes, outside: Outside) -> None:
        self.head = head
        self.is_endless = query.tail
        self.style = query.style
        self.wanted: Callable[[Stream], bool] | None = query.filter
        self._app = app
        self._query = query
        self._stored: list[Block] = []
        """What is to be shown of the history, the newest first."""
        self._preface: list[bytes | memoryview] = []
        self._queue = Buffer(app.clock.wall_ns, BUDGET)
        self._wake: Callable[[], None] = lambda: None
        self._outside = outside
        self._woken_at = -PAUSE_SECONDS
        self._waiting: Timer | None = None

    def begin(self, wake: Callable[[], None]) -> None:
        """Nothing can be published between the two looks, so there is neither gap nor repeat."""
        self._wake = wake
        self._app.channel.flush()
        query = self._query
        if query.lines:
            self._stored = self._app.history.last(query.lines, query.filter, query.since_ns)[::-1]
        if query.tail:
            self._app.channel.subscribe(self)

    def deliver(self, data: Buffers, lines: int) -> None:
        self._queue.push(data, lines)

    def end_turn(self) -> None:
        """The reader is woken, at once if it was not just woken."""
        if not self._queue.size or self._waiting:
            return
        wait = self._woken_at + PAUSE_SECONDS - self._app.clock.monotonic()
        if wait <= 0:
            self.rouse()
        else:
            self._waiting = self._outside.later(wait, self.rouse)

    def rouse(self) -> None:
        """The reader is woken now."""
        self._stop_waiting()
        self._woken_at = self._app.clock.monotonic()
        self._wake()

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def take(self, size: int) -> list[bytes | memoryview] | None:
        parts, self._preface = self._preface, []
        while self._stored and sum(map(len, parts)) < size:
            for block in self._stored[: -_AT_ONCE - 1 : -1]:
                parts += self._shown(block)
            del self._stored[-_AT_ONCE:]
        if not parts and self.is_endless:
            loss = self._queue.loss()
            if loss:
                parts += self._lost(loss)
            parts += self._queue.take(size)
        return parts if parts or self.is_endless else None

    def _shown(self, block: Block) -> Buffers:
        return buffers(block, self.style)

    def _lost(self, loss: Loss) -> Buffers:
        return self._shown(loss.block(self._app.clock.wall_ns()))

    def end(self) -> None:
        self._stop_waiting()
        if self._query.tail:
            self._app.channel.unsubscribe(self)


class Search(Tail):
    """The same for `--grep`: the history is searched a bit in every turn of the loop.

    The channel hands its readers what is already rendered, so this one watches the blocks.
    """

    def __init__(self, app: App, query: Query, head: bytes, outside: Outside) -> None:
        super().__init__(app, query, head, outside)
        self._parts: Iterator[list[Block]] | None = None

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._app.channel.flush()
        query = self._query
        if query.tail:
            self._app.watchers.append(self._watch)
        if query.lines:
            search = self._app.history.search
            self._parts = search(query.text, query.lines, query.filter, query.since_ns)
            # The second step looks at how far the newest segment reaches now.
            self._step()
            self._step()
            self._outside.soon(self._go_on)

    def _go_on(self) -> None:
        for _ in range(STEPS):
            self._step()
        if self._parts is not None:
            self._outside.soon(self._go_on)

    def _step(self) -> None:
        """A part of the history was searched; the reader is woken when it was the last one."""
        found = next(self._parts, None) if self._parts is not None else None
        if found is not None:
            self._stored += found[::-1]
        elif self._parts is not None:
            self._parts = None
            self._wake()

    def _watch(self, blocks: list[Block]) -> None:
        query = self._query
        for block in blocks:
            if query.text in block.body and query.filter(block.stream):
                for match in block.matching(query.text):
                    self.deliver(buffers(match, self.style), match.lines)
        self.end_turn()

    def take(self, size: int) -> list[bytes | memoryview] | None:
        return super().take(size) if self._parts is None else []

    def end(self) -> None:
        self._stop_waiting()
        self._parts = None
        if self._query.tail:
            self._app.watchers.remove(self._watch)

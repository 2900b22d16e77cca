"""An app's fan-out: what is published in one turn of the loop is stored, then shown to readers."""

from __future__ import annotations

from emulator.logplex.block import Block
from emulator.logplex.terminal import buffers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from emulator.logplex.block import Stream
    from emulator.logplex.buffer import Buffers
    from emulator.logplex.terminal import Style

    class Subscriber(Protocol):
        """A reader: `wanted` chooses its streams, None means all; no call may wait.

        `end_turn` is called when all that one flush has for its readers was delivered.
        """

        @property
        def style(self) -> Style: ...
        @property
        def wanted(self) -> Callable[[Stream], bool] | None: ...
        def deliver(self, data: Buffers, lines: int) -> None: ...
        def end_turn(self) -> None: ...

    Route = tuple[tuple[Style, tuple[Subscriber, ...]], ...]


_TURN_BYTES = 512 * 1024
"""A turn with more is flushed before its end, so that readers' back-pressure is felt in time."""
_COALESCE_BYTES = 32 * 1024
_COALESCE_NS = 1_000_000


class Channel:
    """Blocks in, rendered bytes out, once for all readers of one style.

    `schedule` is called for the first block of a turn and has to see to it that flush() is called
    at the turn's end; `store` never raises.
    """

    def __init__(
        self, schedule: Callable[[], object], store: Callable[[list[Block]], object]
    ) -> None:
        self._schedule = schedule
        self._store = store
        self._pending: list[Block] = []
        self._bytes = 0
        self._subscribers: tuple[Subscriber, ...] = ()
        self._routes: dict[Stream, Route] = {}

    def publish(self, block: Block) -> None:
        """The block is shown after those published before it, when the turn ends."""
        pending = self._pending
        if not pending:
            self._schedule()
        elif _belongs(block, pending[-1]):
            last = pending.pop()
            body = last.body + block.body
            block = Block(last.at_ns, last.stream, body)
        pending.append(block)
        self._bytes += len(block.body)
        if self._bytes > _TURN_BYTES:
            self.flush()

    def flush(self) -> None:
        """All that was published is stored, and handed to its readers in order."""
        if not self._pending:
            return
        blocks, self._pending, self._bytes = self._pending, [], 0
        shown = [
            (block, buffers(block, style), subscribers)
            for block in blocks
            for style, subscribers in self._route(block.stream)
        ]
        self._store(blocks)
        for block, data, subscribers in shown:
            for subscriber in subscribers:
                subscriber.deliver(data, block.lines)
        for subscriber in self._subscribers:
            subscriber.end_turn()

    def subscribe(self, subscriber: Subscriber) -> None:
        """The subscriber gets what is published from now on, and nothing that is pending."""
        self.flush()
        self._subscribers += (subscriber,)
        self._routes = {}

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers = tuple(s for s in self._subscribers if s is not subscriber)
        self._routes = {}

    def _route(self, stream: Stream) -> Route:
        route = self._routes.get(stream)
        if route is None:
            by_style: dict[Style, tuple[Subscriber, ...]] = {}
            for subscriber in self._subscribers:
                if subscriber.wanted is None or subscriber.wanted(stream):
                    by_style[subscriber.style] = (*by_style.get(subscriber.style, ()), subscriber)
            route = self._routes[stream] = tuple(by_style.items())
        return route


def _belongs(block: Block, last: Block) -> bool:
    """Only neighbours are joined: joining across another stream would change the order."""
    return (
        last.stream is block.stream
        and len(last.body) + len(block.body) <= _COALESCE_BYTES
        and block.at_ns - last.at_ns < _COALESCE_NS
    )

"""A queue with a bound: when it is full it drops its oldest items, and says how many lines."""

from __future__ import annotations

from collections import deque

from emulator.fact import Fact
from emulator.logplex import stamp
from emulator.logplex.block import Block, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Buffers = tuple[bytes | memoryview, ...]
    """One piece of output, in parts, so that nothing has to be joined."""

BUDGET = 4 * 1024 * 1024
LOGPLEX = Stream("heroku", "logplex")


class Loss(Fact):
    """So many lines were dropped since then."""

    lines: int
    since_ns: int

    def block(self, at_ns: int) -> Block:
        """What a tail is told. Source: Dev Center, error-codes, L11; `Error` as in Logplex."""
        sentence = (
            b"Error L11 (Tail buffer overflow) -> This tail session dropped %d messages since %b\n"
            % (self.lines, stamp.second(self.since_ns))
        )
        return Block(at_ns, LOGPLEX, sentence, 1)


class Buffer:
    """Output that a reader has not yet taken: at most `budget` bytes."""

    def __init__(self, wall_ns: Callable[[], int], budget: int = BUDGET) -> None:
        self._wall_ns = wall_ns
        self.budget = budget
        self._items: deque[tuple[Buffers, int, int]] = deque()
        self._dropped = 0
        self._since_ns = 0
        self.size = 0

    def push(self, buffers: Buffers, lines: int) -> None:
        """The item is the newest; the oldest make room for it, even all of them."""
        size = sum(map(len, buffers))
        self._items.append((buffers, lines, size))
        self.size += size
        if self.size > self.budget:
            self._drop()

    def _drop(self) -> None:
        if not self._dropped:
            self._since_ns = self._wall_ns()
        while self.size > self.budget and len(self._items) > 1:
            _, lines, size = self._items.popleft()
            self._dropped += lines
            self.size -= size

    def take(self, size: int) -> list[bytes | memoryview]:
        """The oldest items, removed, of about that size in all; [] if there are none."""
        taken: list[bytes | memoryview] = []
        while self._items and size > 0:
            buffers, _, length = self._items.popleft()
            taken += buffers
            size -= length
            self.size -= length
        return taken

    def loss(self) -> Loss | None:
        """What was dropped since this was last asked; None if nothing was."""
        if not self._dropped:
            return None
        lines, self._dropped = self._dropped, 0
        return Loss(lines, self._since_ns)

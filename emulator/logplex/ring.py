"""The newest blocks, in memory, for as long as they cannot be stored."""

from __future__ import annotations

from collections import deque

from emulator.logplex import stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.logplex.block import Block

BUDGET = 4 * 1024 * 1024


class Ring:
    """At most `budget` bytes of blocks; older ones are dropped and their lines counted."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self.blocks: deque[Block] = deque()
        self._size = 0
        self._dropped = 0
        self._since_ns = 0

    def extend(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            self.blocks.append(block)
            self._size += len(block.body)
        while self._size > self._budget:
            block = self.blocks.popleft()
            self._size -= len(block.body)
            self._since_ns = self._since_ns or block.at_ns
            self._dropped += block.lines

    def clear(self) -> str:
        """The ring is empty; what it had dropped is told, "" if nothing.

        Source: log-shuttle, L12.
        """
        dropped, since_ns = self._dropped, self._since_ns
        self.blocks.clear()
        self._size = self._dropped = self._since_ns = 0
        if not dropped:
            return ""
        return f"Error L12: {dropped} messages dropped since {stamp.second(since_ns).decode()}"

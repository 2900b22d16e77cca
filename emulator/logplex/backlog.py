"""What waits for a drain: blocks, the newest of them, and a count of what had to go."""

from __future__ import annotations

from collections import deque

from emulator.fact import Fact
from emulator.logplex import frame
from emulator.logplex.block import Block, count_lines
from emulator.logplex.buffer import LOGPLEX, Loss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emulator.logplex.block import Stream

    Overhead = Callable[[Stream], int]
    """By how much a line of that stream grows where it is sent, at most."""

BUDGET = 16 * 1024 * 1024
"""What an app writes in two or three seconds at 60,000 lines a second: on a busy machine a receiver
may have to wait so long for its turn. All drains hold the same blocks."""

BLOCK_BYTES = 200
"""What a block takes besides its text: a dyno may write one line of two bytes after the other."""


LOSS_BYTES = 256
"""Word of a loss is shorter than that, with all that goes before it."""


class Batch(Fact):
    """What is sent in one go: so many of the app's lines, and before them word of a `loss`."""

    body: bytes
    lines: int
    at_ns: int
    loss: Loss | None = None

    @property
    def messages(self) -> int:
        """With the one that is Logplex's own."""
        return self.lines + (self.loss is not None)


class Backlog:
    """Blocks that wait: at most `budget` bytes. What has to go is counted.

    Departs: Heroku keeps 1,024 messages, and 10 after five minutes without success; a laptop's
    receiver is restarted more often, and its app may write a thousand lines at once.
    Source: Logplex, logplex_app.erl, http_drain_buffer_size.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._blocks: deque[Block] = deque()
        self.size = 0
        self._dropped = 0
        self._since_ns = 0
        self.lost = 0
        """How many lines nobody will ever get."""

    def __bool__(self) -> bool:
        return bool(self._blocks)

    @property
    def lines(self) -> int:
        return sum(block.lines for block in self._blocks)

    def extend(self, blocks: Iterable[Block]) -> None:
        """The blocks are the newest; the oldest make room for them, even all of them."""
        for block in blocks:
            self._blocks.append(block)
            self.size += len(block.body) + BLOCK_BYTES
        while self.size > self._budget:
            oldest = self._pop()
            self.lose(oldest.lines, oldest.at_ns)

    def take(self, size: int, overhead: Overhead) -> list[Block]:
        """The oldest lines, now waiting no longer: so many bytes with overhead, or one line."""
        taken: list[Block] = []
        while self._blocks:
            block = self._pop()
            each = overhead(block.stream)
            if len(block.body) + block.lines * each <= size:
                taken.append(block)
                size -= len(block.body) + block.lines * each
                continue
            end = _fitting(block, size, each) or (0 if taken else block.body.index(b"\n") + 1)
            if end:
                taken.append(Block(block.at_ns, block.stream, block.body[:end]))
            self._push_back(Block(block.at_ns, block.stream, block.body[end:]))
            break
        return taken

    def drop(self) -> int:
        """Nothing waits any more; answers how many lines did."""
        lines = self.lines
        self._blocks.clear()
        self.size = 0
        return lines

    def _pop(self) -> Block:
        oldest = self._blocks.popleft()
        self.size -= len(oldest.body) + BLOCK_BYTES
        return oldest

    def _push_back(self, block: Block) -> None:
        """It was taken for nothing, if there is anything in it."""
        if block.body:
            self._blocks.appendleft(block)
            self.size += len(block.body) + BLOCK_BYTES

    def loss(self) -> Loss | None:
        """What was lost and has not been told of; it is being told now."""
        dropped, self._dropped = self._dropped, 0
        return Loss(dropped, self._since_ns) if dropped else None

    def lose(self, lines: int, since_ns: int) -> None:
        """So many lines are gone for good."""
        if lines:
            self._since_ns = self._since_ns if self._dropped else since_ns
            self._dropped += lines
            self.lost += lines

    def give_up(self, batch: Batch, taken: int = 0) -> int:
        """All but so many of the batch's messages are gone; so is what they told of others' loss.

        Answers how many lines of the batch have arrived.
        """
        if batch.loss and not taken:
            self._since_ns = batch.loss.since_ns
            self._dropped += batch.loss.lines
        lost = min(batch.lines, batch.messages - taken)
        self.lose(lost, batch.at_ns)
        return batch.lines - lost


def _fitting(block: Block, size: int, each: int) -> int:
    """Where the first lines end that are no more than so many bytes with so many more for each."""
    body, end = block.body, size * len(block.body) // (len(block.body) + block.lines * each)
    while end := body.rfind(b"\n", 0, end) + 1:
        if end + count_lines(body[:end]) * each <= size:
            break
        end = end * 3 // 4  # short lines come first
    return end


def batch(
    blocks: list[Block], loss: Loss | None, at_ns: int, framed: Callable[[Block], bytes]
) -> Batch:
    """All these lines, after word of a loss."""
    told = [Block(at_ns, LOGPLEX, frame.overflow(loss), 1)] if loss else []
    body = b"".join([framed(block) for block in told + blocks])
    return Batch(body, sum(block.lines for block in blocks), at_ns, loss)

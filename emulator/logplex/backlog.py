"""What waits for a drain: blocks, the newest of them, and a count of what had to go."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from itertools import accumulate

from emulator.fact import Fact
from emulator.logplex import frame
from emulator.logplex.block import Block
from emulator.logplex.buffer import BUDGET, LOGPLEX, Loss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Frames = Callable[[Block], list[bytes]]

BLOCK_BYTES = 200
"""What a block takes besides its text: a dyno may write one line of two bytes after the other."""


class Batch(Fact):
    """What is sent in one go; `loss`, which its first frame tells, is what came before it."""

    frames: list[bytes]
    at_ns: int
    loss: Loss | None = None

    @property
    def body(self) -> bytes:
        return b"".join(self.frames)

    @property
    def lines(self) -> int:
        """Without the one that is Logplex's own."""
        return len(self.frames) - (self.loss is not None)

    def whole(self, size: int) -> int:
        """How many frames the first `size` bytes hold to their end."""
        return bisect_right(list(accumulate(map(len, self.frames))), size)


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

    def take(self, size: int) -> list[Block]:
        """The oldest blocks, which wait no longer, until they are so many bytes."""
        taken: list[Block] = []
        while self._blocks and size > 0:
            taken.append(self._pop())
            size -= len(taken[-1].body)
        return taken

    def _pop(self) -> Block:
        oldest = self._blocks.popleft()
        self.size -= len(oldest.body) + BLOCK_BYTES
        return oldest

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
        """All but so many of the batch's frames are gone; so is what they told of others' loss.

        Answers how many lines of the batch have arrived.
        """
        if batch.loss and not taken:
            self._since_ns = batch.loss.since_ns
            self._dropped += batch.loss.lines
        lost = min(batch.lines, len(batch.frames) - taken)
        self.lose(lost, batch.at_ns)
        return batch.lines - lost


class Packer:
    """Makes batches of blocks, and keeps the frames that one has no room for."""

    def __init__(self, frames: Frames, batch_bytes: int) -> None:
        self._frames_of = frames
        self._batch_bytes = batch_bytes
        self._frames: list[bytes] = []
        self._size = 0

    @property
    def room(self) -> int:
        return self._batch_bytes - self._size

    @property
    def lines(self) -> int:
        return len(self._frames)

    def batch(self, blocks: list[Block], loss: Loss | None, at_ns: int) -> Batch:
        """The first frames there are, as many as may be sent at once, after word of a loss."""
        for block in blocks:
            self._frames += self._frames_of(block)
        sizes = list(accumulate(map(len, self._frames)))
        number = max(1, bisect_right(sizes, self._batch_bytes))
        frames, self._frames = self._frames[:number], self._frames[number:]
        self._size = sizes[-1] - sizes[number - 1]
        if loss:
            frames = self._frames_of(Block(at_ns, LOGPLEX, frame.overflow(loss), 1)) + frames
        return Batch(frames, at_ns, loss)

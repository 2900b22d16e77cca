"""The reader of `hk-local start`: standard output, which must never make the loop wait.

A reader that is merely slower than the dynos loses nothing: the dynos are made to wait for it
(`congested`). A reader that takes nothing at all for a second (Ctrl-S, a pipe nobody reads) is
frozen: the dynos run on, the oldest lines are dropped, and L11 counts them once it moves again.
"""

from __future__ import annotations

import errno
import select

from emulator.logplex.buffer import BUDGET, Buffer
from emulator.logplex.terminal import buffers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from emulator.logplex.block import Stream
    from emulator.logplex.buffer import Buffers
    from emulator.logplex.sink import Sink
    from emulator.logplex.terminal import Style

HIGH_WATER = 256 * 1024
"""Beyond it dynos wait: what is queued here is how late a line comes beside a flood."""

LOW_WATER = 128 * 1024
FROZEN_AFTER = 1.0
_PATIENT_BUDGET = 16 * 1024 * 1024
"""While the reader moves; only what does not heed `congested` can fill this."""
_WRITE_BYTES = 256 * 1024
_WRITE_BUFFERS = 64
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Output:
    """A subscriber that writes to `sink` whenever it can be written to.

    `clock` is monotonic, in seconds; `wall_ns` tells the time. `on_relief` is called when
    `congested` has become False, `on_gone` when nobody reads any more (EPIPE, EIO).
    """

    wanted: Callable[[Stream], bool] | None = None

    def __init__(
        self,
        sink: Sink,
        style: Style,
        loop: asyncio.AbstractEventLoop,
        clock: Callable[[], float],
        wall_ns: Callable[[], int],
        on_relief: Callable[[], object],
        on_gone: Callable[[], object],
    ) -> None:
        self.style = style
        self.congested = False
        self._sink = sink
        self._loop = loop
        self._clock = clock
        self._wall_ns = wall_ns
        self._on_relief = on_relief
        self._on_gone = on_gone
        self._queue = Buffer(wall_ns, _PATIENT_BUDGET)
        self._head: list[bytes | memoryview] = []
        """What is being written: never dropped, as part of it may have been read."""
        self._head_size = 0
        self._open = True
        self._due = False
        """Some call of _write is to come: when the reader is ready, or by a timer."""
        self._watching = False
        self._checking = False
        self._frozen = False
        self._moved_at = 0.0

    def deliver(self, data: Buffers, lines: int) -> None:
        """The data will be written in its turn, with all that this turn of the loop brings."""
        if self._open:
            self._queue.push(data, lines)
            self._settle()

    def end_turn(self) -> None:
        """What was delivered is written, unless the reader is being waited for."""
        if self._open and not self._due and self._queue.size:
            self._due = True
            self._write()

    def close(self, seconds: float) -> None:
        """What was queued has been written, if the reader took it within so many seconds."""
        deadline = self._clock() + seconds
        while self._open and (error := self._flush()) and error.errno not in _FULL:
            left = deadline - self._clock()
            if left <= 0 or not select.select([], [self._sink], [], left)[1]:
                break
        if self._open:
            self._end()

    def _write(self) -> None:
        if not self._open:
            return
        error = self._flush()
        if error is None:
            self._due = False
            self._unwatch()
        elif error.errno in _FULL:
            self._unwatch()
            self._freeze()
            self._loop.call_later(FROZEN_AFTER, self._write)
        elif self._open:
            self._watch()
        self._settle()

    def _flush(self) -> OSError | None:
        """Everything is written, or the error says why not."""
        while self._head or self._refill():
            try:
                written = self._sink.write(self._head[:_WRITE_BUFFERS])
            except OSError as error:
                if error.errno != errno.EAGAIN and error.errno not in _FULL:
                    self._end()
                    self._on_gone()
                return error
            self._advance(written)
            self._moved_at = self._clock()
            if self._frozen:
                self._frozen = False
                self._queue.budget = _PATIENT_BUDGET
        return None

    def _refill(self) -> bool:
        loss = self._queue.loss()
        if loss:
            self._head += buffers(loss.block(self._wall_ns()), self.style)
        self._head += self._queue.take(_WRITE_BYTES)
        self._head_size = sum(map(len, self._head))
        return bool(self._head)

    def _advance(self, written: int) -> None:
        self._head_size -= written
        done = 0
        while done < len(self._head) and written >= len(self._head[done]):
            written -= len(self._head[done])
            done += 1
        del self._head[:done]
        if written:
            self._head[0] = memoryview(self._head[0])[written:]

    def _settle(self) -> None:
        """`congested` is what the queue's length says, and a change to False has been told."""
        waiting = self._queue.size + self._head_size
        if self.congested and (self._frozen or not self._open or waiting < LOW_WATER):
            self.congested = False
            self._on_relief()
        elif self._open and not self._frozen and waiting > HIGH_WATER:
            self.congested = True

    def _watch(self) -> None:
        if not self._watching:
            self._watching = True
            self._moved_at = self._clock()
            self._loop.add_writer(self._sink.fileno(), self._write)
        if not self._checking and not self._frozen:
            self._check_in(FROZEN_AFTER)

    def _unwatch(self) -> None:
        if self._watching:
            self._watching = False
            self._loop.remove_writer(self._sink.fileno())

    def _check_in(self, seconds: float) -> None:
        self._checking = True
        self._loop.call_later(seconds, self._check)

    def _check(self) -> None:
        """A reader that has not moved for FROZEN_AFTER is frozen; another is looked at again."""
        self._checking = False
        if not self._watching:
            return
        left = self._moved_at + FROZEN_AFTER - self._clock()
        if left > 0:
            self._check_in(left)
        else:
            self._freeze()
            self._settle()

    def _freeze(self) -> None:
        self._frozen = True
        self._queue.budget = BUDGET

    def _end(self) -> None:
        self._open = False
        self._unwatch()
        self._sink.close()

"""Reads the pipes of dynos: what a dyno writes becomes blocks."""

from __future__ import annotations

import os

from emulator.logplex.block import Block, Cutter
from emulator.logplex.sink import grow

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from emulator.logplex.block import Stream

CHUNK = 65536
"""What a pipe holds. Larger reads are slower: malloc maps fresh pages for them."""

GROWN = 32
"""So many pipes are made larger: all that a user has may hold 64 MB before new ones get tiny."""

LAST_WORDS = 32 * CHUNK
"""So much is read of a pipe whose dyno has ended but which somebody still writes to."""


class Pipe:
    """The reading end of one launch's output."""

    __slots__ = ("cutter", "fd", "stream")

    def __init__(self, fd: int, stream: Stream) -> None:
        self.fd = fd
        self.stream = stream
        self.cutter = Cutter()


class Intake:
    """Reads each pipe once per readiness, so that a flood in one does not delay the others.

    While `congested` says so nothing is read, and the dynos wait in their writes.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        publish: Callable[[Block], None],
        wall_ns: Callable[[], int],
        congested: Callable[[], bool],
    ) -> None:
        self._loop = loop
        self._publish = publish
        self._wall_ns = wall_ns
        self._congested = congested
        self._pipes: dict[str, Pipe] = {}
        self._paused = False

    def open(self, launch: str, fd: int, stream: Stream) -> None:
        """What comes out of the pipe is published from now on, under that stream."""
        os.set_blocking(fd, False)
        if len(self._pipes) < GROWN:
            grow(fd)
        self._pipes[launch] = Pipe(fd, stream)
        if not self._paused:
            self._watch(self._pipes[launch])

    def _watch(self, pipe: Pipe) -> None:
        self._loop.add_reader(pipe.fd, self._read, pipe)

    def _read(self, pipe: Pipe) -> None:
        if self._congested():
            self.pause()
        elif not self._take(pipe):
            # Closed by the dyno, which may live on: without this the loop would spin.
            self._loop.remove_reader(pipe.fd)

    def _take(self, pipe: Pipe) -> int:
        """How many bytes there were to read; 0 at the end of the file."""
        try:
            chunk = os.read(pipe.fd, CHUNK)
        except BlockingIOError:
            return -1
        body = pipe.cutter.feed(chunk)
        if body:
            self._publish(Block(self._wall_ns(), pipe.stream, body))
        return len(chunk)

    def pause(self) -> None:
        """No dyno's output is read until `resume`."""
        self._paused = True
        for pipe in self._pipes.values():
            self._loop.remove_reader(pipe.fd)

    def resume(self) -> None:
        if self._paused:
            self._paused = False
            for pipe in self._pipes.values():
                self._watch(pipe)

    def close(self, launch: str) -> None:
        """The launch has ended: its last words were published, and the pipe is closed."""
        pipe = self._pipes.pop(launch, None)
        if pipe is None:
            return
        left = LAST_WORDS
        while left > 0 and (taken := self._take(pipe)) > 0:
            left -= taken
        if last := pipe.cutter.finish():
            self._publish(Block(self._wall_ns(), pipe.stream, last))
        self._loop.remove_reader(pipe.fd)
        os.close(pipe.fd)

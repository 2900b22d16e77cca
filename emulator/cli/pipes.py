"""Pipes for a one-off in the place of our own terminals, for `run --no-tty`."""

from __future__ import annotations

import os
from select import select

from emulator.cli.output import write
from emulator.cli.response import BLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.cli.response import Response

QUIET = 0.1
"""Seconds without output after the end of a dyno of which a background process is left."""

LAST_WORDS = 1 << 20
"""As much as a pipe can hold: what comes after that was written after the dyno's end."""


class Pipes:
    """`lent` is for the dyno: each of 0, 1 and 2 itself, or a pipe if it is a terminal."""

    def __init__(self) -> None:
        self.lent = [0, 1, 2]
        self.outputs: dict[int, int] = {}
        self.input = -1
        for fd in (1, 2):
            if os.isatty(fd):
                reader, self.lent[fd] = os.pipe()
                self.outputs[reader] = fd
        if os.isatty(0):
            self.lent[0], self.input = os.pipe()
            os.set_blocking(self.input, False)
        self._unsent = b""

    def relay(self, response: Response) -> None:
        """What was typed went to the dyno and its output came here, until it has ended."""
        for fd in self.lent:
            if fd > 2:
                os.close(fd)
        end = response.link.fileno()
        sources = {end, *self.outputs} | ({0} if self.input >= 0 else set())
        while end in sources:
            waiting = sources - {0} if self._unsent else sources
            ready, writable, _ = select(waiting, [self.input] if self._unsent else [], [])
            if writable:
                self._send()
            for fd in ready:
                if not (response.fill() if fd == end else self._move(fd)):
                    sources.discard(fd)
        self._drain(sources - {0})

    def _drain(self, sources: set[int]) -> None:
        left = LAST_WORDS
        while left > 0 and sources and (ready := select(sources, [], [], QUIET)[0]):
            for fd in ready:
                moved = self._move(fd)
                left -= moved
                if not moved:
                    sources.discard(fd)

    def _move(self, fd: int) -> int:
        """So many bytes went from there on to where they belong; 0 at the end."""
        data = os.read(fd, BLOCK)
        if fd:
            write(data, self.outputs[fd])
        elif data:
            self._unsent = data
        else:
            os.close(self.input)
        return len(data)

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self.input, self._unsent) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._unsent = b""  # nobody reads any more

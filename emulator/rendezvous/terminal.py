"""What a one-off has as its standard input and output: a terminal, or pipes."""

from __future__ import annotations

import os
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

READ_BYTES = 65536
CONGESTED = 65536
"""So many bytes that the dyno has not read yet are enough."""


class Terminal:
    """`lent` are the dyno's ends, for it to have and to close; ours are served by the loop.

    `told` gets the output; `ended` is called once the dyno's processes have all closed their ends;
    `relieved` when the dyno has read what had been too much.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        size: tuple[int, int] | None,
        told: Callable[[bytes], object],
        ended: Callable[[], object],
        relieved: Callable[[], object],
    ) -> None:
        self._loop = loop
        self._told = told
        self._ended = ended
        self._relieved = relieved
        self._unread = b""
        self._ends_input = False
        self._is_congested = False
        self.is_over = False
        self.lent, self._input, self._output = _terminal(*size) if size else _pipes()
        for fd in {self._input, self._output}:
            os.set_blocking(fd, False)
        self.resume()

    # --- from the dyno ---------------------------------------------------------------------------

    def pause(self) -> None:
        """What the dyno writes stays where it is."""
        self._loop.remove_reader(self._output)

    def resume(self) -> None:
        if not self.is_over:
            self._loop.add_reader(self._output, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._output, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:  # EIO: how Linux tells the end of a terminal
            data = b""
        if data:
            self._told(data)
        else:
            self.is_over = True
            self.pause()
            self._ended()

    # --- to the dyno -----------------------------------------------------------------------------

    def type(self, data: bytes) -> bool:
        """The dyno will read it; False if nothing more should come before `relieved`."""
        if self._input >= 0 and not self._ends_input:
            self._unread += data
            self._write()
        self._is_congested = len(self._unread) >= CONGESTED
        return not self._is_congested

    def end_input(self) -> None:
        """The dyno finds the end of its standard input after what it has been sent."""
        if self._input >= 0:
            self._ends_input = True
            self._write()

    def _write(self) -> None:
        try:
            while self._unread:
                self._unread = self._unread[os.write(self._input, self._unread) :]
        except BlockingIOError:
            self._loop.add_writer(self._input, self._write)
            return
        except OSError:
            self._unread = b""  # nobody will read any more
        self._loop.remove_writer(self._input)
        if self._ends_input:
            self._close_input()
        if self._is_congested:
            self._is_congested = False
            self._relieved()

    def _close_input(self) -> None:
        if self._input >= 0 and self._input != self._output:
            self._loop.remove_writer(self._input)
            os.close(self._input)
            self._input = -1

    def close(self) -> None:
        """Our ends are closed: a terminal's foreground processes get SIGHUP."""
        self.is_over = True
        self._unread = b""
        self._loop.remove_reader(self._output)
        self._loop.remove_writer(self._output)
        self._close_input()
        os.close(self._output)
        self._input = -1


def _terminal(columns: int, lines: int) -> tuple[list[int], int, int]:
    master, slave = os.openpty()
    termios.tcsetwinsize(master, (lines, columns))
    return [slave, os.dup(slave), os.dup(slave)], master, master


def _pipes() -> tuple[list[int], int, int]:
    """Standard error goes where standard output goes, as on Heroku."""
    input_, typed = os.pipe()
    told, output = os.pipe()
    return [input_, output, os.dup(output)], typed, told

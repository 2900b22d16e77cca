"""A terminal for a one-off: a pseudo-terminal of ours that the person's own one is joined to."""

from __future__ import annotations

import os
import signal
import termios
import tty
from select import select
from time import monotonic

from emulator.cli.output import write
from emulator.cli.pipes import LAST_WORDS, QUIET
from emulator.cli.response import BLOCK
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    from emulator.cli.response import Response

MOST_UNSENT = 65536

INTERRUPT = b"\x03"
IMPATIENCE = 4
"""^C within a second. Source: Heroku CLI, src/lib/run/dyno.ts, _readStdin."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Disconnected(UserError):
    """forcing dyno disconnect"""


class Terminal:
    """`slave` is for the dyno: a terminal with the settings and the size of the person's."""

    def __init__(self) -> None:
        self.original = termios.tcgetattr(0)
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        termios.tcsetattr(self.slave, termios.TCSANOW, self.original)
        self._fit()
        self._unsent = b""
        self._interrupts: list[float] = []

    def relay(self, response: Response) -> None:
        """What is typed went to the dyno and its output came here, until it has ended.

        The person's terminal is as it was before, whatever ended it.
        """
        os.close(self.slave)
        for number in SIGNALS:
            signal.signal(number, _leave)
        signal.signal(signal.SIGWINCH, self._fit)
        try:
            tty.setraw(0, termios.TCSANOW)
            self._fit()
            self._join(response)
        finally:
            self._restore()

    def _restore(self) -> None:
        # In the background SIGTTOU would stop us, with the terminal left as it is.
        for number in (*SIGNALS, signal.SIGTTOU):
            signal.signal(number, signal.SIG_IGN)
        try:
            termios.tcsetattr(0, termios.TCSANOW, self.original)
        except termios.error:
            pass  # the terminal is gone

    def _join(self, response: Response) -> None:
        end = response.link.fileno()
        sources = {0, self.master, end}
        while end in sources:
            wanted = sources - {0} if len(self._unsent) > MOST_UNSENT else sources
            ready, writable, _ = select(wanted, [self.master] if self._unsent else [], [])
            if writable:
                self._send()
            if self.master in ready and not self._copy():
                sources.discard(self.master)
            if 0 in ready and not self._type():
                sources.discard(0)
            if end in ready and not response.fill():
                sources.discard(end)
        if self.master in sources:
            self._drain()

    def _drain(self) -> None:
        left = LAST_WORDS
        while left > 0 and select([self.master], [], [], QUIET)[0]:
            copied = self._copy()
            left -= copied
            if not copied:
                return

    def _copy(self) -> int:
        """So many bytes of output came here; 0 at the end (on Linux: EIO)."""
        try:
            data = os.read(self.master, BLOCK)
        except OSError:
            return 0
        write(data)
        return len(data)

    def _type(self) -> bool:
        try:
            data = os.read(0, BLOCK)
        except OSError:
            return False  # the terminal is gone; SIGHUP is on its way
        if data and not data.strip(INTERRUPT):
            now = monotonic()
            recent = [at for at in self._interrupts if at > now - 1]
            self._interrupts = recent + [now] * len(data)
            if len(self._interrupts) >= IMPATIENCE:
                raise Disconnected
        self._unsent += data
        return bool(data)

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self.master, self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent = b""  # nobody reads any more

    def _fit(self, number: int = 0, frame: FrameType | None = None) -> None:
        """The dyno's terminal has the size of the person's."""
        try:
            termios.tcsetwinsize(self.master, termios.tcgetwinsize(1))
        except (OSError, termios.error):
            pass  # a terminal without a size, or no longer there


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)

"""How an emulator ends: what stops it, what it waits for, and with which exit code."""

from __future__ import annotations

import os
import signal

from emulator.runtime.command import Abort, Shutdown

from .start import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .emulator import Emulator

SIGNALLED = 128
FIRST_WORD = 1.0
EVERY = 5.0


class Ending:
    """^C once stops gracefully, twice kills, three times leaves at once."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.kernel = emulator.kernel
        self.loop = emulator.loop
        self.code = 0
        self.interrupts = 0

    def watch_signals(self) -> None:
        """Signals and the end of all dynos end the loop from now on."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            self.loop.add_signal_handler(number, self._stop, SIGNALLED + number)
        self.loop.add_signal_handler(signal.SIGINT, self._interrupt)
        self.loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self.kernel.observers.append(self._look)

    def stop(self, code: int = 0) -> None:
        """Every dyno has been told to stop; the emulator ends with that code once they have."""
        if self.kernel.world.stopping:
            return
        self.code = code
        self.loop.call_later(FIRST_WORD, self._tell)
        self.kernel.submit(Shutdown())

    def kill(self) -> None:
        """What still runs was killed."""
        self.kernel.submit(Abort())

    def waiting_for(self) -> list[str]:
        """The dynos that have not stopped yet."""
        return [slot.name for slot in self.kernel.world.slots.values()]

    def _stop(self, code: int) -> None:
        self.stop(code)

    def _interrupt(self) -> None:
        self.interrupts += 1
        if self.interrupts == 1:
            say("stopping gracefully (Ctrl-C again to kill)")
            self.stop(SIGNALLED + signal.SIGINT)
        elif self.interrupts == 2:
            say("killing")
            self.kill()
        else:
            os._exit(SIGNALLED + signal.SIGINT)

    def _look(self) -> None:
        if self.kernel.world.is_gone:
            self.loop.stop()

    def _tell(self) -> None:
        left = ", ".join(self.waiting_for())
        if left:
            say(f"waiting for {left}")
            self.loop.call_later(EVERY, self._tell)

    def _suspend(self) -> None:
        """Ctrl-Z stops the dynos too, and `fg` continues them."""
        say("suspended: dynos are stopped too")
        self.emulator.runner.suspend("STOP")
        os.kill(os.getpid(), signal.SIGSTOP)
        self.emulator.runner.suspend("CONT")

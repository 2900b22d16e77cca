"""How an emulator ends: what stops it, what it waits for, and with which exit code."""

from __future__ import annotations

import os
import signal

from emulator.runtime.command import Abort, Shutdown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .emulator import Emulator

SIGNALLED = 128
STDERR = 2
FIRST_WORD = 1.0
EVERY = 5.0


class Ending:
    """^C once stops gracefully, twice kills, three times leaves at once; where a stop was under way
    for other reasons, and was told to take its time, that counts as one."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.kernel = emulator.kernel
        self.loop = emulator.loop
        self.code = 0
        self.interrupts = 0
        self.is_awaited = False
        """A stop is under way, and whoever looks will be told what it waits for."""

    def watch_signals(self) -> None:
        """Signals and the end of all dynos end the loop from now on."""
        self._watch(signal.SIGTERM, self.stop, SIGNALLED + signal.SIGTERM)
        self._watch(signal.SIGHUP, self.stop, SIGNALLED + signal.SIGHUP)
        self._watch(signal.SIGINT, self._interrupt)
        self._watch(signal.SIGTSTP, self._suspend)
        self.kernel.observers.append(self._look)
        self.loop.call_soon(self._look)

    def _watch(self, number: signal.Signals, act: Callable[..., None], *given: int) -> None:
        """What `nohup` or a script's `&` has made us ignore we go on ignoring."""
        if signal.getsignal(number) is not signal.SIG_IGN:
            self.loop.add_signal_handler(number, act, *given)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})

    def stop(self, code: int = 0) -> None:
        """Every dyno has been told to stop; the emulator ends with that code once they have."""
        if self.kernel.world.stopping:
            return
        self.code = code
        self.kernel.take(Shutdown())

    def is_lost(self) -> bool:
        """Whether nobody can find us any more; then we stop."""
        if not self.emulator.boot.folder.is_deleted:
            return False
        if not self.kernel.world.stopping:
            self.emulator.say("start", "the app's state folder was deleted; stopping")
            self.stop(1)
        return True

    def kill(self) -> None:
        """What still runs was killed."""
        if self.emulator.addons:
            self.emulator.addons.servers.hurry()
        self.kernel.take(Abort())

    def waiting_for(self) -> list[str]:
        """The dynos that have not stopped yet, or then the servers of add-ons."""
        dynos = [slot.name for slot in self.kernel.world.slots.values()]
        addons = self.emulator.addons
        return dynos or (addons.servers.running if addons else [])

    def _interrupt(self) -> None:
        self.interrupts += 1
        if self.interrupts == 1:
            say("stopping gracefully (Ctrl-C again to kill)")
            self.stop(SIGNALLED + signal.SIGINT)
        elif self.interrupts == 2:
            say("killing")
            self.kill()
        else:
            # Our end alone would not tell a warden that is stopped or hangs.
            os.kill(self.emulator.runner.pid, signal.SIGKILL)
            os._exit(SIGNALLED + signal.SIGINT)

    def _look(self) -> None:
        world = self.kernel.world
        if world.stopping and not self.is_awaited:
            self.is_awaited = True
            self.loop.call_later(FIRST_WORD, self._tell)
        if world.is_gone:
            self._leave()
        elif not (world.types or world.pending or world.stopping):
            say("the release command failed, and no release before it has code; nothing can run")
            self.stop(1)

    def _leave(self) -> None:
        """The servers of add-ons go last, for dynos use them to the end."""
        if self.emulator.addons:
            self.emulator.addons.servers.stop(self.loop.stop)
        else:
            self.loop.stop()

    def _tell(self) -> None:
        left = ", ".join(self.waiting_for())
        if left:
            self.interrupts = self.interrupts or 1
            say(f"waiting for {left}")
            self.loop.call_later(EVERY, self._tell)

    def _suspend(self) -> None:
        """Ctrl-Z stops the dynos too, and `fg` continues them."""
        say("suspended: dynos are stopped too")
        self.emulator.runner.suspend("STOP")
        os.kill(os.getpid(), signal.SIGSTOP)
        self.emulator.runner.suspend("CONT")


def say(text: str) -> None:
    """The user was told on standard error, unless we would have to wait for a full pipe."""
    import select

    try:
        if select.select([], [STDERR], [], 0)[1]:
            os.write(STDERR, f"hk-local: {text}\n".encode("utf-8", "replace"))
    except OSError:
        pass

"""Streams that tell how something comes along, each time the world has changed."""

from __future__ import annotations

from emulator.dyno.slot import Kind, State
from emulator.fact import Fact

from .answer import encoded
from .view import SHOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.dyno.slot import Slot
    from emulator.runtime.kernel import Kernel
    from emulator.runtime.world import World

NAMED = 10


class Progress:
    """A stream of what `report` says of the world, whenever that is something new.

    It ends after a report of which `is_done` holds, or else with our process. Of what happens in
    one turn of the loop, or while the client does not read, it tells the outcome.
    """

    is_endless = True

    def __init__(
        self,
        head: bytes,
        kernel: Kernel,
        report: Callable[[World], bytes],
        is_done: Callable[[bytes], bool] | None = None,
    ) -> None:
        self.head = head
        self.is_last = is_done is None
        self._kernel = kernel
        self._report = report
        self._is_done = is_done
        self._last = b""

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._kernel.observers.append(wake)

    def take(self, size: int) -> list[bytes | memoryview] | None:
        if self._is_done and self._is_done(self._last):
            return None
        before, self._last = self._last, self._report(self._kernel.world)
        return [self._last] if self._last != before else []

    def end(self) -> None:
        self._kernel.observers.remove(self._wake)


class Arrival(Fact):
    """How many dynos are up, of all of the formation, or of a type, or with one-offs among them.

    If `current_only`, those of an older release do not count as up. While a release is pending the
    report is none that is done.
    Source: Heroku CLI, src/commands/ps/wait.ts.
    """

    current_only: bool = False
    type: str = ""
    with_run: bool = False

    def _counts(self, slot: Slot) -> bool:
        if slot.shown not in SHOWN:
            return False
        if self.type:
            return slot.type == self.type
        return self.with_run or slot.kind is Kind.FORMATION

    def report(self, world: World) -> bytes:
        """`{"release":3,"up":1,"of":2,"crashed":[],"done":false}` and a line end."""
        slots = [slot for slot in world.slots.values() if self._counts(slot)]
        crashed = [slot.name for slot in slots if slot.shown is State.CRASHED]
        up = [slot for slot in slots if slot.shown is State.UP]
        if self.current_only:
            up = [s for s in up if s.current and s.current.release >= world.release]
        return encoded(
            {
                "release": world.release,
                "up": len(up),
                "of": len(slots),
                "crashed": crashed,
                "done": len(up) + len(crashed) == len(slots) and not world.pending,
            }
        )


def is_done(report: bytes) -> bool:
    """Whether that report of an arrival is its last."""
    return report.endswith(b'"done":true}\n')


def remaining(world: World) -> bytes:
    """`Waiting for web.1, worker.1`: dynos of which some process is still there."""
    names = [slot.name for slot in world.slots.values() if not slot.is_gone]
    if not names:
        return b"Every dyno has stopped\n"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"Waiting for {', '.join(names[:NAMED])}{more}\n".encode()

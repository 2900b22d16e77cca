"""The single writer: an input is decided, saved, obeyed and published before the next one.

It waits for nothing and knows no event loop, so it can order the first dynos before there is one:
whoever drives it calls `submit` with inputs and `wake` when the `alarm` that it set has come.
"""

from __future__ import annotations

import heapq
import itertools

from emulator.dyno.slot import Instant
from emulator.errors import UserError
from emulator.event import Event

from .command import Expired, Stalled
from .decision import decide
from .world import WHOLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.clock import Clock
    from emulator.dyno.slot import Order
    from emulator.fact import Fact

    from .world import World


STALL = 2.0
"""So late, in seconds, an alarm never is unless we were kept from running."""


class NotSaved(UserError):
    """The change is in force, but not saved ({reason}): the next start will not know of it."""

    status = 500
    id = "not_saved"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Kernel:
    """Holds the current world. If `save` raises NotSaved, the change is in force all the same, and
    `unsaved` says why it is not on disk until a later save has succeeded."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        ports: Iterator[int],
        save: Callable[[World], None],
        obey: Callable[[Order, World], None],
        publish: Callable[[list[Event]], None],
    ) -> None:
        self.world = world
        self.clock = clock
        self.instant = Instant(0.0, 0.0, ports, itertools.count(1))
        self.save = save
        self.obey = obey
        self.publish = publish
        self.unsaved: NotSaved | None = None
        self.alarm: Callable[[float], None] = lambda at: None
        self.observers: list[Callable[[], None]] = []
        self.deadlines: list[tuple[float, str]] = []
        self.inbox: list[Fact] = []
        self.busy = False

    def submit(self, given: Fact) -> None:
        """The input was decided and its consequences begun; UserError if it was wrong.

        Raises NotSaved when all else is done, for whoever has to be told.
        """
        if self.busy:  # an order was answered while it was being obeyed
            self.inbox.append(given)
            return
        self.busy = True
        try:
            self._handle(given)
            while self.inbox:
                self._handle(self.inbox.pop(0))
        finally:
            self.busy = False
        for observer in list(self.observers):
            observer()
        if self.unsaved:
            raise self.unsaved

    def take(self, given: Fact) -> None:
        """Like `submit`, where nobody waits for an answer: that something is not saved is not
        raised, but `unsaved` says so to the observers."""
        try:
            self.submit(given)
        except NotSaved:
            pass

    def _handle(self, given: Fact) -> None:
        before = self.world
        self.instant.now, self.instant.wall = self.clock.monotonic(), self.clock.wall()
        self.world, outcomes = decide(before, given, self.instant)
        self._save()
        for outcome in outcomes:
            if not isinstance(outcome, Event):
                self.obey(outcome, self.world)
        self.publish([outcome for outcome in outcomes if isinstance(outcome, Event)])
        self._note_deadlines(before)

    def _save(self) -> None:
        self.unsaved = None
        try:
            self.save(self.world)
        except NotSaved as error:
            self.unsaved = error

    def _note_deadlines(self, before: World) -> None:
        slots = self.world.slots
        changed = [name for name in slots if slots[name] is not before.slots.get(name)]
        moved = [name for name in WHOLE if self.world.deadline(name) != before.deadline(name)]
        for name in (*moved, *changed):
            at = self.world.deadline(name)
            if at is not None:
                heapq.heappush(self.deadlines, (at, name))
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Entries of slots that have moved on since are dropped when they come up."""
        while self.deadlines:
            at, name = self.deadlines[0]
            if self.world.deadline(name) == at:
                self.alarm(at)
                return
            heapq.heappop(self.deadlines)

    def wake(self) -> None:
        """Every deadline that has come was decided on.

        If we come far too late (we were stopped, or the machine thrashed), deadlines move on by
        what we missed, and our caller reads what happened in the meantime before it wakes us again.
        """
        due = now = self.clock.monotonic()
        if self.deadlines and now - self.deadlines[0][0] > STALL:
            self.take(Stalled(now - self.deadlines[0][0]))
            due = now - STALL
        while self.deadlines and self.deadlines[0][0] <= due:
            at, name = heapq.heappop(self.deadlines)
            if self.world.deadline(name) == at:
                self.take(Expired(name))
        self._set_alarm()

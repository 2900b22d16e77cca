"""One step under way: what the cells of the table work on."""

from __future__ import annotations

from .. import event
from .slot import Kind, Launch, Moment, Outcome, Phase, Signal, Slot, State


class Step:
    """One step under way: the slot as it is so far, and what came of it so far."""

    def __init__(self, slot: Slot, moment: Moment) -> None:
        self.slot = slot
        self.moment = moment
        self.out: list[Outcome] = []

    def show(self, state: State) -> None:
        """The dyno is in that state; the change is announced unless it is brand-new."""
        before = self.slot.shown
        if state is before:
            return
        if before is not None:
            change = event.DynoStateChanged(self.slot.name, before.value, state.value)
            self.out.append(change)
        self.slot = self.slot.replace(shown=state, changed_at=self.moment.now)

    def change(self, **fields: object) -> None:
        """The current launch has these fields."""
        assert self.slot.current
        self.slot = self.slot.replace(current=self.slot.current.replace(**fields))

    @property
    def current(self) -> Launch:
        assert self.slot.current, self.slot
        return self.slot.current

    @property
    def end(self) -> State:
        """What the dyno shows once it is not wanted any more."""
        return State.DOWN if self.slot.kind is Kind.FORMATION else State.COMPLETE

    @property
    def is_due(self) -> bool:
        """The current launch's deadline has come."""
        deadline = self.current.deadline
        return deadline is not None and deadline <= self.moment.now

    def hint(self, text: str) -> None:
        """The developer was told, once in the life of the slot."""
        if not self.slot.hinted:
            self.slot = self.slot.replace(hinted=True)
            self.out.append(event.Hinted(self.slot.name, text))

    def kill(self) -> None:
        """SIGKILL goes to every process of the current launch."""
        warning = self.moment.now + self.moment.policy.kill_warning
        self.out.append(Signal(self.current.id, "KILL"))
        self.change(phase=Phase.KILLED, deadline=warning)

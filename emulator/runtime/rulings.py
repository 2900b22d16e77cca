"""What each command means for the world. Wrong arguments are a UserError; then nothing changes."""

from __future__ import annotations

from emulator import event
from emulator.app import formation as formations
from emulator.app.formation import Quantity
from emulator.dyno import slot as dyno
from emulator.dyno.size import canonical
from emulator.dyno.slot import Kind, Phase, Signal, Slot, State
from emulator.errors import FormationError

from . import command as ask
from . import lapse, releasing
from .world import APP, CLOCK, ECO, SCHEDULER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from emulator.fact import Fact

    from .decision import Decision

    Ruling = Callable[[Decision, Any], None]

TWO_CLOCKS = "every clock schedules every job: with {n} clocks each is queued {n} times"


def ruling(given: Fact) -> Ruling:
    """The function that decides an input of that type."""
    return RULINGS[type(given)]


def scale(doing: Decision, given: ask.Scale) -> None:
    """The formation is as asked; a dyno whose size differs restarts in the new one."""
    if doing.world.starting:
        releasing.refuse_while_pending(doing)
    before = doing.world.formation
    after = formations.apply(given.changes, before, tuple(before), canonical)
    if after == before:
        return
    changed = {name for name in after if after[name] != before.get(name)}
    kept = {name: item for name, item in doing.world.left_out.items() if name not in changed}
    doing.world = doing.world.replace(formation=after, left_out=kept)
    releasing.tell_formation(doing)
    doing.reconcile()
    for name, slot in list(doing.slots.items()):
        old = before.get(slot.type)
        if old and slot.type in after and old.size != after[slot.type].size:
            is_old = slot.kind is Kind.FORMATION and slot.number <= old.quantity
            if is_old and slot.asleep:
                doing.step(name, dyno.Boot())
            elif is_old and slot.shown is not State.DOWN:
                doing.step(name, dyno.Restart())
    clocks = after.get(CLOCK, Quantity(0)).quantity
    if clocks > max(1, before.get(CLOCK, Quantity(0)).quantity):
        doing.out.append(event.Hinted(CLOCK, TWO_CLOCKS.format(n=clocks)))


def restart(doing: Decision, given: ask.Restart) -> None:
    _each(doing, given.target, dyno.Restart())


def cycle(doing: Decision, given: ask.Cycle) -> None:
    _each(doing, given.target, dyno.Cycle())


def _each(doing: Decision, target: str | None, given: dyno.Input) -> None:
    for slot in doing.world.find(target):
        doing.step(slot.name, given)


def stop(doing: Decision, given: ask.Stop) -> None:
    for slot in doing.world.find(given.target):
        is_one_off = slot.kind is Kind.ONE_OFF
        doing.step(slot.name, dyno.Stop() if is_one_off else dyno.Restart())


def run(doing: Decision, given: ask.Run) -> None:
    """A one-off boots. Its command may name a process type and add arguments to that command.

    Source: Dev Center, one-off-dynos (2014).
    """
    if doing.world.stopping:
        raise FormationError("The app is stopping; no dyno starts any more.")
    word, blank, rest = given.command.partition(" ")
    command = doing.world.types.get(word, word) + blank + rest
    size = canonical(given.size) if given.size else doing.world.one_off_size
    doing.world = doing.world.replace(one_offs=doing.world.one_offs + 1)
    doing.out.append(event.OneOffCreated(command, given.user or doing.world.user))
    doing.slots[given.name] = Slot(
        given.name,
        command,
        size,
        kind=Kind.ONE_OFF,
        created_at=doing.instant.now,
        attached=given.attached,
        extra=given.env,
        lasts=given.lasts,
    )
    doing.step(given.name, dyno.Boot())


def hang_up(doing: Decision, given: ask.HangUp) -> None:
    if given.dyno in doing.slots:
        doing.step(given.dyno, dyno.Hangup())


def set_up(doing: Decision, given: ask.SetUp) -> None:
    """No release, and nothing in the log: in no log sample does Heroku say a word about these."""
    fields = {name: getattr(given, name) for name in given.__match_args__}
    changed = {name: value for name, value in fields.items() if value is not None}
    doing.world = doing.world.replace(**changed)


def requested(doing: Decision, given: ask.Requested) -> None:
    """Every sleeping dyno wakes, the workers too. Source: Dev Center, eco-dyno-hours."""
    doing.world = doing.world.replace(requested_at=doing.instant.now)
    for name in list(doing.slots) if given.wakes else ():
        doing.step(name, dyno.Wake())


def _idle(doing: Decision) -> None:
    """The Eco dynos sleep if no request has come in time."""
    at = doing.world.idle_at
    if at is not None and at <= doing.instant.now:
        for name, slot in list(doing.slots.items()):
            if slot.size == ECO:
                doing.step(name, dyno.Idle())


def rename(doing: Decision, given: ask.Rename) -> None:
    """No release, and no dyno restarts. Source: Dev Center, renaming-apps."""
    doing.world = doing.world.replace(app=given.name, given_name=given.name)


def meter(doing: Decision, given: ask.Meter) -> None:
    doing.bills = True


def shut_down(doing: Decision, given: ask.Shutdown) -> None:
    doing.world = doing.world.replace(stopping=True)
    doing.reconcile()
    for name, slot in list(doing.slots.items()):
        if slot.kind is Kind.ONE_OFF and slot.current:
            doing.step(name, dyno.Stop())


def abort(doing: Decision, given: ask.Abort) -> None:
    """Only launches that depart are left, and those are killed."""
    shut_down(doing, ask.Shutdown())
    deadline = doing.instant.now + doing.world.policy.kill_warning
    for name, slot in doing.slots.items():
        doing.out += [Signal(launch.id, "KILL") for launch in slot.departing]
        killed = (
            launch.replace(phase=Phase.KILLED, deadline=deadline) for launch in slot.departing
        )
        doing.slots[name] = slot.replace(departing=tuple(killed))


def expired(doing: Decision, given: ask.Expired) -> None:
    if given.dyno == APP:
        _idle(doing)
    elif given.dyno == SCHEDULER:
        from .schedule import look

        look(doing)
    elif given.dyno in doing.slots:
        doing.step(given.dyno, dyno.Expired())


RULINGS: dict[type[Fact], Ruling] = {
    ask.Start: releasing.start,
    ask.Scale: scale,
    ask.Restart: restart,
    ask.Cycle: cycle,
    ask.Stop: stop,
    ask.Run: run,
    ask.HangUp: hang_up,
    ask.Deploy: releasing.deploy,
    ask.SetConfig: releasing.set_config,
    ask.Rollback: releasing.rollback,
    ask.Retry: releasing.retry,
    ask.SetUp: set_up,
    ask.Requested: requested,
    ask.Rename: rename,
    ask.Meter: meter,
    ask.Shutdown: shut_down,
    ask.Abort: abort,
    ask.Slept: lapse.slept,
    ask.Stalled: lapse.stalled,
    ask.Expired: expired,
}

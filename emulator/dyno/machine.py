"""A dyno's life as a total table: what each input does to the current launch in each phase.

`step` answers the slot after the input and what came of it, in order: events (facts, which become
log lines) and orders (for the runner). "State changed from A to B" is never written by a cell: it
is the difference between before and after, so it can be neither forgotten nor wrong.
"""

from __future__ import annotations

from .. import event
from . import arrival, departure
from .size import quota
from .slot import (
    Boot,
    Cycle,
    Exited,
    Expired,
    Hangup,
    Idle,
    Input,
    Kind,
    Moment,
    Outcome,
    Phase,
    Ready,
    Report,
    Restart,
    Resumed,
    Sampled,
    Signal,
    Slot,
    Spawned,
    SpawnFailed,
    State,
    Stop,
    Strayed,
    Wake,
)
from .step import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Cell = Callable[[Step, Input], None]


def step(slot: Slot, given: Input, moment: Moment) -> tuple[Slot, list[Outcome]]:
    """The slot after the input, and what came of it. A report of a launch long gone is void."""
    doing = Step(slot, moment)
    if isinstance(given, Report) and not (slot.current and slot.current.id == given.launch):
        departure.report(doing, given)
    else:
        TABLE[slot.phase, type(given)](doing, given)
    if isinstance(given, Expired):
        departure.expire(doing)
    if isinstance(given, Stop | Idle):
        departure.dismiss(doing)
    arrival.succeed(doing)
    return doing.slot, doing.out


def ignore(doing: Step, given: Input) -> None:
    """Nothing: the input says nothing new about a launch in this phase."""


def rest(doing: Step, given: Input) -> None:
    """A dyno that is not running is no longer wanted. Source: log samples: crashed to down."""
    doing.slot = doing.slot.replace(retry_at=None, asleep=False)
    doing.show(doing.end)


def cancel(doing: Step, given: Input) -> None:
    """A launch that was not spawned yet never is."""
    doing.slot = doing.slot.replace(current=None)
    doing.show(doing.end)


def crash(doing: Step, given: Input) -> None:
    """It ended by itself, with any status: a crash; for a one-off, its completion.

    The first crash is retried at once, later ones after a growing cool-off. Being up long enough
    forgives; merely arriving there does not. Source: Dev Center, dyno-restarts; log samples.
    """
    launch, policy, now = doing.current, doing.moment.policy, doing.moment.now
    if isinstance(given, Exited):
        doing.out.append(event.ProcessExited(doing.slot.name, given.status))
    elif isinstance(given, SpawnFailed):
        doing.out.append(event.SpawnRefused(doing.slot.name, given.reason))
    doing.slot = doing.slot.replace(current=None)
    if doing.slot.kind is Kind.ONE_OFF:
        return doing.show(State.COMPLETE)
    doing.show(State.CRASHED)
    forgiven = launch.up_at is not None and now - launch.up_at >= policy.forgive_after
    crashes = 1 if forgiven else doing.slot.crashes + 1
    doing.slot = doing.slot.replace(crashes=crashes)
    if crashes == 1:
        return arrival.launch(doing, policy.retry_delay)
    doing.slot = doing.slot.replace(retry_at=now + policy.cooling(crashes))
    return None


def restart(doing: Step, given: Input) -> None:
    """The old launch departs and the new one starts without waiting for it."""
    if doing.slot.kind is Kind.ONE_OFF:
        return
    doing.out.append(event.DynoRestarting(doing.slot.name))
    _replace(doing)


def cycle(doing: Step, given: Input) -> None:
    """The daily restart; a one-off is not started again. Source: log samples (2022, 2023)."""
    doing.out.append(event.DynoCycling(doing.slot.name))
    if doing.slot.kind is Kind.ONE_OFF:
        return stop(doing, given)
    return _replace(doing)


def _replace(doing: Step) -> None:
    doing.show(State.STARTING)
    doing.slot = doing.slot.replace(crashes=0)
    if doing.moment.preboots:
        departure.retire(doing)
    else:
        departure.depart(doing)
    arrival.launch(doing, doing.moment.policy.restart_delay)


def cycle_due(doing: Step, given: Input) -> None:
    """A running launch is cycled at its deadline; a scheduled run whose interval is over stops, as
    does a release command after its hour.

    Source: Dev Center, scheduler: it is terminated.
    """
    if doing.is_due:
        (cycle if doing.slot.lasts is None else stop)(doing, given)


def stop(doing: Step, given: Input) -> None:
    """It shows down (a one-off: complete) at once, and only then gets its SIGTERM."""
    doing.show(doing.end)
    departure.depart(doing)


def idle(doing: Step, given: Input) -> None:
    """An Eco dyno stops, and sleeps until a request comes. Source: log samples (2020)."""
    if doing.slot.kind is Kind.ONE_OFF:
        return
    doing.out.append(event.DynoIdling(doing.slot.name))
    if doing.current.phase is Phase.WAITING:
        cancel(doing, given)
    else:
        stop(doing, given)
    doing.slot = doing.slot.replace(asleep=True)


def doze(doing: Step, given: Input) -> None:
    """A crashed Eco dyno sleeps with the others, instead of coming back after its cool-off."""
    if doing.slot.shown is State.CRASHED:
        doing.out.append(event.DynoIdling(doing.slot.name))
        rest(doing, given)
        doing.slot = doing.slot.replace(asleep=True)


def hang_up(doing: Step, given: Input) -> None:
    """The client of a one-off is gone: SIGHUP. Source: Dev Center, error-codes, R16."""
    policy, launch = doing.moment.policy, doing.current
    doing.out += (event.ClientLost(doing.slot.name), Signal(launch.id, "HUP"))
    deadline = doing.moment.now + policy.hangup_every
    doing.change(phase=Phase.HANGING, hangups=launch.hangups + 1, deadline=deadline)


def hang_up_again(doing: Step, given: Input) -> None:
    """After three SIGHUPs R16 is told, and the one-off stopped.

    Departs: Heroku lets it run on until its daily cycle; a laptop would keep it for a day.
    """
    if not doing.is_due:
        return None
    if doing.current.hangups < doing.moment.policy.hangups:
        return hang_up(doing, given)
    doing.out.append(event.HangupIgnored(doing.slot.name))
    return stop(doing, given)


def sampled(doing: Step, given: Input) -> None:
    """Over its quota it is told so every 20 seconds; vastly over it, it is killed."""
    assert isinstance(given, Sampled)
    allowed, policy, launch = quota(doing.slot.size), doing.moment.policy, doing.current
    if given.used >= allowed * policy.vastly:
        doing.out.append(event.QuotaVastlyExceeded(doing.slot.name, given.used, allowed))
        return doing.kill()
    last = launch.warned_at
    if given.used > allowed and (last is None or doing.moment.now - last >= policy.memory_cadence):
        doing.change(warned_at=doing.moment.now)
        doing.out.append(event.QuotaExceeded(doing.slot.name, given.used, allowed))
    return None


def linger(doing: Step, given: Input) -> None:
    """A killed process that has not gone is spoken of every ten seconds (state D)."""
    if doing.is_due:
        launch = doing.current
        doing.out.append(event.ProcessLingers(doing.slot.name, launch.pid or 0))
        doing.change(deadline=doing.moment.now + doing.moment.policy.kill_warning)


def age(doing: Step, given: Input) -> None:
    """Sleep counts for the daily cycle, though not for what a process is granted."""
    assert isinstance(given, Resumed)
    if doing.current.deadline is not None and not doing.slot.is_granted_its_time:
        doing.change(deadline=doing.current.deadline - given.seconds)


ROWS: dict[Phase | None, dict[type[Input], Cell]] = {
    None: {
        Boot: arrival.boot,
        Restart: arrival.revive,
        Cycle: ignore,
        Stop: rest,
        Idle: doze,
        Expired: arrival.retry,
    },
    Phase.WAITING: {
        Restart: arrival.renew,
        Cycle: ignore,
        Stop: cancel,
        Idle: idle,
        Expired: arrival.start_due,
    },
    Phase.BOOTING: {
        Spawned: arrival.spawned,
        SpawnFailed: crash,
        Ready: arrival.ready,
        Strayed: arrival.strayed,
        Exited: crash,
        Expired: arrival.boot_expired,
        Restart: restart,
        Cycle: cycle,
        Stop: stop,
        Idle: idle,
        Hangup: hang_up,
        Sampled: sampled,
    },
    Phase.RUNNING: {
        Strayed: arrival.strayed,
        Exited: crash,
        Expired: cycle_due,
        Restart: restart,
        Cycle: cycle,
        Stop: stop,
        Idle: idle,
        Hangup: hang_up,
        Sampled: sampled,
        Resumed: age,
    },
    Phase.HANGING: {
        Spawned: arrival.note_pid,
        SpawnFailed: crash,
        Exited: crash,
        Expired: hang_up_again,
        Stop: stop,
        Sampled: sampled,
    },
    Phase.ASLEEP: {
        Boot: arrival.boot,
        Stop: rest,
        Wake: arrival.wake,
    },
    Phase.KILLED: {
        Spawned: arrival.note_pid,
        SpawnFailed: crash,
        Exited: crash,
        Expired: linger,
        Restart: restart,
        Cycle: cycle,
        Stop: stop,
    },
}

INPUTS: tuple[type[Input], ...] = (
    *(Boot, Restart, Cycle, Stop, Idle, Wake, Hangup, Expired, Resumed),
    *(Spawned, SpawnFailed, Ready, Strayed, Exited, Sampled),
)

TABLE: dict[tuple[Phase | None, type[Input]], Cell] = {
    (phase, kind): row.get(kind, ignore) for phase, row in ROWS.items() for kind in INPUTS
}

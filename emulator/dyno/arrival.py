"""Cells of the table: how a launch comes to be up, or does not."""

from __future__ import annotations

from .. import event
from . import departure
from .command import expand
from .policy import chance
from .size import memory_mb
from .slot import Input, Launch, Phase, Ready, Spawn, Spawned, State, Strayed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .step import Step


def boot(doing: Step, given: Input) -> None:
    """A new launch is current; crashes before it are forgotten."""
    doing.slot = doing.slot.replace(crashes=0)
    launch(doing, 0.0 if doing.slot.shown is None else doing.moment.policy.retry_delay)


def launch(doing: Step, delay: float) -> None:
    slot, now = doing.slot, doing.moment.now
    launch = Launch(
        id=f"{slot.name}@{next(doing.moment.serials)}",
        phase=Phase.WAITING,
        port=slot.fixed_port or next(doing.moment.ports),
        release=doing.moment.release,
        deadline=now + delay,
    )
    doing.show(State.STARTING)
    doing.slot = doing.slot.replace(
        current=launch, launches=slot.launches + 1, retry_at=None, asleep=False
    )
    if delay == 0:
        spawn(doing)


def spawn(doing: Step) -> None:
    """The current launch is being spawned, unless its port is still its predecessor's."""
    slot, launch, moment = doing.slot, doing.current, doing.moment
    if slot.fixed_port and slot.departing:
        return doing.change(deadline=None)
    deadline = moment.now + moment.policy.boot_timeout
    doing.change(phase=Phase.BOOTING, spawned_at=moment.now, deadline=deadline)
    variables = {**moment.config, "PORT": str(launch.port), **dict(slot.extra), "DYNO": slot.name}
    shown = expand(slot.command, variables)
    if slot.attached:
        doing.out.append(event.ClientAwaited(slot.name))
    doing.out.append(event.ProcessStarting(slot.name, shown, launch.port))
    doing.out.append(Spawn(launch.id, slot.command, launch.port, slot.extra, memory_mb(slot.size)))
    return None


def succeed(doing: Step) -> None:
    """A launch that waits for its predecessor's port is spawned once that has gone."""
    launch = doing.slot.current
    waits = launch and launch.phase is Phase.WAITING and launch.deadline is None
    if waits and not doing.slot.departing:
        spawn(doing)


def retry(doing: Step, given: Input) -> None:
    """The cool-off of a crashed dyno may be over."""
    if doing.slot.retry_at is not None and doing.slot.retry_at <= doing.moment.now:
        launch(doing, doing.moment.policy.retry_delay)


def revive(doing: Step, given: Input) -> None:
    """A release or a restart starts a crashed dyno, with no `Restarting` (log samples)."""
    if doing.slot.shown is State.CRASHED:
        departure.prolong(doing)
        boot(doing, given)


def wake(doing: Step, given: Input) -> None:
    """A request has come for a sleeping dyno, so it boots. Source: log samples (2020)."""
    doing.out.append(event.DynoUnidling(doing.slot.name))
    boot(doing, given)


def start_due(doing: Step, given: Input) -> None:
    """A waiting launch is spawned at its deadline."""
    if doing.is_due:
        spawn(doing)


def renew(doing: Step, given: Input) -> None:
    """A launch that was not spawned yet will be one of the newest release."""
    doing.change(release=doing.moment.release)
    departure.prolong(doing)


def note_pid(doing: Step, given: Input) -> None:
    """Its process exists, though it is to come up no more."""
    assert isinstance(given, Spawned)
    doing.change(pid=given.pid)


def spawned(doing: Step, given: Input) -> None:
    """Its process exists. Only a web dyno has more to show before it is up."""
    note_pid(doing, given)
    if doing.slot.must_listen:
        return
    delay = doing.moment.policy.up_delay
    if delay:
        doing.change(deadline=doing.moment.now + delay)
    else:
        arrive(doing)


def ready(doing: Step, given: Input) -> None:
    """It listens on $PORT, so it is up; on loopback only, a hint says what Heroku would do."""
    assert isinstance(given, Ready)
    if given.loopback and doing.moment.policy.strict_bind:
        return
    doing.change(host=given.host)
    arrive(doing)
    if given.loopback:
        doing.hint(
            f"listens on loopback only, port {doing.current.port}: on Heroku this dyno would end "
            "with R10 (Boot timeout); bind to 0.0.0.0 there",
        )


def strayed(doing: Step, given: Input) -> None:
    """It listens elsewhere than on $PORT, and is told so before its boot times out."""
    assert isinstance(given, Strayed)
    doing.hint(
        f"listens on port {given.port}, but $PORT is {doing.current.port}: a web dyno that does not"
        " listen on $PORT ends with R10 (Boot timeout)",
    )


def arrive(doing: Step) -> None:
    now, launch = doing.moment.now, doing.current
    started = now if launch.spawned_at is None else launch.spawned_at
    doing.show(State.UP)
    doing.change(phase=Phase.RUNNING, up_at=now, deadline=max(now, started + _lasts(doing)))


def _lasts(doing: Step) -> float:
    """How long after its spawn the current launch is cycled, or a scheduled run stopped."""
    if doing.slot.lasts is not None:
        return doing.slot.lasts
    policy, launch = doing.moment.policy, doing.current
    return policy.cycle_after + policy.cycle_jitter * chance(f"{launch.id} {launch.port}")


def boot_expired(doing: Step, given: Input) -> None:
    """A worker is up when its moment has come; a web dyno that is not listening is killed: R10.

    So is a one-off that still waits for its client: R13.
    """
    if not doing.is_due:
        return None
    if doing.slot.attached and doing.current.pid is None:
        doing.out.append(event.AttachFailed(doing.slot.name))
        return doing.kill()
    if not doing.slot.must_listen and doing.current.pid is not None:
        return arrive(doing)
    doing.out.append(event.BootTimedOut(doing.slot.name))
    return doing.kill()

"""Departing launches: told to stop, given their time, then killed; each by itself."""

from __future__ import annotations

from .. import event
from .slot import Exited, Launch, Phase, Report, Signal, Spawned, SpawnFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .step import Step


def depart(doing: Step) -> None:
    """The current launch is departing, SIGTERM sent (or, paced, to be sent in a moment)."""
    launch, policy, now = doing.current, doing.moment.policy, doing.moment.now
    doing.slot = doing.slot.replace(current=None)
    if launch.phase is not Phase.KILLED:
        if policy.term_delay:
            launch = launch.replace(phase=Phase.DOOMED, deadline=now + policy.term_delay)
        else:
            launch = _terminate(doing, launch)
    doing.slot = doing.slot.replace(departing=(*doing.slot.departing, launch))


def retire(doing: Step) -> None:
    """The launch that serves goes on until the new one has had its time; another departs now.

    Source: Dev Center, preboot.
    """
    launch, departing = doing.current, doing.slot.departing
    if launch.phase is Phase.RUNNING and launch in doing.slot.serving:
        retiring = launch.replace(phase=Phase.RETIRING)
        doing.slot = doing.slot.replace(current=None, departing=(*departing, retiring))
    else:
        depart(doing)
    prolong(doing)


def prolong(doing: Step) -> None:
    """With preboot, what serves on does so until the new launch has had its time."""
    if doing.moment.preboots:
        until = doing.moment.now + doing.moment.policy.preboot_after
        departing = doing.slot.departing
        kept = (one.replace(deadline=until) if _retires(one) else one for one in departing)
        doing.slot = doing.slot.replace(departing=tuple(kept))


def dismiss(doing: Step) -> None:
    """None serves on: what was to retire later is told to stop now."""
    departing = (_terminate(doing, x) if _retires(x) else x for x in doing.slot.departing)
    doing.slot = doing.slot.replace(departing=tuple(departing))


def _retires(launch: Launch) -> bool:
    return launch.phase is Phase.RETIRING


def _terminate(doing: Step, launch: Launch) -> Launch:
    deadline = doing.moment.now + doing.moment.policy.exit_timeout
    doing.out += (event.ProcessesStopping(doing.slot.name), Signal(launch.id, "TERM"))
    return launch.replace(phase=Phase.STOPPING, deadline=deadline)


def report(doing: Step, given: Report) -> None:
    """What became of a departing launch is noted; whatever else a report says is too late."""
    kept: list[Launch] = []
    for launch in doing.slot.departing:
        if launch.id != given.launch:
            kept.append(launch)
        elif isinstance(given, Exited):
            doing.out.append(event.ProcessExited(doing.slot.name, given.status))
        elif isinstance(given, Spawned):
            kept.append(launch.replace(pid=given.pid))
        elif not isinstance(given, SpawnFailed):
            kept.append(launch)
    doing.slot = doing.slot.replace(departing=tuple(kept))


def expire(doing: Step) -> None:
    """Every departing launch whose deadline has come is one stage further."""
    doing.slot = doing.slot.replace(
        departing=tuple(_expire(doing, launch) for launch in doing.slot.departing)
    )


def _expire(doing: Step, launch: Launch) -> Launch:
    now, policy, name = doing.moment.now, doing.moment.policy, doing.slot.name
    if launch.deadline is None or launch.deadline > now:
        return launch
    if launch.phase in (Phase.DOOMED, Phase.RETIRING):
        return _terminate(doing, launch)
    if launch.phase is Phase.STOPPING:
        doing.out += (event.ExitTimedOut(name), Signal(launch.id, "KILL"))
    else:
        doing.out.append(event.ProcessLingers(name, launch.pid or 0))
    return launch.replace(phase=Phase.KILLED, deadline=now + policy.kill_warning)

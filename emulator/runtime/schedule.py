"""The scheduler's jobs: added, removed, run when they are due, missed when nobody could run them.

However many jobs there are, they share one deadline: when to look again. It is never far away, for
the wall clock, by which jobs are due, may jump, and the deadline goes by the monotonic one.
"""

from __future__ import annotations

from emulator import event
from emulator.addon.schedule import USER, checked, lasts, next_run, passed, period, turns
from emulator.app.surroundings import Job
from emulator.dyno.policy import chance
from emulator.dyno.size import canonical
from emulator.errors import NotFound, UserError

from .command import Command, Run
from .rulings import RULINGS, run
from .world import SCHEDULER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.addon.schedule import Delay

    from .decision import Decision
    from .world import World

GRACE = 60.0
"""So late, in seconds, a run that we could not start still is started."""
LOOK = 60.0
"""At least so often, in seconds, the wall clock is looked at."""
SOON = 0.001
"""The two clocks differ by less when a deadline has come a little before its time."""
AT_ONCE, TURN = 10, 1.0
"""So many of the jobs that are due together start at once, and as many in each of the next turns,
so many seconds later. Departs: on Heroku a run has a machine of its own, and is later than this."""
LATEST = 0.9
"""A run starts in this share of its period after it was due."""
MOST_JOBS = 10_000
LONGEST = 10_000
"""Of a command, in characters."""


class NoScheduler(UserError):
    """The app has no Scheduler; `hk-local addons:create scheduler` adds it."""


class AddJob(Command):
    """This command is run every 10m, hour or day, at that minute or time of it."""

    command: str
    every: str
    at: str = ""
    size: str = ""


class RemoveJob(Command):
    job: str


class RunJob(Command):
    """Now, besides when it is due."""

    job: str


def platform_time(world: World, wall: float) -> float:
    """The platform's own time: since the start it may run faster than the wall clock."""
    return world.started_at + (wall - world.started_at) * world.policy.rate


def wall_time(world: World, platform: float) -> float:
    """When it will be that instant of the platform."""
    return world.started_at + (platform - world.started_at) / world.policy.rate


def add(doing: Decision, given: AddJob) -> None:
    world = doing.world
    if not any(one.service == SCHEDULER for one in world.addons):
        raise NoScheduler
    every, at = checked(given.every, given.at)
    command = " ".join(given.command.splitlines()).strip()
    if not command or len(command) > LONGEST:
        raise UserError("command: expected the command to run, such as python report.py")
    if len(world.jobs) >= MOST_JOBS:
        raise UserError(f"There are {MOST_JOBS} jobs already. Remove some first.")
    size = canonical(given.size) if given.size else ""
    wall = doing.instant.wall
    number = max((int(job.id) for job in world.jobs), default=0) + 1
    job = Job(str(number), command, every, at, size, wall, 0.0)
    due = next_run(job, platform_time(world, wall))
    _plan(doing, (*world.jobs, job.replace(next_at=due)))


def remove(doing: Decision, given: RemoveJob) -> None:
    """A run that is under way goes on."""
    gone = found(doing.world, given.job)
    _plan(doing, tuple(job for job in doing.world.jobs if job is not gone))


def run_now(doing: Decision, given: RunJob) -> None:
    wanted = found(doing.world, given.job)
    new = _run(doing, wanted)
    _plan(doing, tuple(new if job is wanted else job for job in doing.world.jobs))


def found(world: World, id: str) -> Job:
    """The job of that id. Raises NotFound."""
    for job in world.jobs:
        if job.id == id:
            return job
    known = ", ".join(job.id for job in world.jobs[:20])
    rest = f"There are {known}." if known else "There is none."
    raise NotFound(f"Couldn't find that scheduled job ({id}). {rest}")


def resume(doing: Decision) -> None:
    """What was due while no emulator ran is missed. Source: nothing is caught up (log samples)."""
    now = platform_time(doing.world, doing.instant.wall)
    jobs = []
    for job in doing.world.jobs:
        # Fast time was ahead of the clock when it ended; what follows now is planned anew.
        gone = passed(job, now, -1.0, _no_delay)
        missed = _missed(doing, job, gone.since, gone.until, gone.missed) if gone else job
        jobs.append(missed.replace(next_at=next_run(job, now)))
    _plan(doing, tuple(jobs))


def look(doing: Decision) -> None:
    """Every job that is due runs; what should have run too long ago is missed."""
    world = doing.world
    if world.stopping:
        doing.world = world.replace(look_at=None)
        return
    now, delay = platform_time(world, doing.instant.wall), _delays(world, world.jobs)
    _plan(doing, tuple(_looked_at(doing, job, now, delay) for job in world.jobs))


def _looked_at(doing: Decision, job: Job, now: float, delay: Delay) -> Job:
    if now < job.next_at <= now + period(job):
        return job
    gone = passed(job, now, GRACE * doing.world.policy.rate, delay)
    if gone is None:
        if job.next_at <= now:
            return job  # it is due, and will start in a moment
        # A clock that was set back must not keep the job waiting for longer than a period.
        return job.replace(next_at=next_run(job, now))
    if gone.missed:
        job = _missed(doing, job, gone.since, gone.until, gone.missed)
    if gone.due is not None:
        job = _run(doing, job)
    return job.replace(next_at=gone.next_at)


def _missed(doing: Decision, job: Job, since: float, until: float, slots: int) -> Job:
    doing.out.append(event.JobsMissed(job.command, slots, since, until))
    return job.replace(missed_since_at=since, missed_until_at=until)


def _run(doing: Decision, job: Job) -> Job:
    """The job has a one-off dyno, which is stopped when its interval is over."""
    name = doing.world.replace(slots=doing.slots).free_name(SCHEDULER)
    limit = lasts(job)
    seconds = None if limit is None else limit / doing.world.policy.rate
    run(doing, Run(name, job.command, job.size or None, user=USER, lasts=seconds))
    return job.replace(last_at=doing.instant.wall, dyno=name)


def _plan(doing: Decision, jobs: tuple[Job, ...]) -> None:
    """These are the jobs, and the scheduler looks again when the first of them starts."""
    world = doing.world
    if all(new is old for new, old in zip(jobs, world.jobs, strict=False)):
        jobs = world.jobs if len(jobs) == len(world.jobs) else jobs
    now = platform_time(world, doing.instant.wall)
    delay = _delays(world, jobs)
    starts = (job.next_at + delay(job, job.next_at) for job in jobs)
    wait = (min(starts, default=now) - now) / world.policy.rate
    look_at = doing.instant.now + min(max(wait, SOON), LOOK) if jobs else None
    doing.world = world.replace(jobs=jobs, look_at=look_at)


def _delays(world: World, jobs: tuple[Job, ...]) -> Delay:
    """How long after a slot each of the jobs starts."""
    jitter, turn_of = world.policy.schedule_jitter, turns(jobs)
    turn = TURN * world.policy.rate

    def delay(job: Job, slot: float) -> float:
        late = jitter and jitter * chance(f"{world.id} {job.id} {slot:.0f}")
        return min(late + turn_of[job.id] // AT_ONCE * turn, LATEST * period(job))

    return delay


def _no_delay(job: Job, slot: float) -> float:
    return 0.0


RULINGS.update({AddJob: add, RemoveJob: remove, RunJob: run_now})

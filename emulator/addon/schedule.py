"""When Heroku Scheduler's jobs are due: every 10 minutes, every hour, every day, all in UTC.

A *slot* is an instant at which a job is due. Instants are seconds since 1970, whose days and hours
are UTC's. Source: Dev Center, scheduler (2024).
"""

from __future__ import annotations

from enum import Enum

from emulator.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emulator.app.surroundings import Job

    Delay = Callable[[Job, float], float]
    """How long after that slot the job starts."""

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
USER = "scheduler@addons.heroku.com"
"""Who starts the jobs' dynos. Source: log samples (2020)."""


class Every(Enum):
    """How often a job is due."""

    TEN_MINUTES = "10m"
    HOUR = "hour"
    DAY = "day"


PERIODS = {"10m": 10 * MINUTE, "hour": HOUR, "day": DAY}
MINUTES = tuple(f"{minute:02d}" for minute in range(0, 60, 10))
TIMES = tuple(f"{hour:02d}:{minute}" for hour in range(24) for minute in ("00", "30"))
"""What the add-on's page offers for an hour and for a day. Source: third-party descriptions."""


class ScheduleError(UsageError):
    """{message}"""


class Passed:
    """What slots of a job have passed: `due` is the last, if it still counts; the rest is missed,
    from `since` to `until`."""

    def __init__(self, job: Job, last: float, counts: bool) -> None:
        step = period(job)
        self.due = last if counts else None
        self.since = job.next_at
        self.until = last - step if counts else last
        self.missed = round((self.until - self.since) / step) + 1
        self.next_at = last + step


def checked(every: str, at: str) -> tuple[str, str]:
    """Both as a job has them: `10m` and nothing, `hour` and `30`, `day` and `02:30`.

    Raises ScheduleError.
    """
    known = [each.value for each in Every]
    if every not in known:
        raise ScheduleError(f"every: expected {', '.join(known[:-1])} or {known[-1]}, not {every}")
    if every == Every.TEN_MINUTES.value:
        if at:
            raise ScheduleError("at: a job of every 10 minutes takes none")
        return every, ""
    if every == Every.HOUR.value:
        minute = at.removeprefix(":") or MINUTES[0]
        if minute not in MINUTES:
            raise ScheduleError(f"at: expected a minute, :00, :10, :20, :30, :40 or :50, not {at}")
        return every, minute
    time = f"0{at}" if at[1:2] == ":" else at or TIMES[0]
    if time not in TIMES:
        raise ScheduleError(f"at: expected a time in UTC on the half hour, such as 02:30, not {at}")
    return every, time


def described(job: Job) -> str:
    """`every 10 minutes`, `every hour at :30`, `every day at 02:30 UTC`."""
    match Every(job.every):
        case Every.TEN_MINUTES:
            return "every 10 minutes"
        case Every.HOUR:
            return f"every hour at :{job.at}"
        case Every.DAY:
            return f"every day at {job.at} UTC"


def period(job: Job) -> float:
    return PERIODS[job.every]


def lasts(job: Job) -> float | None:
    """So long one run may take; None: until the daily cycle of its dyno.

    Source: Dev Center, scheduler: a run is terminated when its interval is over.
    """
    return None if Every(job.every) is Every.DAY else period(job)


def next_run(job: Job, now: float) -> float:
    """The first slot after `now`. Every 10 minutes counts from when the job was added (log
    samples)."""
    step, first = period(job), _offset(job)
    return first + ((now - first) // step + 1) * step


def _offset(job: Job) -> float:
    """The first slot of 1970."""
    if not job.at:
        return int(job.added_at) % period(job)
    hours, _, minutes = job.at.rpartition(":")
    return int(hours or 0) * HOUR + int(minutes) * MINUTE


def turns(jobs: Iterable[Job]) -> dict[str, int]:
    """By job, which of those it is that may be due when it is: 0 for the first.

    A job of every day counts with those of every hour at its minute.
    """
    found: dict[str, int] = {}
    numbers: dict[float, int] = {}
    for job in jobs:
        slot = _offset(job) % min(period(job), HOUR)
        found[job.id] = numbers.get(slot, 0)
        numbers[slot] = found[job.id] + 1
    return found


def passed(job: Job, now: float, grace: float, delay: Delay) -> Passed | None:
    """The slots whose start has passed, of which the last counts unless that is longer ago than
    `grace`; None if there is none. A start is delayed by less than a period."""
    last = next_run(job, now) - period(job)
    if last + delay(job, last) > now:
        last -= period(job)
    if last < job.next_at:
        return None
    return Passed(job, last, now - last - delay(job, last) <= grace)

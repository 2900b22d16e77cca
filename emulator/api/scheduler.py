"""Endpoints of Heroku Scheduler, which are ours: at Heroku its page is the only way in."""

from __future__ import annotations

from emulator.addon.schedule import MINUTE, described, period
from emulator.runtime.schedule import AddJob, RemoveJob, RunJob, found, wall_time

from .answer import Answer
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.surroundings import Job

    from .call import Call
    from .ink import Ink
    from .resource import Resource
    from .view import View

CREATED = 201
JOBS = "/hk-local/scheduler/jobs"


def jobs(call: Call) -> Answer:
    view = call.view

    def shown(ink: Ink) -> str:
        if not view.world.jobs:
            return f"No scheduled jobs on {ink.app(view.world.app)}\n"
        columns = ("id", "command", "due", "size", "last run", "next run", "missed")
        rows = [_row(view, job, ink) for job in view.world.jobs]
        title = f"{ink.app(view.world.app)} Scheduled jobs, times in UTC"
        return ink.header(title) + ink.table(columns, rows)

    return Answer(lambda: [_job(view, job) for job in view.world.jobs], shown)


def add(call: Call) -> Answer:
    payload = call.payload
    warning = call.submit(
        AddJob(
            payload.text("command") or "",
            payload.text("every") or "",
            payload.text("at") or "",
            payload.text("size") or "",
        )
    )
    view, job = call.view, call.world.jobs[-1]

    def message(ink: Ink) -> str:
        return f"Scheduling {ink.code(job.command)} {described(job)}... done, {job.id}"

    return Answer(lambda: _job(view, job), None, CREATED, message, warning)


def remove(call: Call) -> Answer:
    job, view = found(call.world, call.params["job"]), call.view
    warning = call.submit(RemoveJob(job.id))

    def message(ink: Ink) -> str:
        return f"Removing scheduled job {job.id}, {ink.code(job.command)}... done"

    return Answer(lambda: _job(view, job), None, message=message, warning=warning)


def run(call: Call) -> Answer:
    id = call.params["job"]
    warning = call.submit(RunJob(id))
    view, job = call.view, found(call.world, id)

    def message(ink: Ink) -> str:
        return f"Running {ink.code(job.command)} on {ink.app(view.world.app)}... done, {job.dyno}"

    return Answer(lambda: _job(view, job), None, CREATED, message, warning)


def _job(view: View, job: Job) -> Resource:
    missed: Resource | None = None
    if job.missed_until_at:
        missed = {
            "since": iso(job.missed_since_at),
            "until": iso(job.missed_until_at),
            "runs": _missed(job),
        }
    return {
        "at": job.at or None,
        "command": job.command,
        "created_at": iso(job.added_at),
        "description": described(job),
        "every": job.every,
        "id": job.id,
        "last_dyno": job.dyno or None,
        "last_run_at": iso(job.last_at) if job.last_at else None,
        "missed": missed,
        "next_run_at": iso(wall_time(view.world, job.next_at)),
        "size": job.size or None,
    }


def _row(view: View, job: Job, ink: Ink) -> tuple[str, ...]:
    count = _missed(job)
    return (
        ink.name(job.id),
        ink.code(job.command),
        described(job),
        ink.info(job.size or "default"),
        f"{_stamp(job.last_at)} {job.dyno}" if job.last_at else "never",
        _stamp(wall_time(view.world, job.next_at)),
        ink.warning(f"{count}, until {_stamp(job.missed_until_at)}") if count else "",
    )


def _missed(job: Job) -> int:
    """How many runs, the last time that some were missed."""
    if not job.missed_until_at:
        return 0
    return round((job.missed_until_at - job.missed_since_at) / period(job)) + 1


def _stamp(wall: float) -> str:
    """`2026-01-02 03:04`, as coarse as a schedule is; with seconds where time runs faster."""
    text = iso(wall).removesuffix("Z").replace("T", " ")
    return text.removesuffix(":00") if wall % MINUTE == 0 else text


ROUTES = (
    Route("GET", JOBS, jobs),
    Route("POST", JOBS, add),
    Route("DELETE", f"{JOBS}/{{job}}", remove),
    Route("POST", f"{JOBS}/{{job}}/actions/run", run),
)

"""Heroku Scheduler's jobs."""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument, Option

from emulator.cli.definition.parameters import SCHEDULER, App, CommandWords, Dir, Size
from emulator.cli.registry import command

JobId = Annotated[str, Argument(metavar="JOB", help="The job's id, as `scheduler` lists it")]


@command(
    "scheduler",
    "scheduler:jobs",
    SCHEDULER,
    examples="""
        hk-local addons:create scheduler:standard  # once
        hk-local scheduler --json
    """,
)
def scheduler(
    json: Annotated[bool, Option("--json", help="Print JSON")] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """List the scheduled jobs.

    It shows when each ran last, when it runs next, and what was missed when.
    """


@command(
    "scheduler:add",
    "scheduler:add",
    SCHEDULER,
    raw=True,
    examples="""
        hk-local scheduler:add --every 10m python poll.py
        hk-local scheduler:add --every hour --at :30 --size standard-2x rake report
        hk-local scheduler:add --every day --at 02:30 cleanup  # a process type of the Procfile
    """,
)
def scheduler_add(
    words: CommandWords,
    every: Annotated[
        Literal["10m", "hour", "day"], Option("--every", metavar="10m|hour|day", help="How often")
    ] = "day",
    at: Annotated[
        str | None,
        Option("--at", metavar="TIME", help="In UTC: :00, :10 ... of an hour, 02:30 of a day"),
    ] = None,
    size: Size = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Run a command every 10 minutes, every hour or every day.

    Each run is a one-off dyno. As on Heroku, a run that takes longer than until the next one is
    stopped, and what is due while no emulator runs is missed, not caught up. Options come before
    the command.
    """


@command("scheduler:remove", "scheduler:remove", SCHEDULER, examples="hk-local scheduler:remove 2")
def scheduler_remove(job: JobId, app: App = None, dir: Dir = None) -> None:
    """Remove a scheduled job; a run that is under way goes on."""


@command("scheduler:run", "scheduler:run", SCHEDULER, examples="hk-local scheduler:run 1")
def scheduler_run(job: JobId, app: App = None, dir: Dir = None) -> None:
    """Run a scheduled job now, besides when it is due."""


@command("scheduler:open", "scheduler:open_page", SCHEDULER, examples="hk-local scheduler:open")
def scheduler_open(
    print_only: Annotated[
        bool, Option("--print", help="Print the address, do not open a browser")
    ] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Open the page of the scheduled jobs in a browser.

    Its address is good for one use within five minutes.
    """

"""One-off dynos."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import (
    NONE,
    ONE_OFFS,
    App,
    CommandWords,
    Dir,
    Env,
    Ignored,
    Size,
    Type,
)
from emulator.cli.registry import command

NoTty = Annotated[bool, Option("--no-tty", help="Pipes, even where there is a terminal")]


@command(
    "run",
    "run:run",
    ONE_OFFS,
    raw=True,
    examples="""
        hk-local run bash
        hk-local run -e 'DEBUG=1;LEVEL=2' -- python manage.py migrate --plan
        hk-local run worker --once          # a process type of the Procfile, with arguments
        hk-local run 'ls | wc -l'           # one argument is read by the shell
        hk-local run pg_dump mydb > dump.sql
    """,
)
def run(
    words: CommandWords,
    env: Env = NONE,
    no_tty: NoTty = False,
    size: Size = None,
    type: Type = None,
    exit_code: Annotated[bool, Option("--exit-code", "-x", hidden=True)] = False,
    no_launcher: Ignored = False,
    no_notify: Ignored = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Run a command in a one-off dyno, attached to this terminal.

    Without a terminal the command has the pipes or files that this one has. The exit code is the
    command's. It works without an emulator, too. Options come before the command; all that
    follows is the command's.
    """


@command(
    "run:detached",
    "run:detached",
    ONE_OFFS,
    raw=True,
    examples="""
        hk-local run:detached python import.py
        hk-local run:detached --tail python import.py  # and show its log
    """,
)
def run_detached(
    words: CommandWords,
    env: Env = NONE,
    size: Size = None,
    type: Type = None,
    tail: Annotated[bool, Option("--tail", "-t", help="Show its log")] = False,
    no_launcher: Ignored = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Run a command in a one-off dyno whose output goes to the log."""


@command("console", "run:console", ONE_OFFS, examples="hk-local console -e DEBUG=1")
def console(env: Env = NONE, size: Size = None, app: App = None, dir: Dir = None) -> None:
    """Run the Procfile's `console` in a one-off, attached."""


@command(
    "run:inside",
    "run:inside",
    ONE_OFFS,
    raw=True,
    examples="hk-local run:inside web.1 'echo $PORT'",
)
def run_inside(
    words: Annotated[
        list[str], Argument(metavar="DYNO COMMAND...", help="A dyno, and what to run there")
    ],
    env: Env = NONE,
    no_tty: NoTty = False,
    exit_code: Annotated[bool, Option("--exit-code", "-x", hidden=True)] = False,
    no_launcher: Ignored = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Run a command beside a dyno, attached.

    It has the dyno's size and $PORT, and the terminal or the pipes that this command has.
    """


@command(
    "ps:exec",
    "run:exec_",
    ONE_OFFS,
    raw=True,
    hidden_aliases=("dyno:exec",),
    examples="""
        hk-local ps:exec                      # a shell beside web.1
        hk-local ps:exec -d worker.1 -- ps x
        hk-local ps:exec --status
    """,
)
def ps_exec(
    words: Annotated[list[str], Argument(metavar="[COMMAND]...", help="What to run")] = NONE,
    dyno: Annotated[str, Option("--dyno", "-d", metavar="DYNO", help="Which dyno")] = "web.1",
    status: Annotated[bool, Option("--status", help="List the dynos that it can go to")] = False,
    ssh: Annotated[bool, Option("--ssh", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Open a shell beside a dyno, or run a command there.

    All dynos are on this machine and in this folder, so it is run:inside.
    """

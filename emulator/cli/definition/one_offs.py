"""One-off dynos."""

from __future__ import annotations

from typing import Annotated

from typer import Option

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
    no_tty: Annotated[
        bool, Option("--no-tty", help="Pipes, even where there is a terminal")
    ] = False,
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

"""The official Heroku CLI, led to the running app."""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument, Option

from emulator.cli.definition.parameters import HEROKU, NONE, App, Dir
from emulator.cli.registry import command


@command(
    "heroku",
    "heroku:heroku",
    HEROKU,
    raw=True,
    examples="""
        hk-local heroku ps
        hk-local heroku run bash
        hk-local heroku config:set DEBUG=1
    """,
)
def heroku(
    words: Annotated[
        list[str], Argument(metavar="[WORDS]...", help="What the Heroku CLI is told")
    ] = NONE,
) -> None:
    """Run the official Heroku CLI against the running app.

    It is the `heroku` of your PATH with the environment of `hk-local env`; all words after
    `hk-local heroku` are its own, `--help` too, and so is the exit code. Which app it is says the
    current folder, or HK_LOCAL_DIR.
    """


@command(
    "env",
    "env:env",
    HEROKU,
    examples="""
        eval "$(hk-local env)"           # from now on `heroku` means this app
        eval "$(hk-local env --unset)"   # and now no more
        hk-local env --shell fish | source
    """,
)
def env(
    shell: Annotated[
        Literal["sh", "fish"], Option("--shell", help="Whose syntax: sh (bash, zsh) or fish")
    ] = "sh",
    json: Annotated[bool, Option("--json", help="Print the variables as JSON")] = False,
    unset: Annotated[bool, Option("--unset", help="Print what undoes it")] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Print the environment that leads `heroku` to the running app.

    If no emulator runs it prints nothing to stdout and exits with 1. It contains the token of this
    app's API; it is of no use at Heroku.
    """

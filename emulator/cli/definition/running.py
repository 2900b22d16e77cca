"""The emulator asked how it is, and to stop."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from emulator.cli.definition.parameters import RUN, App, Dir, Json
from emulator.cli.registry import command


@command(
    "stop",
    "emulator:stop",
    RUN,
    examples="""
        hk-local stop         # SIGTERM to every dyno, SIGKILL to what is left after 30 seconds
        hk-local stop --kill  # at once
    """,
)
def stop(
    kill: Annotated[bool, Option("--kill", help="Do not wait for the dynos")] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Stop the emulator and all dynos.

    It says what it waits for. Ctrl-C ends this command only; the emulator goes on stopping.
    Heroku's `stop`, for one dyno, is `ps:stop` or `kill` here.
    """


@command("status", "emulator:status", RUN, examples="hk-local status --json")
def status(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """Tell what runs here: the app, its address, its release."""

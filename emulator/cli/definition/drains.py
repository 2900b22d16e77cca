"""Log drains."""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument, Option

from emulator.cli.definition.parameters import LOGS, App, Dir, Json
from emulator.cli.registry import command


@command("drains", "drains:drains", LOGS, examples="hk-local drains")
def drains(
    json: Json = False,
    extended: Annotated[bool, Option("--extended", "-x", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """List the log drains, and how each one does.

    That is the lines that it has delivered, lost and still has since the start, and what went wrong
    last.
    """


@command(
    "drains:add",
    "drains:add",
    LOGS,
    examples="""
        hk-local drains:add https://user:password@localhost:8000/logs
        hk-local drains:add syslog://localhost:514
        hk-local drains:add "file://$PWD/shop.log"   # a plain file
        hk-local drains:add "file://$PWD/archive/"   # a folder for each day, compressed
    """,
)
def drains_add(
    url: Annotated[str, Argument(metavar="URL", help="https, http, syslog, syslog+tls or file")],
    format: Annotated[
        Literal["rfc5424"] | None,
        Option("--format", help="For receivers that refuse Heroku's dialect of syslog"),
    ] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Send the log, from now on, to a receiver of yours.

    Lines are framed and batched as Heroku does it. What a receiver cannot take in time is dropped
    and counted (L10); nothing else waits for it.
    """


@command(
    "drains:remove",
    "drains:remove",
    LOGS,
    examples="hk-local drains:remove syslog://localhost:514",
)
def drains_remove(
    url: Annotated[str, Argument(metavar="URL | TOKEN", help="As drains lists it")],
    app: App = None,
    dir: Dir = None,
) -> None:
    """Send nothing more to that receiver."""

"""The log."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from emulator.cli.definition.parameters import LOGS, App, Dir, Ignored
from emulator.cli.registry import command


@command(
    "logs",
    "logs:logs",
    LOGS,
    examples="""
        hk-local logs --tail                # follow
        hk-local logs -n 500 -p worker      # the last 500 lines of all workers
        hk-local logs -d web.1 -s heroku    # what the platform said of web.1
        hk-local logs --since 10m --grep ERROR
    """,
)
def logs(
    num: Annotated[
        int | None,
        Option("--num", "-n", metavar="LINES", min=1, help="Last lines to show; 100 if not said"),
    ] = None,
    tail: Annotated[bool, Option("--tail", "-t", help="Go on with what comes")] = False,
    source: Annotated[
        str | None, Option("--source", "-s", metavar="SOURCE", help="Only of app, or of heroku")
    ] = None,
    dyno_name: Annotated[
        str | None, Option("--dyno-name", "--dyno", "-d", metavar="DYNO", help="Only of this dyno")
    ] = None,
    process_type: Annotated[
        str | None,
        Option("--process-type", "--ps", "-p", metavar="TYPE", help="Only of this process type"),
    ] = None,
    since: Annotated[
        str | None,
        Option("--since", metavar="10m", help="Only of the last seconds, minutes, hours (s, m, h)"),
    ] = None,
    grep: Annotated[
        str | None, Option("--grep", metavar="TEXT", help="Only lines that contain the text")
    ] = None,
    json: Annotated[bool, Option("--json", help="A JSON object a line")] = False,
    no_color: Ignored = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Show the log of the dynos and of the platform."""

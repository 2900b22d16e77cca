"""What several commands have in common: options, and the groups of --help."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

RUN = "Run the app"
DYNOS = "Dynos"
APP = "The app"
LOGS = "Logs"
ONE_OFFS = "One-offs"
RELEASES = "Releases"
ADDONS = "Add-ons"
SCHEDULER = "Scheduler"
WEB = "Web"
HEROKU = "Heroku CLI"
OTHER = "Other"
EVERYWHERE = "Every command"

App = Annotated[
    str | None,
    Option("--app", "-a", metavar="NAME", help="App to ask", rich_help_panel=EVERYWHERE),
]
Dir = Annotated[
    str | None,
    Option(
        "--dir",
        "-C",
        metavar="DIR",
        help="The app's folder, if not the current one or one above it (also $HK_LOCAL_DIR)",
        rich_help_panel=EVERYWHERE,
    ),
]
Json = Annotated[bool, Option("--json", help="Print JSON, as the Platform API has it")]
DynoName = Annotated[str | None, Option("--dyno-name", "-d", metavar="DYNO", help="This dyno")]
ProcessType = Annotated[
    str | None, Option("--process-type", "-p", metavar="TYPE", help="All dynos of this type")
]
Dyno = Annotated[str | None, Argument(metavar="[DYNO]", help="A dyno, such as web.1")]
Env = Annotated[
    list[str],
    Option("--env", "-e", metavar="A=1;B=2", help="Set variables for this one-off; repeatable"),
]
Size = Annotated[str | None, Option("--size", "-s", metavar="SIZE", help="Dyno size")]
Type = Annotated[str | None, Option("--type", metavar="TYPE", help="Process type of the dyno")]
Shell = Annotated[bool, Option("--shell", "-s", help="Print lines that a shell can read")]
CommandWords = Annotated[
    list[str], Argument(metavar="COMMAND...", help="A command, or a process type and arguments")
]
Ignored = Annotated[bool, Option(hidden=True)]
"""An option of the Heroku CLI that has nothing to do here."""

NONE: list[str] = []

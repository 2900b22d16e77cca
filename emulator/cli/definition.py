"""The commands of hk-local: their names, arguments, options and help. Typer reads them here.

A well-formed command line never comes here: emulator/cli/table.py, generated from this module,
says the same to a parser that starts in a millisecond. `python -m emulator.cli.generate` after
every change.
"""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument, Context, Exit, Option

from emulator.cli.registry import ROOT as ROOT
from emulator.cli.registry import command

RUN = "Run the app"
DYNOS = "Dynos"
LOGS = "Logs"
ONE_OFFS = "One-offs"
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
CommandWords = Annotated[
    list[str], Argument(metavar="COMMAND...", help="A command, or a process type and arguments")
]
Ignored = Annotated[bool, Option(hidden=True)]
"""An option of the Heroku CLI that has nothing to do here."""

NONE: list[str] = []


def _print_version(wanted: bool) -> None:
    if wanted:
        from emulator.cli.commands.version import version

        raise Exit(version())


@ROOT.callback()
def hk_local(
    context: Context,
    version: Annotated[
        bool, Option("--version", callback=_print_version, is_eager=True, help="Print the version")
    ] = False,
) -> None:
    """A local Heroku: the process types of a Procfile run as dynos, under Heroku's process model.

    Start with `hk-local start` in a folder with a Procfile; every other command works from a
    second terminal in the same folder. Commands and options are those of the Heroku CLI.

    `hk-local COMMAND --help` explains a command, with examples.
    """


@command(
    "start",
    "start:start",
    RUN,
    examples="""
        hk-local start                     # one dyno of each process type
        hk-local start web worker=2        # only web, and two workers
        hk-local start -m clock=0 -p 8080  # all but the clock; web at port 8080
        hk-local start -d                  # in the background; hk-local stop ends it
    """,
)
def start(
    processes: Annotated[
        list[str], Argument(metavar="[TYPE[=N]]...", help="Run only these process types")
    ] = NONE,
    procfile: Annotated[
        str, Option("--procfile", "-f", metavar="FILE", help="The Procfile")
    ] = "Procfile",
    env: Annotated[
        list[str],
        Option("--env", "-e", metavar="FILE", help="Instead of .env; repeatable, the last wins"),
    ] = NONE,
    formation: Annotated[
        list[str],
        Option("--formation", "-m", metavar="web=2,worker=0", help="Dynos of each type; or all=1"),
    ] = NONE,
    only: Annotated[
        list[str], Option("--only", metavar="TYPE,...", help="Run only these process types")
    ] = NONE,
    exclude: Annotated[
        list[str], Option("--except", metavar="TYPE,...", help="Run all but these process types")
    ] = NONE,
    heroku_formation: Annotated[
        bool,
        Option("--heroku-formation", help="At first web at 1 and all others at 0, as on Heroku"),
    ] = False,
    port: Annotated[
        int | None,
        Option("--port", "-p", metavar="PORT", min=1, max=65535, help="Port of the app's web"),
    ] = None,
    strict_bind: Annotated[
        bool, Option("--strict-bind", help="A web dyno that listens on loopback only gets R10")
    ] = False,
    pace: Annotated[
        Literal["heroku"] | None, Option("--pace", help="Take as long as Heroku takes")
    ] = None,
    time_scale: Annotated[
        float,
        Option("--time-scale", metavar="N", help="Cycling, cool-off and idling N times faster"),
    ] = 1.0,
    no_reload: Annotated[
        bool, Option("--no-reload", help="An edit of Procfile or .env restarts nothing")
    ] = False,
    no_prefix: Annotated[
        bool, Option("--no-prefix", help="Lines as the dynos write them, without their names")
    ] = False,
    timestamps: Annotated[
        Literal["heroku", "time", "none"],
        Option("--timestamps", help="The time before each line: in full, of the day, or none"),
    ] = "heroku",
    log_size: Annotated[
        int, Option("--log-size", metavar="MB", min=1, help="Most that the log history may take")
    ] = 256,
    detach: Annotated[
        bool, Option("--detach", "-d", help="Return once every dyno is up; run in the background")
    ] = False,
    app: Annotated[
        str | None, Option("--app", "-a", metavar="NAME", help="Name of the app")
    ] = None,
    dir: Dir = None,
) -> None:
    """Run the app, a dyno of each process type, and show its log.

    Ctrl-C stops all dynos, SIGTERM first and SIGKILL after 30 seconds; a second Ctrl-C ends the
    wait, a third kills at once. Closing the terminal, SIGTERM and SIGHUP stop them as well.

    What was scaled is remembered for the next start. An edit of Procfile or .env is a new release
    and restarts the dynos.
    """


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


@command(
    "ps",
    "ps:dynos",
    DYNOS,
    examples="""
        hk-local ps             # all dynos
        hk-local ps web worker  # of these process types
        hk-local ps --json | jq -r '.[] | select(.state == "crashed").name'
    """,
)
def ps(
    types: Annotated[
        list[str], Argument(metavar="[TYPE]...", help="Only dynos of these process types")
    ] = NONE,
    json: Json = False,
    extended: Annotated[bool, Option("--extended", "-x", hidden=True)] = False,
    no_wrap: Ignored = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """List the dynos and their states."""


@command(
    "ps:scale",
    "ps:scale",
    DYNOS,
    hidden_aliases=("dyno:scale", "scale"),
    examples="""
        hk-local ps:scale                            # what the formation is
        hk-local ps:scale web=2                      # two web dynos
        hk-local ps:scale web+1 worker=0             # one more web dyno, no worker
        hk-local ps:scale web=3:Standard-2X worker-1 # with a new dyno size
    """,
)
def ps_scale(
    changes: Annotated[
        list[str], Argument(metavar="[TYPE=N[:SIZE]]...", help="Also TYPE+N and TYPE-N")
    ] = NONE,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Run more or fewer dynos of a process type, or of another size.

    Without arguments it prints the formation, in a form that ps:scale takes.
    """


@command(
    "ps:restart",
    "ps:restart",
    DYNOS,
    hidden_aliases=("dyno:restart", "restart"),
    examples="""
        hk-local ps:restart                     # all dynos
        hk-local ps:restart --dyno-name web.1   # one
        hk-local ps:restart --process-type web  # all of a process type
    """,
)
def ps_restart(
    dyno: Dyno = None,
    dyno_name: DynoName = None,
    process_type: ProcessType = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Restart dynos.

    As on Heroku, the new process starts at once, while the old one has 30 seconds from SIGTERM.
    """


@command(
    "ps:stop",
    "ps:stop",
    DYNOS,
    hidden_aliases=("dyno:stop", "ps:kill", "dyno:kill", "kill"),
    examples="""
        hk-local ps:stop --dyno-name run.1828  # end a one-off
        hk-local ps:stop --process-type run    # end all one-offs
    """,
)
def ps_stop(
    dyno: Dyno = None,
    dyno_name: DynoName = None,
    process_type: ProcessType = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Stop dynos; those of the formation are started again.

    To have fewer of them, use ps:scale.
    """


@command(
    "ps:type",
    "sizes:sizes",
    DYNOS,
    hidden_aliases=("ps:resize", "dyno:resize", "resize", "dyno:type"),
    examples="""
        hk-local ps:type                     # sizes and what they would cost
        hk-local ps:type standard-1x         # every process type
        hk-local ps:type worker=standard-2x  # one
    """,
)
def ps_type(
    sizes: Annotated[
        list[str], Argument(metavar="[SIZE | TYPE=SIZE...]", help="Dyno sizes")
    ] = NONE,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Show or change dyno sizes.

    A size says how much memory a dyno may use before it exceeds its quota (R14, R15).
    """


@command("ps:wait", "wait:wait", DYNOS, examples="hk-local ps:wait --type web")
def ps_wait(
    type: Annotated[
        str | None, Option("--type", "-t", metavar="TYPE", help="Only dynos of this process type")
    ] = None,
    with_run: Annotated[
        bool, Option("--with-run", "-R", help="Wait for one-off dynos, too")
    ] = False,
    wait_interval: Annotated[int, Option("--wait-interval", "-w", hidden=True)] = 10,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Wait until every dyno runs the latest release.

    The exit code is 1 if one has crashed.
    """


@command(
    "ps:cycle",
    "ps:cycle",
    DYNOS,
    examples="""
        hk-local ps:cycle        # all dynos
        hk-local ps:cycle web.1  # one
    """,
)
def ps_cycle(
    target: Annotated[
        str | None, Argument(metavar="[DYNO | TYPE]", help="A dyno or a process type")
    ] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Cycle dynos now, not only once a day."""


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


@command("releases", "emulator:releases", OTHER, examples="hk-local releases -n 5")
def releases(
    num: Annotated[int, Option("--num", "-n", metavar="N", min=1, help="How many releases")] = 15,
    json: Json = False,
    extended: Annotated[bool, Option("--extended", "-x", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """List the releases.

    The first start is one, and so is each edit of Procfile or .env since.
    """


@command("version", "version:version", OTHER, examples="hk-local version")
def version() -> None:
    """Print the version of hk-local, the system and Python."""


@command(
    "completion",
    "completion:script",
    OTHER,
    examples="""
        eval "$(hk-local completion bash)"              # in ~/.bashrc
        source <(hk-local completion zsh)               # in ~/.zshrc, after compinit
        hk-local completion fish | source               # in ~/.config/fish/config.fish
    """,
)
def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish"], Argument(metavar="bash|zsh|fish", help="The shell")
    ],
) -> None:
    """Print the script that makes TAB complete.

    It completes commands, options, process types and the names of dynos.
    """


@command("_complete", "completion:candidates", OTHER, hidden=True)
def complete(
    what: Annotated[Literal["types", "dynos"], Argument()],
) -> None:
    """What a completion script asks for, one name a line; nothing if it cannot be told."""

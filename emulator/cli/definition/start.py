"""`start` and its options."""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument, Option

from emulator.cli.definition.parameters import NONE, RUN, Dir
from emulator.cli.registry import command

Processes = Annotated[
    list[str], Argument(metavar="[TYPE[=N]]...", help="Run only these process types")
]
Procfile = Annotated[str, Option("--procfile", "-f", metavar="FILE", help="The Procfile")]
EnvFile = Annotated[
    list[str],
    Option("--env", "-e", metavar="FILE", help="Instead of .env; repeatable, the last wins"),
]
Formation = Annotated[
    list[str],
    Option("--formation", "-m", metavar="web=2,worker=0", help="Dynos of each type; or all=1"),
]
Only = Annotated[
    list[str], Option("--only", metavar="TYPE,...", help="Run only these process types")
]
Except = Annotated[
    list[str], Option("--except", metavar="TYPE,...", help="Run all but these process types")
]
HerokuFormation = Annotated[
    bool, Option("--heroku-formation", help="At first web at 1 and all others at 0, as on Heroku")
]
Port = Annotated[
    int | None,
    Option(
        "--port",
        "-p",
        metavar="PORT",
        min=1,
        max=65535,
        help="Port of the app; else $PORT of .env, else 5000 or the next that is free",
    ),
]
Host = Annotated[
    str,
    Option("--host", metavar="ADDRESS", help="Listen there, as on 0.0.0.0; else on loopback only"),
]
Tls = Annotated[
    bool, Option("--tls", help="Serve the app over https, with a certificate of this machine")
]
ForwardedProto = Annotated[
    Literal["http", "https"] | None,
    Option("--forwarded-proto", help="What X-Forwarded-Proto says, whatever the truth is"),
]
RouterLog = Annotated[
    Literal["2.0", "legacy"],
    Option("--router-log", help="Router lines as of Heroku's Router 2.0 or of the legacy one"),
]
NoRouter = Annotated[
    bool, Option("--no-router", help="Web dynos are reached at ports of their own; web.1 at --port")
]
ApiPort = Annotated[
    int | None,
    Option(
        "--api-port",
        metavar="PORT",
        min=1,
        max=65535,
        help="Port of the API, for the Heroku CLI; else any, and the same at the next start",
    ),
]
StrictBind = Annotated[
    bool, Option("--strict-bind", help="A web dyno that listens on loopback only gets R10")
]
Pace = Annotated[Literal["heroku"] | None, Option("--pace", help="Take as long as Heroku takes")]
TimeScale = Annotated[
    float,
    Option(
        "--time-scale", metavar="N", help="Cycling, cool-off, idling and Scheduler N times faster"
    ),
]
Reload = Annotated[
    list[str],
    Option(
        "--reload",
        metavar="TYPE,...",
        help="Restart these at a change of code; else all whose command does not reload itself",
    ),
]
NoReload = Annotated[
    bool, Option("--no-reload", help="An edit of code, Procfile or .env restarts nothing")
]
NoPrefix = Annotated[
    bool, Option("--no-prefix", help="Lines as the dynos write them, without their names")
]
Timestamps = Annotated[
    Literal["heroku", "time", "none"],
    Option("--timestamps", help="The time before each line: in full, of the day, or none"),
]
LogSize = Annotated[
    int, Option("--log-size", metavar="MB", min=1, help="Most that the log history may take")
]
Detach = Annotated[
    bool, Option("--detach", "-d", help="Return once every dyno is up; run in the background")
]
Ephemeral = Annotated[
    bool,
    Option("--ephemeral", help="Each dyno gets a copy of the folder of its own, gone when it ends"),
]
InPlace = Annotated[
    bool, Option("--in-place", help="Run this folder, though something else was deployed last")
]
App = Annotated[str, Option("--app", "-a", metavar="NAME", help="Name of the app")]


@command(
    "start",
    "start:start",
    RUN,
    examples="""
        hk-local start                     # one dyno of each process type
        hk-local start web worker=2        # only web, and two workers
        hk-local start -m clock=0 -p 8080  # all but the clock; the app at port 8080
        hk-local start --tls               # at https://localhost:5000
        hk-local start -d                  # in the background; hk-local stop ends it
    """,
)
def start(
    processes: Processes = NONE,
    procfile: Procfile = "Procfile",
    env: EnvFile = NONE,
    formation: Formation = NONE,
    only: Only = NONE,
    exclude: Except = NONE,
    heroku_formation: HerokuFormation = False,
    port: Port = None,
    host: Host = "",
    tls: Tls = False,
    forwarded_proto: ForwardedProto = None,
    router_log: RouterLog = "2.0",
    no_router: NoRouter = False,
    api_port: ApiPort = None,
    strict_bind: StrictBind = False,
    pace: Pace = None,
    time_scale: TimeScale = 1.0,
    reload: Reload = NONE,
    no_reload: NoReload = False,
    no_prefix: NoPrefix = False,
    timestamps: Timestamps = "heroku",
    log_size: LogSize = 256,
    detach: Detach = False,
    ephemeral: Ephemeral = False,
    in_place: InPlace = False,
    app: App = "",
    dir: Dir = None,
) -> None:
    """Run the app, a dyno of each process type, and show its log.

    Web dynos stand behind a router at http://localhost:5000, as they do on Heroku.

    Ctrl-C stops all dynos, SIGTERM first and SIGKILL after 30 seconds; a second Ctrl-C ends the
    wait, a third kills at once. Closing the terminal, SIGTERM and SIGHUP stop them as well.

    Dynos run in this folder or, once something was deployed, each in a copy of its slug of its own.

    What was scaled is remembered for the next start. An edit of Procfile or .env is a new release
    and restarts the dynos; an edit of the code restarts them without one.
    """

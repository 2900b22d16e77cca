"""Dynos listed, scaled, restarted, stopped."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import (
    DYNOS,
    NONE,
    App,
    Dir,
    Dyno,
    DynoName,
    Ignored,
    Json,
    ProcessType,
)
from emulator.cli.registry import command


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
        hk-local ps:scale web=3:Standard-2X worker+1 # with a new dyno size
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


@command("usage", "emulator:usage", DYNOS, examples="hk-local usage")
def usage(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """Show dyno hours, and what they would have cost on Heroku.

    What has run in this app's folder this month is added up, one-offs too, and kept between
    starts. ps:type says what the formation would cost.
    """

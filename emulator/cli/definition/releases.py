"""Releases: their list, one of them, what its command wrote, rollback and retry."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import RELEASES, App, Dir, Json
from emulator.cli.registry import command

Release = Annotated[
    str | None, Argument(metavar="[RELEASE]", help="A release, such as v12; else the last one")
]

NoWait = Annotated[
    bool, Option("--no-wait", help="Return once it is released, before its dynos are up")
]


@command("releases", "releases:releases", RELEASES, examples="hk-local releases -n 5")
def releases(
    num: Annotated[int, Option("--num", "-n", metavar="N", min=1, help="How many releases")] = 15,
    json: Json = False,
    extended: Annotated[bool, Option("--extended", "-x", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """List the releases.

    A deploy is one, and so is each change of config vars, be it by config:set or in .env itself.
    """


@command(
    "releases:info",
    "releases:info",
    RELEASES,
    examples="""
        hk-local releases:info             # the last release
        hk-local releases:info v2 --shell  # its config vars as a shell reads them
    """,
)
def releases_info(
    release: Release = None,
    json: Json = False,
    shell: Annotated[bool, Option("--shell", "-s", help="Config vars as a shell reads them")] = (
        False
    ),
    app: App = None,
    dir: Dir = None,
) -> None:
    """Show a release, with its config vars as they were then."""


@command(
    "releases:output",
    "releases:output",
    RELEASES,
    examples="hk-local releases:output v12",
)
def releases_output(release: Release = None, app: App = None, dir: Dir = None) -> None:
    """Show what a release's command has written, until it ends."""


@command(
    "releases:rollback",
    "releases:rollback",
    RELEASES,
    hidden_aliases=("rollback",),
    examples="""
        hk-local releases:rollback      # to the release before this one
        hk-local releases:rollback v12
    """,
)
def releases_rollback(
    release: Annotated[
        str | None,
        Argument(metavar="[RELEASE]", help="A release, such as v12; else the one before"),
    ] = None,
    no_wait: NoWait = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Release the code and config vars of an earlier release again.

    It is a new release; the config vars in .env are as they were then. The exit code is 1 if its
    release command fails or a dyno crashes.
    """


@command("releases:retry", "releases:retry", RELEASES, examples="hk-local releases:retry")
def releases_retry(no_wait: NoWait = False, app: App = None, dir: Dir = None) -> None:
    """Run the last release's command once more.

    That is a new release. The exit code is 1 if it fails or a dyno crashes.
    """

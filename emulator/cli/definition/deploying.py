"""Code deployed."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import NONE, RUN, App, Dir
from emulator.cli.registry import command


@command(
    "deploy",
    "deploy:deploy",
    RUN,
    examples="""
        hk-local deploy             # build this folder's code and run it
        hk-local deploy --no-wait   # do not wait for the dynos
    """,
)
def deploy(
    no_wait: Annotated[
        bool, Option("--no-wait", help="Return once it is released, before its dynos are up")
    ] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Build the code in the app's folder and run it, as a release.

    The slug has what git tracks and what it does not ignore, as it is now, without what .slugignore
    names; then bin/build runs in it, if there is one. From then on every dyno has a copy of the
    slug of its own, and what it writes there is lost when it ends, as on Heroku. The folder runs
    again with hk-local start --in-place.

    The exit code is 1 if the build or the release command fails, or a dyno crashes; a release that
    fails leaves the one before running.
    """


@command(
    "git:remote",
    "git:remote",
    RUN,
    examples="""
        hk-local git:remote && git push hk-local main
        hk-local git:remote --remote local
    """,
)
def git_remote(
    name: Annotated[
        str, Option("--remote", "-r", metavar="NAME", help="Name of the git remote")
    ] = "hk-local",
    app: App = None,
    dir: Dir = None,
) -> None:
    """Add a git remote; a push of main to it deploys the commit.

    master is as good as main, and other branches deploy nothing.

    It is written to this repository's own .git/config, together with a credential helper for this
    address alone; the token itself is not written there, nor is anything of yours outside of it.
    """


@command("git:credentials", "git:credentials", RUN, hidden=True)
def git_credentials(
    words: Annotated[list[str], Argument()] = NONE,
) -> None:
    """What git asks its credential helper."""

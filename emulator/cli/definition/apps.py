"""The app itself."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import APP, App, Dir, Shell
from emulator.cli.registry import command


@command(
    "apps:info",
    "apps:info",
    APP,
    hidden_aliases=("info",),
    examples="""
        hk-local apps:info
        hk-local apps:info --shell | grep ^web_url
    """,
)
def apps_info(
    json: Annotated[bool, Option("--json", "-j", help="Print JSON")] = False,
    shell: Shell = False,
    extended: Annotated[bool, Option("--extended", "-x", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Show where the app's web is, how many dynos it has, and more."""


@command(
    "apps:rename",
    "apps:rename",
    APP,
    hidden_aliases=("rename",),
    examples="hk-local apps:rename shop-2",
)
def apps_rename(
    newname: Annotated[str, Argument(metavar="NAME", help="The new name")],
    app: App = None,
    dir: Dir = None,
) -> None:
    """Give the app another name than its folder's.

    It is remembered; no dyno restarts, and the folder keeps its name.
    """


@command(
    "apps:destroy",
    "apps:destroy",
    APP,
    hidden_aliases=("destroy", "apps:delete"),
    examples="hk-local apps:destroy --confirm shop",
)
def apps_destroy(
    name: Annotated[str | None, Argument(metavar="[NAME]", help="The app")] = None,
    confirm: Annotated[
        str | None,
        Option("--confirm", "-c", metavar="NAME", help="The name, so as not to be asked"),
    ] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Stop the app and delete what hk-local knows of it.

    That is the folder `.hk-local`: releases, formation, log, the data of add-ons. Code, Procfile
    and `.env` stay; the next `hk-local start` makes a new app of them.
    """

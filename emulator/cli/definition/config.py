"""Config vars shown and changed."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import APP, App, Dir, Shell
from emulator.cli.registry import command

AsJson = Annotated[bool, Option("--json", "-j", help="Print JSON")]
Names = Annotated[list[str], Argument(metavar="NAME...", help="Names of config vars")]


@command(
    "config",
    "config:config",
    APP,
    examples="""
        hk-local config
        hk-local config --json | jq -r .DATABASE_URL
    """,
)
def config(json: AsJson = False, shell: Shell = False, app: App = None, dir: Dir = None) -> None:
    """Show the config vars of the current release."""


@command("config:get", "config:get", APP, examples="hk-local config:get DATABASE_URL")
def config_get(
    names: Names, json: AsJson = False, shell: Shell = False, app: App = None, dir: Dir = None
) -> None:
    """Print the value of a config var.

    If it is not set that is an empty line.
    """


@command(
    "config:set",
    "config:set_",
    APP,
    hidden_aliases=("config:add",),
    examples="hk-local config:set DEBUG=1 'GREETING=good morning'",
)
def config_set(
    pairs: Annotated[list[str], Argument(metavar="NAME=VALUE...", help="What to set")],
    app: App = None,
    dir: Dir = None,
) -> None:
    """Set config vars.

    It edits `.env` in place, makes a release and restarts the dynos.
    """


@command(
    "config:unset",
    "config:unset",
    APP,
    hidden_aliases=("config:remove",),
    examples="hk-local config:unset DEBUG GREETING",
)
def config_unset(names: Names, app: App = None, dir: Dir = None) -> None:
    """Remove config vars.

    It edits `.env` in place, makes a release and restarts the dynos.
    """


@command(
    "config:edit",
    "edit:edit",
    APP,
    examples="""
        hk-local config:edit               # all of them
        EDITOR=nano hk-local config:edit   # in another editor
        hk-local config:edit GREETING      # one value, which may have many lines
    """,
)
def config_edit(
    name: Annotated[
        str | None, Argument(metavar="[NAME]", help="Edit the value of this one only")
    ] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Edit the config vars in $VISUAL or $EDITOR.

    It shows what differs, and asks before it changes anything.
    """

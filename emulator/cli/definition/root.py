"""`hk-local` itself."""

from __future__ import annotations

from typing import Annotated

from rich.markup import escape
from typer import Exit, Option

from emulator.cli.registry import ROOT, paragraphs


def _print_version(wanted: bool) -> None:
    if wanted:
        from emulator.cli.commands.version import version

        raise Exit(version())


def hk_local(
    version: Annotated[
        bool, Option("--version", callback=_print_version, is_eager=True, help="Print the version")
    ] = False,
) -> None:
    """A local Heroku: the process types of a Procfile run as dynos, under Heroku's process model.

    Start with `hk-local start` in a folder with a Procfile; every other command works from a
    second terminal in the same folder. Commands and options are those of the Heroku CLI.

    `hk-local COMMAND --help` explains a command, with examples.
    """


ROOT.callback(help=escape(paragraphs(hk_local)))(hk_local)

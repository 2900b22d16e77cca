"""The version, completion."""

from __future__ import annotations

from typing import Annotated, Literal

from typer import Argument

from emulator.cli.definition.parameters import OTHER
from emulator.cli.registry import command


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

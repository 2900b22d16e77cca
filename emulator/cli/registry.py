"""How a command of emulator/cli/definition.py is told to Typer, with its examples and aliases."""

from __future__ import annotations

from functools import wraps
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from typer import Exit, Typer

from emulator.cli.call import call

if TYPE_CHECKING:
    from collections.abc import Callable

HELP_OPTIONS = {"help_option_names": ["--help", "-h"]}

ROOT = Typer(
    name="hk-local",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings=HELP_OPTIONS,
)

TARGETS: dict[str, str] = {}
"""Command name to the function that does it, as `module:name` in emulator.cli.commands."""

ALIASES: dict[str, str] = {}
"""Another name to the command's own."""

EXAMPLES: dict[str, str] = {}

SIGNATURES: dict[str, Callable[..., None]] = {}


def command(
    name: str,
    target: str,
    panel: str,
    examples: str = "",
    hidden_aliases: tuple[str, ...] = (),
    hidden: bool = False,
    raw: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The function's signature and docstring are that command's; calling it calls the target.

    `raw`: all words after the first one that is no option are the command's to take as they are.
    """

    def register(signature: Callable[..., None]) -> Callable[..., None]:
        @wraps(signature)
        def invoke(**arguments: Any) -> None:
            raise Exit(call(target, arguments))

        TARGETS[name] = target
        SIGNATURES[name] = signature
        EXAMPLES[name] = cleandoc(examples)
        ALIASES.update((alias, name) for alias in hidden_aliases)
        for known_as in (name, *hidden_aliases):
            ROOT.command(
                known_as,
                help=_help(signature, EXAMPLES[name]),
                rich_help_panel=panel,
                hidden=hidden or known_as != name,
                context_settings={**HELP_OPTIONS, "allow_interspersed_args": not raw},
            )(invoke)
        return signature

    return register


def _help(signature: Callable[..., None], examples: str) -> str:
    text = escape(paragraphs(signature))
    if not examples:
        return text
    indented = "\n".join(f"  {line}" for line in examples.splitlines())
    return f"{text}\n\n\b\n[bold]Examples[/bold]\n{escape(indented)}"


def paragraphs(signature: Callable[..., None]) -> str:
    """The docstring, each paragraph one line: Typer breaks lines where the terminal does."""
    blocks = cleandoc(signature.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(block.split()) for block in blocks)

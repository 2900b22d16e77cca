"""The reference part of docs/commands.md."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from emulator.cli.generator.wants import shown_options, takes_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.cli.generator.outline import Command, Parameter

EVERYWHERE = ("app", "dir")
"""Options of every command, explained once above."""


def markdown(commands: Sequence[Command]) -> str:
    """Every command with its options and examples, in the groups that --help has."""
    shown = [command for command in commands if not command.hidden]
    parts = []
    for panel, group in groupby(shown, lambda command: command.panel):
        parts.append(f"\n## {panel}\n")
        parts += ["".join(_section(command)) for command in group]
    return "".join(parts)


def _section(command: Command) -> Iterator[str]:
    words = f" {command.positional.metavar}" if command.positional else ""
    yield f"\n### {command.name}\n\n    hk-local {command.name} [OPTIONS]{words}\n\n"
    yield f"{command.text}\n"
    if command.aliases:
        yield f"\nAlso: {', '.join(f'`{alias}`' for alias in command.aliases)}.\n"
    options = [o for o in shown_options(command) if o.name not in EVERYWHERE or _is_own(command, o)]
    if options:
        yield "\n| Option | |\n| --- | --- |\n"
        yield from (_row(option) for option in options)
    if command.examples:
        yield f"\n```text\n{_prompted(command.examples)}\n```\n"


def _is_own(command: Command, option: Parameter) -> bool:
    """`start --app` names the app; elsewhere `--app` is what every command has."""
    return command.name == "start" and option.name == "app"


def _row(option: Parameter) -> str:
    value = f" {option.metavar}" if takes_value(option) else ""
    flags = ", ".join(f"`{flag}{value}`" for flag in option.flags).replace("|", "\\|")
    default = option.default
    if isinstance(default, float):
        default = f"{default:g}"
    if not takes_value(option) or default in (None, (), ""):
        return f"| {flags} | {option.help}. |\n"
    return f"| {flags} | {option.help}. Default: {default}. |\n"


def _prompted(examples: str) -> str:
    return "\n".join(f"$ {line}" for line in examples.splitlines())

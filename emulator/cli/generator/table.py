"""emulator/cli/table.py as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.cli.generator.outline import Command, Parameter

HEAD = '''\
"""The commands, as emulator.cli.parse reads them. Written by `python -m emulator.cli.generate`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.cli.parse import Syntax

'''


def source(commands: Sequence[Command]) -> str:
    """The module's text, formatted as ruff does."""
    aliases = {alias: command.name for command in commands for alias in command.aliases}
    return (
        HEAD
        + "COMMANDS: dict[str, Syntax] = {\n"
        + "".join(f"    {_literal(command.name)}: {_syntax(command)},\n" for command in commands)
        + "}\n\nALIASES = {\n"
        + "".join(f"    {_literal(alias)}: {_literal(name)},\n" for alias, name in aliases.items())
        + "}\n"
    )


def _syntax(command: Command) -> str:
    parameters = [*command.options, *filter(None, [command.positional])]
    parts = [_literal(command.target), str(command.interspersed)]
    if len(parameters) < 2:
        rows = "".join(f"{_row(param)}," for param in parameters)
        return _bracketed([*parts, f"({rows})"], wide=bool(parameters))
    rows = _bracketed([_row(param) for param in parameters], indent=8)
    return _bracketed([*parts, rows])


def _bracketed(parts: list[str], indent: int = 4, wide: bool = True) -> str:
    if not wide:
        return f"({', '.join(parts)})"
    lines = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
    return f"(\n{lines}{' ' * indent})"


def _row(param: Parameter) -> str:
    default = ... if param.required else param.default
    return _literal((param.flags, param.name, param.kind, default, *param.limits))


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        inner = ", ".join(map(_literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if value is ...:
        return "..."
    return f'"{value}"' if isinstance(value, str) else repr(value)

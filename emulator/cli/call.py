"""From a command's name in the table to the function that does it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def call(target: str, arguments: Mapping[str, object]) -> int:
    """The function `module:name` of emulator.cli.commands was called; its exit code."""
    module, _, name = target.partition(":")
    # The level of `from x import y` that finds a submodule by name, without importlib.
    package = __import__(f"emulator.cli.commands.{module}", fromlist=(name,))
    code: int = getattr(package, name)(**arguments)
    return code

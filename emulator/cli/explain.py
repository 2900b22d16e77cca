"""Typer, for what the table does not understand: help, mistakes, and rare ways to write things."""

from __future__ import annotations

from typer import Abort
from typer.exceptions import TyperException

from emulator.cli.definition import ROOT
from emulator.cli.output import say
from emulator.cli.registry import ALIASES, TARGETS

USAGE = 2


def explain(words: list[str]) -> int:
    """Help was printed, the mistake was named, or the command was done; the exit code."""
    try:
        code = ROOT(words, prog_name="hk-local", standalone_mode=False)
    except Abort:
        raise KeyboardInterrupt from None
    except TyperException as error:
        known = words[0] in TARGETS or words[0] in ALIASES
        command = f"hk-local {words[0]}" if known else "hk-local"
        reason = " ".join(error.format_message().split()).rstrip(".")
        say(f"hk-local: {reason}; see {command} --help")
        return USAGE
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # Typer's way to end then
            raise end.__context__ from None
        raise
    return code or 0

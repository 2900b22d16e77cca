"""`hk-local`: does what the command line says. Nothing is imported before ^C is provided for."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell makes of SIGINT and SIGPIPE: 128 and the signal's number."""


def main() -> None:
    """The process has ended, with the command's exit code."""
    try:
        fill_descriptors()
        code = run(sys.argv[1:])
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = BROKEN_PIPE
    # Tearing the interpreter down takes longer than `ps` does.
    os._exit(code)


def run(words: list[str]) -> int:
    """What the words ask for was done, or a line on stderr says why not; the exit code."""
    from emulator.errors import UsageError, UserError

    try:
        return _command(words)
    except UserError as error:
        from emulator.cli.client import Refused
        from emulator.cli.output import ERROR, say

        oclif = isinstance(error, Refused | UsageError)
        say(str(error) if oclif else f"hk-local: {error}", ERROR if oclif else "")
        return error.exit_code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        from emulator.cli.output import say

        say(f"hk-local: {error.filename + ': ' if error.filename else ''}{error.strerror}")
        return 1


def _command(words: list[str]) -> int:
    from emulator.cli.call import call
    from emulator.cli.parse import Unclear, parse
    from emulator.cli.table import ALIASES, COMMANDS

    if words == ["--version"]:
        words = ["version"]
    elif words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    if words[:1] == ["heroku"]:  # none of the rest is ours
        words = ["heroku", "--", *words[1:]]
    name = words[0] if words else ""
    syntax = COMMANDS.get(ALIASES.get(name, name))
    if syntax is not None:
        try:
            arguments = parse(syntax, words[1:])
        except Unclear:
            pass
        else:
            return call(syntax[0], arguments)
    from emulator.cli.explain import explain

    return explain(words or ["--help"])


def fill_descriptors() -> None:
    """0, 1 and 2 are open, if only to /dev/null: no socket may come to lie there."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(fd)

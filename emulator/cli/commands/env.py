"""`env`."""

from __future__ import annotations

import os
from json import dumps

from emulator.cli.environment import exports, undone, variables
from emulator.cli.output import write
from emulator.errors import UsageError


def env(shell: str, json: bool, unset: bool, app: str | None, dir: str | None) -> int:
    """What leads the Heroku CLI to the running app stands on stdout, or what undoes that.

    Nothing does if there is no such app: then a shell that evaluates it goes on as it was.
    """
    if unset and json:
        raise UsageError("--unset undoes what a shell evaluated; it has no JSON")
    if unset:
        write(os.fsencode(exports(undone(os.environ), shell)))
        return 0
    from emulator.cli.access import access

    found = variables(access(dir, app), os.environ)
    text = dumps(found, indent=2) + "\n" if json else exports(found, shell)
    write(os.fsencode(text))
    return 0

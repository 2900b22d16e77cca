"""`heroku`."""

from __future__ import annotations

import os

from emulator.cli.access import access
from emulator.cli.environment import variables
from emulator.dyno.program import find_program
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


class NotInstalled(UserError):
    """the Heroku CLI is not installed; npm install -g heroku installs it"""

    exit_code = 127
    """As a shell has it for a command that it does not find."""


def heroku(words: Sequence[str]) -> NoReturn:
    """This process has become the Heroku CLI, which speaks with the running app only."""
    program = find_program("heroku", os.environ.get("PATH", os.defpath), os.curdir)
    if program is None:
        raise NotInstalled
    env = {**os.environ, **variables(access(None, None), os.environ)}
    os.execve(program, ["heroku", *words], env)

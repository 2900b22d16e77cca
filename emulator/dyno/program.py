"""The program that a command means, as the machine has it."""

from __future__ import annotations

import os


def shell() -> str:
    """The shell that runs commands: bash as on Heroku, else sh."""
    return "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"


def find_program(name: str, path: str, cwd: str) -> str | None:
    """The file that a shell would execute for that word, if there is one."""
    folders = [""] if "/" in name else path.split(":")
    for folder in folders:
        file = os.path.join(cwd, folder, name)
        if os.access(file, os.X_OK) and os.path.isfile(file):
            return file
    return None

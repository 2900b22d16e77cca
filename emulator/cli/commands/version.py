"""`version`."""

from __future__ import annotations

import os
import sys

from emulator import __version__
from emulator.cli.output import write


def version() -> int:
    """What runs here is printed, in the form of `heroku version`."""
    system = f"{sys.platform}-{os.uname().machine}"
    python = ".".join(map(str, sys.version_info[:3]))
    write(f"hk-local/{__version__} {system} python-{python}\n".encode())
    return 0

"""`completion`, and what its scripts ask."""

from __future__ import annotations

import os

from emulator.cli.client import JSON, Client, NoEmulator
from emulator.cli.output import write
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(__file__)), "scripts")


def script(shell: str) -> int:
    """The script stands on stdout."""
    with open(os.path.join(SCRIPTS, f"hk-local.{shell}"), "rb") as file:
        write(file.read())
    return 0


def candidates(what: str) -> int:
    """Names stand on stdout, one a line; none where they cannot be told."""
    try:
        names = _dynos() if what == "dynos" else _types()
        write("".join(f"{name}\n" for name in names).encode())
    except (UserError, OSError):
        pass  # whoever types a command wants no messages amidst it
    return 0


def _dynos() -> list[str]:
    client = Client()
    return [dyno["name"] for dyno in _asked(client, "dynos")]


def _types() -> list[str]:
    client = Client()
    try:
        return [item["type"] for item in _asked(client, "formation")]
    except NoEmulator:
        from emulator.app.procfile import parse

        with open(os.path.join(client.dir, "Procfile"), "rb") as file:
            names = parse(file.read(), "Procfile").names
        return [name for name in names if name != "release"]


def _asked(client: Client, resource: str) -> Any:
    from json import loads

    return loads(client.ask("GET", f"{client.path}/{resource}", accept=JSON).read())

"""`drains`."""

from __future__ import annotations

from emulator.cli.client import JSON, Client, quote
from emulator.cli.output import show, show_json


def drains(json: bool, extended: bool, app: str | None, dir: str | None) -> int:
    """The drains are listed; nothing is printed if there are none."""
    client = Client(dir, app)
    if json:
        return show_json(client.ask("GET", "/hk-local/drains", accept=JSON))
    return show(client.ask("GET", "/hk-local/drains"))


def add(url: str, format: str | None, app: str | None, dir: str | None) -> int:
    """What is logged from now on goes there, too."""
    from json import dumps

    client = Client(dir, app)
    if format:
        url += f",{format}" if "#" in url else f"#{format}"
    return show(client.ask("POST", f"{client.path}/log-drains", dumps({"url": url})))


def remove(url: str, app: str | None, dir: str | None) -> int:
    """Nothing more goes there."""
    client = Client(dir, app)
    return show(client.ask("DELETE", f"{client.path}/log-drains/{quote(url)}"))

"""`status`, `stop`: what is asked of the emulator as a whole."""

from __future__ import annotations

from emulator.cli.client import JSON, Client
from emulator.cli.output import show, show_json


def status(json: bool, app: str | None, dir: str | None) -> int:
    """What runs here is printed."""
    client = Client(dir, app)
    client.check_app()
    if json:
        return show_json(client.ask("GET", "/hk-local/status", accept=JSON))
    return show(client.ask("GET", "/hk-local/status"))


def usage(json: bool, app: str | None, dir: str | None) -> int:
    """What the dynos would have cost is printed."""
    client = Client(dir, app)
    client.check_app()
    if json:
        return show_json(client.ask("GET", "/hk-local/usage", accept=JSON))
    return show(client.ask("GET", "/hk-local/usage"))


def stop(kill: bool, app: str | None, dir: str | None) -> int:
    """The emulator is gone, and with it every dyno."""
    client = Client(dir, app)
    client.check_app()
    return show(client.ask("POST", "/hk-local/stop", f'{{"kill":{str(kill).lower()}}}'))

"""`apps:info`, `apps:rename`, `apps:destroy`."""

from __future__ import annotations

import os
from json import dumps, loads
from time import sleep

from emulator.api.ink import Ink
from emulator.api.text import fields
from emulator.cli.client import JSON, PAUSE, Client
from emulator.cli.output import GUTTER, say, show, wants_colour, write
from emulator.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

KILO = 1024


def info(json: bool, shell: bool, extended: bool, app: str | None, dir: str | None) -> int:
    """The app is described. `extended` needs a Heroku employee.

    Source: Heroku CLI, src/commands/apps/info.ts.
    """
    client = Client(dir, app)
    data: dict[str, Any] = {"app": _get(client, "")}
    for name in ("addons", "collaborators", "dynos"):
        data[name] = _get(client, f"/{name}")
    if json:
        text = dumps({**dict(sorted(data.items())), "pipeline_coupling": None}, indent=2) + "\n"
    else:
        text = shell_facts(data) if shell else facts(data, Ink(wants_colour()))
    write(text.encode())
    return 0


def _get(client: Client, path: str) -> Any:
    return loads(client.ask("GET", client.path + path, accept=JSON).read())


def facts(data: Mapping[str, Any], ink: Ink) -> str:
    app = data["app"]
    shown = {
        "Auto Cert Mgmt": str(app["acm"]).lower(),
        "Git URL": app["git_url"],
        "Web URL": ink.info(app["web_url"] or "no web dyno"),
        "Repo Size": _size(app["repo_size"]),
        "Slug Size": _size(app["slug_size"]),
        "Owner": ink.user(app["owner"]["email"]),
        "Region": app["region"]["name"],
        "Dynos": _counted(data["dynos"]),
        "Stack": app["stack"]["name"],
    }
    plans = _plans(data["addons"])
    shown = {"Addons": f"\n{' ' * 16}".join(plans), **shown} if plans else shown
    return ink.header(ink.app(app["name"])) + fields(shown, ink)


def shell_facts(data: Mapping[str, Any]) -> str:
    """One `name=value` a line, for a script."""
    app = data["app"]
    shown = {
        "auto_cert_mgmt": str(app["acm"]).lower(),
        "addons": ",".join(_plans(data["addons"])),
        "collaborators": "",
        "git_url": app["git_url"],
        "web_url": app["web_url"] or "",
        "repo_size": _size(app["repo_size"]),
        "slug_size": _size(app["slug_size"]),
        "owner": app["owner"]["email"],
        "region": app["region"]["name"],
        "dynos": f"{{ {_counted(data['dynos'])} }}",
        "stack": app["stack"]["name"],
    }
    return "".join(f"{name}={value}\n" for name, value in shown.items())


def _size(number: float) -> str:
    """As the CLI shows so many bytes: round. Source: Heroku CLI, filesize, jedec."""
    units = ["B", "KB", "MB", "GB", "TB"]
    while round(number) >= KILO and len(units) > 1:
        number /= KILO
        units.pop(0)
    return f"{int(number + 0.5)} {units[0]}"


def _plans(addons: list[Any]) -> list[str]:
    return sorted(addon["plan"]["name"] for addon in addons)


def _counted(dynos: list[Any]) -> str:
    counts: dict[str, int] = {}
    for dyno in dynos:
        counts[dyno["type"]] = counts.get(dyno["type"], 0) + 1
    return ", ".join(f"{type_}: {count}" for type_, count in counts.items())


def rename(newname: str, app: str | None, dir: str | None) -> int:
    """The app has that name."""
    client = Client(dir, app)
    return show(client.ask("PATCH", client.path, dumps({"name": newname})))


def destroy(name: str | None, confirm: str | None, app: str | None, dir: str | None) -> int:
    """The emulator is gone, and so is all that it knew of the app."""
    client = Client(dir, app or name)
    actual = _get(client, "")["name"]
    _confirm(actual, confirm)
    show(client.ask("DELETE", client.path))
    while client.is_alive():
        sleep(PAUSE)
    return 0


def _confirm(name: str, given: str | None) -> None:
    """Source: Heroku CLI, src/lib/confirm-command.ts."""
    if given is None and os.isatty(0):
        say(
            f"Warning: Destructive Action\nThis will delete {name} including all add-ons, its"
            f" releases and its log.\nTo proceed, type {name} or re-run this command with"
            f" --confirm {name}",
            GUTTER,
        )
        given = input("> ")
    if given is None:
        raise UsageError(f"This will delete {name}. To proceed, add --confirm {name}")
    if given != name:
        raise UsageError(f"Confirmation {given} did not match {name}. Aborted.")

"""`addons` and its like."""

from __future__ import annotations

from json import dumps, loads
from time import sleep

from emulator.cli.client import JSON, Client, quote
from emulator.cli.output import say, show, show_json
from emulator.errors import UsageError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOOK_EVERY = 0.1
ARTICLES = "https://devcenter.heroku.com/articles/"


class NotConfirmed(UserError):
    """{addon} and its data would be gone for good. To do it, add: --confirm {app}"""


class NoPlan(UserError):
    """No plan specified. You need to specify a plan to move {addon} to. For example: \
hk-local addons:upgrade heroku-redis:premium-0"""


class NotOpened(UserError):
    """no browser could be started; the page is {url}"""


def _listed(path: str, json: bool, app: str | None, dir: str | None, of_app: bool = True) -> int:
    client = Client(dir, app)
    client.check_app()
    path = f"{client.path}{path}" if of_app else path
    if json:
        return show_json(client.ask("GET", path, accept=JSON))
    return show(client.ask("GET", path))


def addons(json: bool, app: str | None, dir: str | None) -> int:
    """The add-ons are listed."""
    return _listed("/addons", json, app, dir)


def info(addon: str, json: bool, app: str | None, dir: str | None) -> int:
    """The add-on is shown."""
    return _listed(f"/addons/{quote(addon)}", json, app, dir)


def services(json: bool, app: str | None, dir: str | None) -> int:
    """What can be had is listed."""
    return _listed("/addon-services", json, app, dir, of_app=False)


def plans(service: str, json: bool, app: str | None, dir: str | None) -> int:
    """The plans of the service are listed."""
    return _listed(f"/addon-services/{quote(service)}/plans", json, app, dir, of_app=False)


def create(
    plan: str,
    as_: str | None,
    name: str | None,
    version: int | None,
    wait: bool,
    confirm: str | None,
    app: str | None,
    dir: str | None,
) -> int:
    """It is being provisioned, or, if that is waited for, is."""
    client = Client(dir, app)
    body: dict[str, object] = {"plan": {"name": plan}, "confirm": confirm}
    if as_:
        body["attachment"] = {"name": as_}
    if name:
        body["name"] = name
    if version:
        body["config"] = {"version": version}
    before = {one["id"] for one in _all(client)}
    show(client.ask("POST", f"{client.path}/addons", dumps(body)))
    if wait:
        _wait(client, [one["id"] for one in _all(client) if one["id"] not in before])
    return 0


def wait(addon: str | None, wait_interval: int, app: str | None, dir: str | None) -> int:
    """The add-on can be used, or all of them. It is looked at more often than at Heroku."""
    client = Client(dir, app)
    _wait(client, [addon] if addon else [one["id"] for one in _all(client)])
    return 0


def _wait(client: Client, addons: list[str]) -> None:
    for addon in addons:
        told = False
        while (found := _one(client, addon))["state"] != "provisioned":
            if not told:
                say(f"Creating {found['name']}...")
                told = True
            sleep(LOOK_EVERY)
        if told:
            names = ", ".join(found["config_vars"])
            say(f"Created {found['name']} as {names}" if names else f"Created {found['name']}")


def _all(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = loads(
        client.ask("GET", f"{client.path}/addons", accept=JSON).read()
    )
    return found


def _one(client: Client, addon: str) -> dict[str, Any]:
    path = f"{client.path}/addons/{quote(addon)}"
    found: dict[str, Any] = loads(client.ask("GET", path, accept=JSON).read())
    return found


def upgrade(words: list[str], app: str | None, dir: str | None) -> int:
    """The add-on has that plan; if it is the only one of its service, that names it."""
    addon, *more = words
    if len(more) > 1:
        raise UsageError(f"expected an add-on and a plan, not also {more[1]}")
    name, _, plan = (addon, "", more[0]) if more else addon.partition(":")
    if not plan:
        raise NoPlan(addon=addon)
    client = Client(dir, app)
    path = f"{client.path}/addons/{quote(name)}"
    return show(client.ask("PATCH", path, dumps({"plan": {"name": plan}})))


def attach(
    addon: str, as_: str | None, confirm: str | None, app: str | None, dir: str | None
) -> int:
    """The add-on has one more name."""
    client = Client(dir, app)
    client.check_app()
    body = {"addon": {"name": addon}, "name": as_, "confirm": confirm}
    return show(client.ask("POST", "/addon-attachments", dumps(body)))


def detach(attachment: str, app: str | None, dir: str | None) -> int:
    """The add-on is no longer known under that name."""
    client = Client(dir, app)
    client.check_app()
    return show(client.ask("DELETE", f"/addon-attachments/{quote(attachment)}"))


def destroy(addon: str, confirm: str | None, force: bool, app: str | None, dir: str | None) -> int:
    """It is gone, with its data."""
    client = Client(dir, app)
    found = _one(client, addon)
    if confirm != found["app"]["name"]:
        raise NotConfirmed(addon=found["name"], app=found["app"]["name"])
    return show(client.ask("DELETE", f"{client.path}/addons/{found['id']}"))


def docs(addon: str, show_url: bool, app: str | None, dir: str | None) -> int:
    """A browser shows the article about the service."""
    service = addon.partition(":")[0]
    client = Client(dir, app)
    for one in loads(client.ask("GET", "/addon-services", accept=JSON).read()):
        if service in (one["name"], one["id"]):
            return _open(f"{ARTICLES}{one['name']}", show_url)
    return _open(_one(client, addon)["web_url"], show_url)


def open(addon: str, show_url: bool, app: str | None, dir: str | None) -> int:
    """A browser shows the add-on's page."""
    return _open(_one(Client(dir, app), addon)["web_url"], show_url)


def _open(url: str, show_url: bool) -> int:
    if show_url:
        print(url)
        return 0
    from webbrowser import open as show_page

    say(f"Opening {url}...")
    if not show_page(url):
        raise NotOpened(url=url)
    return 0

"""`open`, `maintenance`, `features`, `domains` and what changes them."""

from __future__ import annotations

from emulator.cli.client import JSON, Client, quote
from emulator.cli.output import say, show, show_json
from emulator.errors import UserError


class NotOpened(UserError):
    """no browser could be started; the app is at {url}"""


class NoWeb(UserError):
    """the app has no web dyno"""


class Already(UserError):
    """{feature} is already {state}."""


def open_app(path: str | None, app: str | None, dir: str | None) -> int:
    """A browser shows the app. Source of the words: Heroku CLI, src/commands/apps/open.ts."""
    from urllib.parse import urljoin
    from webbrowser import open as show_page

    client = Client(dir, app)
    base = _ask(client, "")["web_url"]
    if not base:
        raise NoWeb
    url = urljoin(str(base), path or "")
    say(f"Opening {url}...")
    if not show_page(url):
        raise NotOpened(url=url)
    return 0


def maintenance(app: str | None, dir: str | None) -> int:
    """`on` or `off` is printed."""
    print("on" if _ask(Client(dir, app), "")["maintenance"] else "off")
    return 0


def maintenance_on(app: str | None, dir: str | None) -> int:
    """Every request gets the maintenance page."""
    return _maintain(Client(dir, app), "true")


def maintenance_off(app: str | None, dir: str | None) -> int:
    """Requests reach the dynos."""
    return _maintain(Client(dir, app), "false")


def _maintain(client: Client, on: str) -> int:
    return show(client.ask("PATCH", client.path, f'{{"maintenance":{on}}}'))


def features(json: bool, app: str | None, dir: str | None) -> int:
    """The features are listed."""
    return _shown(Client(dir, app), "/features", json)


def labs(json: bool, app: str | None, dir: str | None) -> int:
    """The experimental ones are listed."""
    return _shown(Client(dir, app), "/features?view=labs", json)


def feature(feature: str, json: bool, app: str | None, dir: str | None) -> int:
    """The feature is described."""
    return _shown(Client(dir, app), f"/features/{quote(feature)}", json)


def enable(feature: str, app: str | None, dir: str | None) -> int:
    """The feature is enabled."""
    return _switch(Client(dir, app), feature, on=True)


def disable(feature: str, app: str | None, dir: str | None) -> int:
    """The feature is disabled."""
    return _switch(Client(dir, app), feature, on=False)


def _switch(client: Client, feature: str, on: bool) -> int:
    """Source: Heroku CLI, src/commands/features/enable.ts: asks first, so as to say "already"."""
    path = f"/features/{quote(feature)}"
    if _ask(client, path)["enabled"] is on:
        raise Already(feature=feature, state="enabled" if on else "disabled")
    return show(client.ask("PATCH", client.path + path, f'{{"enabled":{str(on).lower()}}}'))


def domains(json: bool, app: str | None, dir: str | None) -> int:
    """The names are listed."""
    return _shown(Client(dir, app), "/domains", json)


def add_domain(hostname: str, cert: str | None, app: str | None, dir: str | None) -> int:
    """The name is the app's. A certificate for it has nothing to do here."""
    from json import dumps

    client = Client(dir, app)
    return show(client.ask("POST", f"{client.path}/domains", dumps({"hostname": hostname})))


def remove_domain(hostname: str, app: str | None, dir: str | None) -> int:
    """The name is the app's no more."""
    client = Client(dir, app)
    return show(client.ask("DELETE", f"{client.path}/domains/{quote(hostname)}"))


def _shown(client: Client, path: str, json: bool) -> int:
    if json:
        return show_json(client.ask("GET", client.path + path, accept=JSON))
    return show(client.ask("GET", client.path + path))


def _ask(client: Client, path: str) -> dict[str, object]:
    """The resource at the path below the app's."""
    from json import loads

    found: dict[str, object] = loads(client.ask("GET", client.path + path, accept=JSON).read())
    return found

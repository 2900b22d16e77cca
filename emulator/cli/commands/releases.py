"""`releases` and what follows from them."""

from __future__ import annotations

from emulator.cli.client import JSON, Client, query, quote
from emulator.cli.follow import follow
from emulator.cli.output import say, show, show_json, warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.cli.response import Response

NEWEST, PREVIOUS = "~", "previous"


def releases(num: int, json: bool, extended: bool, app: str | None, dir: str | None) -> int:
    """The latest releases are listed."""
    client = Client(dir, app)
    # Source: Heroku CLI, releases.
    latest = [f"Range: version ..; max={num}, order=desc"]
    path = f"{client.path}/releases"
    if json:
        return show_json(client.ask("GET", path, accept=JSON, headers=latest))
    return show(client.ask("GET", path, headers=latest))


def info(release: str | None, json: bool, shell: bool, app: str | None, dir: str | None) -> int:
    """The release is printed."""
    client = Client(dir, app)
    path = f"{client.path}/releases/{quote(release or NEWEST)}"
    if json:
        return show_json(client.ask("GET", path, accept=JSON))
    return show(client.ask("GET", f"{path}?shell=1" if shell else path))


def output(release: str | None, app: str | None, dir: str | None) -> int:
    """What the release's command writes is copied until it ends. Source: Heroku CLI: one that has
    no output is no error."""
    from json import loads

    client = Client(dir, app)
    path = f"{client.path}/releases/{quote(release or NEWEST)}"
    found = loads(client.ask("GET", path, accept=JSON).read())
    if not found["output_stream_url"]:
        warn(f"Release v{found['version']} has no release output available.")
        return 0
    return show(client.ask("GET", f"{path}/output"))


def rollback(release: str | None, no_wait: bool, app: str | None, dir: str | None) -> int:
    """There is a new release with the code and the config vars of that one, and dynos run it."""
    from json import dumps

    client = Client(dir, app)
    body = dumps({"release": release or PREVIOUS})
    response = client.ask("POST", f"{client.path}/releases", body)
    show(response)
    warn("Rollback affects code and config vars; it doesn't add or remove addons.")
    before = int(response.headers["hk-version"]) - 1  # as the Heroku CLI reckons it
    warn(f"To undo, run: hk-local rollback v{before}")
    return _settled(client, response, no_wait)


def retry(no_wait: bool, app: str | None, dir: str | None) -> int:
    """The newest release's command has run once more, and dynos run what it releases.

    Source: Heroku CLI, releases:retry.
    """
    from json import dumps, loads

    client = Client(dir, app)
    path = f"{client.path}/releases"
    found = loads(client.ask("GET", f"{path}/{NEWEST}", accept=JSON).read())
    slug = found["slug"] and found["slug"]["id"]
    description = f"Retry of v{found['version']}: {found['description']}"
    response = client.ask("POST", path, dumps({"slug": slug or NEWEST, "description": description}))
    show(response)
    return _settled(client, response, no_wait)


def _settled(client: Client, response: Response, no_wait: bool) -> int:
    """Its release command has succeeded and every dyno runs it. Raises ReleaseFailed, Crashed."""
    follow(client, response)
    if not no_wait:
        from emulator.cli.commands import wait

        wait.follow(client.ask("GET", f"/hk-local/wait{query(release=1)}", accept=JSON))
        say(f"v{response.headers['hk-version']} is live")
    return 0

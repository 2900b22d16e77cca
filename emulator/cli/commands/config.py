"""`config` and what changes the config vars."""

from __future__ import annotations

from json import dumps, loads

from emulator.api.ink import Ink
from emulator.cli.client import JSON, Client
from emulator.cli.follow import follow
from emulator.cli.output import notify, say, wants_colour, write
from emulator.cli.quoting import word
from emulator.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.cli.response import Response

EMPTY = "''"


def config(json: bool, shell: bool, app: str | None, dir: str | None) -> int:
    """The config vars are printed."""
    client = Client(dir, app)
    values = current(client)
    if json:
        text = dumps(values, indent=2, ensure_ascii=False) + "\n"
    elif shell:
        text = "".join(f"{name}={word(value)}\n" for name, value in values.items())
    else:
        ink = Ink(wants_colour())
        title = ink.header(f"{ink.app(_name(client))} Config Vars")
        text = title + shown({name: value or EMPTY for name, value in values.items()}, ink)
    write(text.encode())
    return 0


def get(names: Sequence[str], json: bool, shell: bool, app: str | None, dir: str | None) -> int:
    """Their values are printed, one a line; an empty line for what is not set."""
    values = current(Client(dir, app))
    if json:
        found = [{"key": name, "value": values.get(name)} for name in names]
        text = dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=False) + "\n"
    elif shell:
        text = "".join(f"{name}={word(values.get(name, ''))}\n" for name in names)
    else:
        text = "".join(f"{values.get(name, '')}\n" for name in names)
    write(text.encode())
    return 0


def set_(pairs: Sequence[str], app: str | None, dir: str | None) -> int:
    """They are set, all of them or none."""
    changes = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{pair} is invalid. Must be in the format FOO=bar.")
        changes[name] = value
    client, ink = Client(dir, app), Ink(wants_colour())
    response = change(client, changes)
    _tell(client, "Setting", list(changes), Ink(wants_colour(2)))
    follow(client, response)
    found = {name: value for name, value in current(client).items() if changes.get(name)}
    write(shown(found, ink).encode())
    return 0


def unset(names: Sequence[str], app: str | None, dir: str | None) -> int:
    """They are no longer set."""
    client = Client(dir, app)
    response = change(client, dict.fromkeys(names))
    _tell(client, "Unsetting", names, Ink(wants_colour(2)))
    return follow(client, response)


def current(client: Client) -> dict[str, str]:
    response = client.ask("GET", f"{client.path}/config-vars", accept=JSON)
    values: dict[str, str] = loads(response.read())
    return values


def change(client: Client, changes: Mapping[str, str | None]) -> Response:
    """They are changed, None unset; or will be, once the release command has succeeded."""
    response = client.ask("PATCH", f"{client.path}/config-vars", dumps(changes), JSON)
    notify(response)
    response.read()
    return response


def shown(values: Mapping[str, str], ink: Ink) -> str:
    """`NAME:  value` lines, aligned. Source: Heroku CLI, hux.styledObject."""
    width = max(map(len, values), default=0) + 1
    return "".join(
        f"{ink.label(ink.name(name))}:{' ' * (width - len(name))}{value}\n"
        for name, value in values.items()
    )


def _name(client: Client) -> str:
    return str(loads(client.ask("GET", client.path, accept=JSON).read())["name"])


def _tell(client: Client, doing: str, names: Sequence[str], ink: Ink) -> None:
    """Source: Heroku CLI, src/commands/config/set.ts and unset.ts."""
    latest = ["Range: version ..; max=1, order=desc"]
    response = client.ask("GET", f"{client.path}/releases", accept=JSON, headers=latest)
    version = loads(response.read())[0]["version"]
    what = ", ".join(ink.name(name) for name in names)
    done = f"done, {ink.name(f'v{version}')}"
    say(f"{doing} {what} and restarting {ink.app(_name(client))}... {done}")

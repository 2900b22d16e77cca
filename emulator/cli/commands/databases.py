"""`redis:cli`, `pg:psql` and their like."""

from __future__ import annotations

import os
import shutil
from json import dumps, loads

from emulator.cli.client import JSON, STATE, Client
from emulator.cli.output import show, show_json, write
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

CLIENTS = ("redis-cli", "valkey-cli")
PROMPT = b"redis> "


class NoDatabase(UserError):
    """the app has no {service}{name}. To have one: hk-local addons:create {service} --wait"""


class Several(UserError):
    """there are several: name one of {names}"""


SERVICES = {"redis": "heroku-redis", "postgres": "heroku-postgresql"}
FIRST = {"redis": "REDIS", "postgres": "DATABASE"}
"""The attachment that is meant if none is named."""


def redis_info(database: str | None, json: bool, app: str | None, dir: str | None) -> int:
    return _info("redis", database, json, Client(dir, app))


def pg_info(database: str | None, json: bool, app: str | None, dir: str | None) -> int:
    return _info("postgres", database, json, Client(dir, app))


def _info(kind: str, database: str | None, json: bool, client: Client) -> int:
    """All of that kind are shown, or the one."""
    client.check_app()
    path = f"/hk-local/databases/{kind}"
    if database:
        name = _found(kind, database, client)["name"]
        part = "client/v11" if kind == "postgres" else "redis/v0"
        path = f"/{part}/databases/{name}"
    if json:
        return show_json(client.ask("GET", path, accept=JSON))
    return show(client.ask("GET", path))


def _found(kind: str, name: str | None, client: Client) -> dict[str, Any]:
    """The only one, or the one of that name."""
    client.check_app()
    path = f"/hk-local/databases/{kind}"
    databases = loads(client.ask("GET", path, accept=JSON).read())
    if name:
        stem = name.upper().removesuffix("_URL")
        databases = [one for one in databases if name == one["name"] or stem in one["attachments"]]
    elif len(databases) > 1:
        databases = [one for one in databases if FIRST[kind] in one["attachments"]] or databases
    if not databases:
        suffix = f" called {name}" if name else ""
        raise NoDatabase(
            app=client.app or "the app", kind=kind, name=suffix, service=SERVICES[kind]
        )
    if len(databases) > 1:
        raise Several(names=", ".join(one["name"] for one in databases))
    found: dict[str, Any] = databases[0]
    return found


def redis_cli(database: str | None, confirm: str | None, app: str | None, dir: str | None) -> int:
    """What the user said was answered; this process is redis-cli, where there is one."""
    found = _found("redis", database, Client(dir, app))
    program = next(filter(None, map(shutil.which, CLIENTS)), None)
    if program:
        password, _, place = found["url"].partition("://:")[2].partition("@")
        host, _, port = place.partition(":")
        env = {**os.environ, "REDISCLI_AUTH": password}
        _become(program, ["-h", host, "-p", port], env)
    return _talk(found["url"])


def _become(program: str, words: list[str], env: dict[str, str]) -> NoReturn:
    os.execve(program, [program, *words], env)


def _talk(url: str) -> int:
    """Lines of the standard input are commands."""
    import shlex
    import sys

    from emulator.addon import wire

    password, _, place = url.partition("://:")[2].partition("@")
    while True:
        if sys.stdin.isatty():
            write(PROMPT)
        line = sys.stdin.readline()
        if not line:
            return 0
        try:
            words = shlex.split(line)
            if words:
                port = int(place.partition(":")[2])
                write(f"{_shown(wire.redis(port, password, *words))}\n".encode())
        except (wire.Unready, ValueError) as error:
            write(f"(error) {error}\n".encode())


def _shown(reply: object) -> str:
    if isinstance(reply, list):
        return "\n".join(f"{n}) {_shown(one)}" for n, one in enumerate(reply, 1)) or "(empty)"
    if isinstance(reply, bytes):
        return reply.decode("utf-8", "replace")
    return "(nil)" if reply is None else str(reply)


def pg_psql(
    database: str | None,
    command: str | None,
    file: str | None,
    app: str | None,
    dir: str | None,
) -> int:
    """This process is psql, connected with the database."""
    from urllib.parse import urlsplit

    from emulator.addon.binaries import psql

    client = Client(dir, app)
    here = os.getcwd()
    found = _found("postgres", database, client)
    url = urlsplit(found["url"])
    env = {
        **os.environ,
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.path.strip("/"),
    }
    words = ["-c", command] if command else []
    words += ["-f", os.path.join(here, file)] if file else []
    program = psql(_major(client.dir, found["addon"]["id"]))
    os.chdir(here)  # the client has gone to the socket
    _become(program, ["--set", "PROMPT1=%/=> ", *words], env)


def _major(dir: str, id_: str) -> int:
    """The version of the server's data."""
    try:
        with open(os.path.join(dir, STATE, "addons", id_, "data", "PG_VERSION")) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def pg_promote(database: str, force: bool, app: str | None, dir: str | None) -> int:
    """DATABASE_URL is that database's."""
    return _promote("postgres", database, Client(dir, app))


def redis_promote(database: str, app: str | None, dir: str | None) -> int:
    """REDIS_URL is that database's."""
    return _promote("redis", database, Client(dir, app))


def _promote(kind: str, database: str, client: Client) -> int:
    found = _found(kind, database, client)
    body = {
        "addon": {"name": found["name"]},
        "name": FIRST[kind],
        "confirm": found["app"]["name"],
    }
    return show(client.ask("POST", "/addon-attachments", dumps(body)))

"""How each server is run: the files that it needs, and the shell script that becomes it."""

from __future__ import annotations

from emulator.fact import Fact

from .catalog import POSTGRES, REDIS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.app.surroundings import Addon

    from .catalog import Plan, Service

RESERVED = 10
"""Connections of Postgres besides those of the plan: our own, and its superuser's."""

SUPERUSER = "postgres"
"""Ours, to look how the server is; its password is the add-on's."""

AUTHORITY = "server.pem"
"""Key and certificate for TLS, in the server's folder."""


class TlsFront(Fact):
    """TLS is taken at `port` and goes on, without it, to `target`; `is_asked` for as Postgres does
    it, where what comes without TLS is taken too."""

    port: int
    target: int
    is_asked: bool = False


class Recipe(Fact):
    """`stream` is the dyno that the log names for what the server says; `files` by name."""

    script: str
    stream: str
    env: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    front: TlsFront | None = None


def recipe(
    addon: Addon,
    service: Service,
    program: str,
    locale: str,
    folder: str,
    has_tls: bool = True,
    called: str = "DATABASE",
) -> Recipe:
    """The server of that add-on in its folder, which is that program (Postgres: those in there).

    `has_tls`: it takes TLS by itself. `called`: its attachment.
    """
    plan = service.plan(addon.plan)
    if service.name == REDIS:
        return _redis(addon, plan, program)
    if service.name == POSTGRES:
        front = TlsFront(addon.port, addon.tls_port, is_asked=True) if not has_tls else None
        env = {"BIN": program, "LOCALE": locale}
        files = _postgres(addon, service, folder, front.target if front else addon.port)
        files["postgresql.conf"] += _log_line_prefix(service, called)
        return Recipe(SETUP, f"postgres.{number(addon)}", env, files, front)
    env = {"PORT": str(addon.port), "PASSWORD": addon.password}
    return Recipe(service.command, service.name, env)


def limits(plan: Plan) -> dict[str, str]:
    """What a plan of Redis settles; a server that runs takes it, too."""
    return {
        "appendonly": "yes" if plan.persistent else "no",
        "maxmemory": f"{plan.memory_mb}mb",
        "maxclients": str(plan.connections),
    }


def _redis(addon: Addon, plan: Plan, program: str) -> Recipe:
    """Limits and defaults as Heroku has them. Source: Dev Center, heroku-redis."""
    lines = [
        "bind 127.0.0.1 -::1",
        f"port {addon.port}",
        f"requirepass {addon.password}",
        *(f"{name} {value}" for name, value in limits(plan).items()),
        "maxmemory-policy noeviction",
        "timeout 300",
        'save ""',
        "daemonize no",
        "loglevel warning",
        "logfile server.log",
        # It would write over its environment, by which a survivor of ours is known.
        "set-proc-title no",
    ]
    script = 'exec "$PROGRAM" redis.conf'
    files = {"redis.conf": "".join(f"{line}\n" for line in lines), "server.log": ""}
    front = TlsFront(addon.tls_port, addon.port)
    return Recipe(script, REDIS, {"PROGRAM": program}, files, front)


SETUP = """\
set -e
[ ! -d data ] || [ -z "$OWNER" ] || chown -R "$OWNER" data
rm -f server.log
why() { grep -m 1 FATAL setup.log || tail -n 1 setup.log; }
try() { "$@" >setup.log 2>&1 || { why >server.log; exit 1; }; }
if [ ! -d data ]; then
    rm -rf data.new
    try $AS "$BIN/initdb" -D data.new -U postgres --pwfile=password --auth=scram-sha-256 \\
        --encoding=UTF8 --locale="$LOCALE" --no-sync
    try $AS "$BIN/postgres" --single -F -D data.new postgres <setup.sql
    mv data.new data
fi
ssl=off
$AS "$BIN/postgres" -D data -c ssl=on -C ssl >/dev/null 2>&1 && [ -s server.pem ] && ssl=on
exec $AS "$BIN/postgres" -D data -c config_file="$PWD/postgresql.conf" -c ssl=$ssl
"""
"""A data folder is there with all that belongs in it, or not at all."""


def _postgres(addon: Addon, service: Service, folder: str, port: int) -> dict[str, str]:
    """The files of a server that listens there."""
    plan = service.plan(addon.plan)
    url = addon.variables("")["_URL"]
    user = url.partition("//")[2].partition(":")[0]
    database = url.rpartition("/")[2]
    setup = (
        f"CREATE ROLE {user} LOGIN PASSWORD '{addon.password}' "
        f"CONNECTION LIMIT {plan.connections};\n"
        f"CREATE DATABASE {database} OWNER {user};\n"
    )
    hosts = "".join(
        f"host all all {network} scram-sha-256\n" for network in ("127.0.0.1/32", "::1/128")
    )
    conf = {
        "port": port,
        "listen_addresses": "'localhost'",
        "unix_socket_directories": "''",
        "hba_file": _quoted(f"{folder}/pg_hba.conf"),
        # The plan's are those of the role; here is room for any plan that this can be changed to.
        "max_connections": max(one.connections for one in service.plans.values()) + RESERVED,
        "ssl_cert_file": _quoted(f"{folder}/{AUTHORITY}"),
        "ssl_key_file": _quoted(f"{folder}/{AUTHORITY}"),
        "log_checkpoints": "off",
        # As with Redis: the environment, by which a survivor is known, stays as it is.
        "update_process_title": "off",
        "timezone": "'UTC'",
        "datestyle": "'iso, mdy'",
        "default_text_search_config": "'pg_catalog.english'",
        # In its folder: what a server that was killed has left elsewhere only it removes.
        "dynamic_shared_memory_type": "mmap",
    }
    return {
        "postgresql.conf": "".join(f"{name} = {value}\n" for name, value in conf.items()),
        "pg_hba.conf": f"host all {SUPERUSER} 127.0.0.1/32 password\n{hosts}",
        "password": f"{addon.password}\n",
        "setup.sql": setup,
    }


def _log_line_prefix(service: Service, called: str) -> str:
    """Heroku's log lines name the attachment, in short: `[DATABASE]`, or else its colour.

    Source: log samples (app[postgres.29]: [DATABASE] [9-1]  sql_error_code = 00000 LOG: ...;
    app[postgres.135]: [PINK] [18751-1] ...).
    """
    name = called.removeprefix(f"{service.extra}_")
    return f"log_line_prefix = '[{name}] [%l-1]  sql_error_code = %e '\n"


def _quoted(text: str) -> str:
    """As a value in postgresql.conf."""
    return "'{}'".format(text.replace("\\", "\\\\").replace("'", "''"))


def number(addon: Addon) -> int:
    """What Heroku's log names a Postgres server by, such as 29."""
    return int(addon.id[:6], 16) % 100_000

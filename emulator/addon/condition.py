"""How a server is: ready or not, and what `redis:info`, `pg:info` and the log tell of it.

Everything here may wait for a second or more: it is called in a thread.
"""

from __future__ import annotations

import os
import resource
import subprocess

from emulator.fact import Fact

from . import wire
from .catalog import POSTGRES, REDIS
from .recipe import SUPERUSER, limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.surroundings import Addon

    from .catalog import Service

PATIENCE = 5.0

OWN = 128
"""Descriptors that Redis needs besides those of its clients; by its source, a few dozens."""

FORCED = {"shutdown-on-sigterm": "force"}
"""Redis stops when it is told to, also while a child of it writes its file for the first time: that
is told to stop, too, and then Redis would wait for it for ever. Redis 6 does not know this."""

STATUS_LINE = 7
"""Source: PostgreSQL, src/include/utils/pidfile.h, LOCK_FILE_LINE_PM_STATUS."""

QUESTION = """
select current_setting('server_version'), pg_database_size(current_database()),
 (select count(*) from pg_stat_activity where datname = current_database() and usename = '{user}'),
 (select count(*) from pg_locks where not granted),
 (select count(*) from pg_stat_user_tables), pg_snapshot_xmax(pg_current_snapshot()),
 (select coalesce(round(sum(idx_blks_hit) / nullif(sum(idx_blks_hit + idx_blks_read), 0), 5), 0)
  from pg_statio_user_indexes),
 (select coalesce(round(sum(heap_blks_hit) / nullif(sum(heap_blks_hit + heap_blks_read), 0), 5), 0)
  from pg_statio_user_tables)
"""


class Condition(Fact):
    """`rows` as `pg:info` shows them, `samples` as the metric line has them; `source` is what that
    line's log source is called."""

    rows: tuple[tuple[str, str], ...] = ()
    source: str = ""
    samples: tuple[tuple[str, str], ...] = ()


def is_ready(addon: Addon, service: Service, folder: str) -> bool:
    """Whether an app could use it now."""
    try:
        if service.name == REDIS:
            return wire.redis(addon.port, addon.password, "PING") == b"PONG"
        if service.name == POSTGRES:
            return _says_ready(folder) and adjust(addon, service)
    except wire.Unready:
        return False
    if service.ready:
        return _succeeds(service.ready, addon, folder)
    return wire.is_open(addon.port)


def adjust(addon: Addon, service: Service) -> bool:
    """The server that runs has the limits of the plan, and its data; False: it does not answer."""
    plan = service.plan(addon.plan)
    try:
        if service.name == REDIS:
            clients = {"maxclients": str(possible(plan.connections))}
            for name, value in {**FORCED, **limits(plan), **clients}.items():
                _configure(addon, name, value)
            return wire.redis(addon.port, addon.password, "PING") == b"PONG"
        if service.name == POSTGRES:
            user, _ = database(addon)
            _ask(addon, f"alter role {user} connection limit {plan.connections}")
    except wire.Unready:
        return False
    return True


def possible(clients: int) -> int:
    """So many of them Redis has descriptors for. At a start it sees to that by itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return clients if most == resource.RLIM_INFINITY else min(clients, most - OWN)


def _configure(addon: Addon, name: str, value: str) -> None:
    """Redis has that setting, if it knows it."""
    try:
        wire.redis(addon.port, addon.password, "CONFIG", "SET", name, value)
    except wire.Unready:
        pass


def _says_ready(folder: str) -> bool:
    """Postgres notes it in a file; who asks it too early makes it complain in the log."""
    try:
        with open(os.path.join(folder, "data", "postmaster.pid")) as file:
            return file.read().splitlines()[STATUS_LINE].strip() == "ready"
    except (OSError, ValueError, IndexError):
        return False


def _succeeds(command: str, addon: Addon, folder: str) -> bool:
    env = {**os.environ, "PORT": str(addon.port), "PASSWORD": addon.password}
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=folder, env=env, capture_output=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def database(addon: Addon) -> tuple[str, str]:
    """User and database of a Postgres add-on."""
    url = addon.variables("")["_URL"]
    return url.partition("//")[2].partition(":")[0], url.rpartition("/")[2]


def _ask(addon: Addon, sql: str, name: str = SUPERUSER) -> list[list[str]]:
    return wire.postgres(addon.port, SUPERUSER, addon.password, name, sql)


def examine(addon: Addon, service: Service) -> Condition:
    """What can be told of it now; nothing if it does not answer."""
    try:
        if service.name == REDIS:
            return _redis(addon, service)
        if service.name == POSTGRES:
            return _postgres(addon, service)
    except (wire.Unready, ValueError, IndexError):
        pass
    return Condition()


def _redis(addon: Addon, service: Service) -> Condition:
    told = wire.redis(addon.port, addon.password, "INFO")
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else ""
    info = {name: value for name, _, value in (line.partition(":") for line in text.splitlines())}
    plan = service.plan(addon.plan)
    clients = int(info.get("connected_clients", "1")) - 1  # we are one
    hits, misses = int(info.get("keyspace_hits", 0)), int(info.get("keyspace_misses", 0))
    used = int(info.get("used_memory", 0))
    version = info.get("valkey_version") or info.get("redis_version", "")
    rows = (
        ("Version", f"{version}{' (Valkey)' if 'valkey_version' in info else ''}"),
        ("Timeout", "300"),
        ("Maxmemory", "noeviction"),
        ("Persistence", "AOF" if plan.persistent else "None"),
        ("Connections", f"{clients}/{plan.connections}"),
        ("Memory", f"{used / 1024**2:.2f} MB/{plan.memory_mb} MB"),
    )
    samples = (
        ("active-connections", str(clients)),
        *_load(),
        ("memory-redis", f"{used}bytes"),
        ("hit-rate", f"{hits / (hits + misses) if hits + misses else 1:.5g}"),
        ("evicted-keys", info.get("evicted_keys", "0")),
    )
    return Condition(rows, REDIS, samples)


def _postgres(addon: Addon, service: Service) -> Condition:
    user, name = database(addon)
    ((version, size, clients, waiting, tables, transaction, index_hits, table_hits),) = _ask(
        addon, QUESTION.format(user=user), name
    )
    plan = service.plan(addon.plan)
    rows = (
        ("Connections", f"{clients}/{plan.connections}"),
        ("PG Version", version.partition(" ")[0]),
        ("Data Size", f"{int(size) / 1024**2:.1f} MB"),
        ("Tables", tables),
    )
    samples = (
        ("current_transaction", transaction),
        ("db_size", f"{size}bytes"),
        ("tables", tables),
        ("active-connections", clients),
        ("waiting-connections", waiting),
        ("index-cache-hit-rate", index_hits),
        ("table-cache-hit-rate", table_hits),
        *_load(),
    )
    return Condition(rows, "heroku-postgres", samples)


def _load() -> tuple[tuple[str, str], ...]:
    loads = zip((1, 5, 15), os.getloadavg(), strict=True)
    return tuple((f"load-avg-{minutes}m", f"{load:.3g}") for minutes, load in loads)

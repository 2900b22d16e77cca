"""The add-ons that are databases."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import ADDONS, App, Dir, Json
from emulator.cli.registry import command

Database = Annotated[
    str | None, Argument(metavar="[DATABASE]", help="Its name or variable, if there are several")
]


@command(
    "redis:info",
    "databases:redis_info",
    ADDONS,
    hidden_aliases=("redis",),
    examples="hk-local redis:info",
)
def redis_info(
    database: Database = None, json: Json = False, app: App = None, dir: Dir = None
) -> None:
    """Show each Redis: version, connections, memory."""


@command(
    "redis:cli",
    "databases:redis_cli",
    ADDONS,
    examples="""
        hk-local redis:cli
        echo 'LLEN rq:queue:default' | hk-local redis:cli
    """,
)
def redis_cli(
    database: Database = None,
    confirm: Annotated[str | None, Option("--confirm", hidden=True)] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Talk to a Redis.

    It is the redis-cli of your PATH; where there is none, a simple one of our own.
    """


@command(
    "redis:promote",
    "databases:redis_promote",
    ADDONS,
    examples="hk-local redis:promote CACHE",
)
def redis_promote(
    database: Annotated[str, Argument(metavar="DATABASE", help="Its name or variable")],
    app: App = None,
    dir: Dir = None,
) -> None:
    """Make a Redis the one that REDIS_URL means.

    The one that it meant until now keeps a name with a colour.
    """


@command(
    "pg:info",
    "databases:pg_info",
    ADDONS,
    hidden_aliases=("pg",),
    examples="hk-local pg:info",
)
def pg_info(
    database: Database = None, json: Json = False, app: App = None, dir: Dir = None
) -> None:
    """Show each Postgres: version, connections, size."""


@command(
    "pg:psql",
    "databases:pg_psql",
    ADDONS,
    hidden_aliases=("psql",),
    examples="""
        hk-local pg:psql
        hk-local pg:psql -c 'select now()'
        hk-local pg:psql -f schema.sql
    """,
)
def pg_psql(
    database: Database = None,
    command: Annotated[
        str | None, Option("--command", "-c", metavar="SQL", help="Run this and exit")
    ] = None,
    file: Annotated[
        str | None, Option("--file", "-f", metavar="FILE", help="Run this file and exit")
    ] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Talk to a Postgres, with a psql that fits the server."""


@command(
    "pg:promote",
    "databases:pg_promote",
    ADDONS,
    examples="hk-local pg:promote HEROKU_POSTGRESQL_AMBER_URL",
)
def pg_promote(
    database: Annotated[str, Argument(metavar="DATABASE", help="Its name or variable")],
    force: Annotated[bool, Option("--force", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Make a Postgres the one that DATABASE_URL means.

    The one that it meant until now keeps a name with a colour.
    """

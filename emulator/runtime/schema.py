"""The tables of the state on disk, version by version: what each version has added."""

from __future__ import annotations

from emulator.app.release import Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

VERSION = 3

SCHEMA = """
create table meta (name text primary key, value text not null) without rowid;
create table formation (type text primary key, position int, quantity int, size text);
create table releases (version int primary key, description text, user text, created_at real);
create table release_types (version int, position int, type text, command text);
create table release_config (version int, position int, name text, value text);
"""

SCHEMA_2 = """
create table features (name text primary key, position int) without rowid;
create table drains (id text primary key, url text, token text, created_at real);
create table domains (id text primary key, hostname text, created_at real);
create table webhooks (id text primary key, url text, include text, level text, secret text,
 authorization text, created_at real, updated_at real);
"""
"""What version 2 added."""

COLUMNS_3 = (
    ("releases", "slug", "text not null default ''"),
    ("releases", "status", f"text not null default '{Status.SUCCEEDED.value}'"),
    ("releases", "dyno", "text not null default ''"),
    ("releases", "ended_at", "real"),
    ("releases", "revision", "text not null default ''"),
    ("releases", "attached", "text not null default ''"),
    ("addons", "version", "text not null default ''"),
)
"""Columns that version 3 added, each to a table: its name and its type."""

SCHEMA_3 = """
create table if not exists addons (id text primary key, name text, service text, plan text,
 template text, password text, port int, tls_port int, created_at real, provisioned_at real);
create table if not exists attachments (id text primary key, name text, addon text,
 created_at real);
create table if not exists jobs (id text primary key, command text, every text, at text, size text,
 added_at real, next_at real, last_at real, dyno text, missed_since_at real, missed_until_at real);
create table if not exists usage (month text, type text, size text, seconds real,
 primary key (month, type, size));
"""
"""What version 3 has added so far."""

RELEASE = (
    *("version", "description", "user", "created_at"),
    *("slug", "status", "dyno", "ended_at", "revision", "attached"),
)
"""Columns of a release, in the order in which they are read and written."""


def prepare(db: sqlite3.Connection, version: int) -> None:
    """The file, of that version, has every table and column now, and all that it held.

    Each column is added by itself, so that no kill in between leaves a file that does not open.
    """
    if version < VERSION:
        missing = SCHEMA * (version < 1) + SCHEMA_2 * (version < 2)
        db.executescript(f"begin;{missing}pragma user_version={VERSION};commit")
    db.executescript(SCHEMA_3)
    for table, column, kind in COLUMNS_3:
        if not db.execute(
            "select 1 from pragma_table_info(?) where name = ?", (table, column)
        ).fetchone():
            db.execute(f"alter table {table} add column {column} {kind}")

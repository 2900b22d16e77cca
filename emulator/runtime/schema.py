"""The tables of the state on disk, version by version: what each version has added."""

from __future__ import annotations

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

COLUMNS_3 = (("releases", "slug", "text not null default ''"),)
"""Columns that version 3 added, each to a table: its name and its type."""

SCHEMA_3 = """
create table if not exists addons (id text primary key, name text, service text, plan text,
 template text, password text, port int, tls_port int, created_at real, provisioned_at real);
create table if not exists attachments (id text primary key, name text, addon text,
 created_at real);
create table if not exists jobs (id text primary key, command text, every text, at text, size text,
 added_at real, next_at real, last_at real, dyno text, missed_since_at real, missed_until_at real);
"""
"""What version 3 has added so far."""

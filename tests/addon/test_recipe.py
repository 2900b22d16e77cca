"""What each server is given: its limits are the plan's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from emulator.addon import premises
from emulator.addon.catalog import POSTGRES, REDIS, SERVICES, Service, template
from emulator.addon.recipe import SETUP, Recipe, recipe
from emulator.app.surroundings import Addon

ID = "01234567-89ab-4cde-8f01-23456789abcd"


def addon(service: str, plan: str) -> Addon:
    text = template(SERVICES[service], ID) if service in SERVICES else "URL=x:$PORT"
    return Addon(ID, "db-1", service, plan, text, "secret", 7001, 7002, 1.0)


def made(service: str, plan: str, folder: str = "/srv/it's here") -> Recipe:
    return recipe(addon(service, plan), SERVICES[service], "/bin/prog", "C.UTF-8", folder)


def test_redis_mini_forgets_and_is_small() -> None:
    found = made(REDIS, "mini")
    lines = found.files["redis.conf"].splitlines()
    assert {"maxmemory 25mb", "maxclients 20", "timeout 300", "appendonly no"} <= set(lines)
    assert {"maxmemory-policy noeviction", "requirepass secret", "port 7001"} <= set(lines)
    assert found.stream == REDIS and found.env == {"PROGRAM": "/bin/prog"}


def test_redis_premium_remembers() -> None:
    assert "appendonly yes\n" in made(REDIS, "premium-0").files["redis.conf"]


def test_postgres_has_its_user_and_the_plan_s_connections() -> None:
    found = made(POSTGRES, "essential-2")
    assert (
        "CREATE ROLE u0123456789ab4c LOGIN PASSWORD 'secret' CONNECTION LIMIT 40;"
        in (found.files["setup.sql"])
    )
    assert "CREATE DATABASE d0123456789ab4c OWNER u0123456789ab4c;" in found.files["setup.sql"]
    conf = found.files["postgresql.conf"]
    assert "max_connections = 510\n" in conf and "port = 7001\n" in conf
    assert "hba_file = '/srv/it''s here/pg_hba.conf'\n" in conf
    assert found.stream.startswith("postgres.") and found.stream[9:].isdigit()


@pytest.mark.parametrize(
    ("called", "shown"),
    [("DATABASE", "DATABASE"), ("HEROKU_POSTGRESQL_PINK", "PINK"), ("JOBS", "JOBS")],
)
def test_the_log_names_a_database_as_the_app_does(called: str, shown: str) -> None:
    database = addon(POSTGRES, "essential-0")
    found = recipe(database, SERVICES[POSTGRES], "", "", "/srv", called=called)
    line = f"log_line_prefix = '[{shown}] [%l-1]  sql_error_code = %e '\n"
    assert line in found.files["postgresql.conf"]


@pytest.mark.parametrize(
    ("said", "why"),
    [("one\nFATAL:  No space left\n\ttwo", "FATAL:  No space left"), ("one\nno such locale", "no")],
)
def test_why_a_database_could_not_be_made_is_kept(tmp_path: Path, said: str, why: str) -> None:
    (tmp_path / "initdb").write_text(f"#!/bin/sh\necho '{said}'\nexit 3\n")
    (tmp_path / "initdb").chmod(0o755)
    env = {"BIN": str(tmp_path), "AS": "", "OWNER": "", "PATH": os.defpath}
    done = subprocess.run(["/bin/sh", "-c", SETUP], cwd=tmp_path, env=env, capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"")
    assert premises.last_words(str(tmp_path)).startswith(why)


def test_no_secret_is_where_other_users_see_it() -> None:
    for found in (made(REDIS, "mini"), made(POSTGRES, "essential-0")):
        assert "secret" not in found.script + "".join(found.env.values())


def test_a_declared_one_is_its_command() -> None:
    plans = {"local": SERVICES[REDIS].plan()}
    service = Service("memcachier", "", "", "", plans, command="A=1 exec m")
    found = recipe(addon("memcachier", "local"), service, "", "", "/srv")
    assert found.script == "A=1 exec m"
    assert found.env == {"PORT": "7001", "PASSWORD": "secret"}


def test_tls_stands_before_what_has_none() -> None:
    front = made(REDIS, "mini").front
    assert front and (front.port, front.target, front.is_asked) == (7002, 7001, False)
    assert made(POSTGRES, "essential-0").front is None
    plain = recipe(
        addon(POSTGRES, "essential-0"), SERVICES[POSTGRES], "", "", "/srv", has_tls=False
    )
    assert plain.front and (plain.front.port, plain.front.target) == (7001, 7002)
    assert "port = 7002\n" in plain.files["postgresql.conf"]

"""The commands about add-ons: what they ask, what they insist on, and whom they become."""

from __future__ import annotations

import io
import json
import os
import sys
import webbrowser

import pytest

from emulator.addon import binaries, wire
from emulator.cli.commands import databases

APP = "GET /apps/~"
ADDON = {
    "id": "1",
    "name": "redis-flat-1",
    "state": "provisioned",
    "app": {"name": "shop"},
    "config_vars": ["REDIS_URL"],
    "web_url": "https://example.org/redis",
}


def listed(emulator, *addons):
    emulator.on(f"{APP}/addons", json.dumps(addons))


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (("addons",), f"{APP}/addons"),
        (("addons:info", "REDIS_URL"), f"{APP}/addons/REDIS_URL"),
        (("addons:services",), "GET /addon-services"),
        (("addons:plans", "heroku-redis"), "GET /addon-services/heroku-redis/plans"),
        (("redis:info",), "GET /hk-local/databases/redis"),
        (("pg",), "GET /hk-local/databases/postgres"),
    ],
)
def test_lists_are_printed_as_formatted_or_as_json(emulator, hk_local, words, request_):
    emulator.on(request_, "as formatted\n")
    assert hk_local(*words).out == "as formatted\n"
    emulator.on(request_, "[]")
    assert hk_local(*words, "--json").out == "[]\n"


def test_one_is_made_with_all_that_was_asked_for(emulator, hk_local):
    listed(emulator)
    emulator.on("POST /apps/~/addons", "made\n", HK_Message="Creating")
    words = ("heroku-postgresql", "--as", "DB", "--name", "jobs", "--version", "16")
    result = hk_local("addons:create", *words)
    assert (result.code, result.out, result.err) == (0, "made\n", "Creating\n")
    assert json.loads(emulator.requests[-1].body) == {
        "plan": {"name": "heroku-postgresql"},
        "attachment": {"name": "DB"},
        "name": "jobs",
        "config": {"version": 16},
        "confirm": None,
    }


def test_one_is_waited_for(emulator, hk_local):
    listed(emulator, ADDON)
    states = iter(["provisioning", "provisioning", "provisioned"])
    emulator.otherwise = lambda request: request.reply(json.dumps({**ADDON, "state": next(states)}))
    result = hk_local("addons:wait")
    assert result.err == "Creating redis-flat-1...\nCreated redis-flat-1 as REDIS_URL\n"


def test_none_is_destroyed_before_that_is_confirmed(emulator, hk_local):
    emulator.on(f"{APP}/addons/REDIS", json.dumps(ADDON))
    refused = hk_local("addons:destroy", "REDIS")
    assert refused.code == 1 and "add: --confirm shop" in refused.err
    assert hk_local("addons:destroy", "REDIS", "--confirm", "other").code == 1
    emulator.on("DELETE /apps/~/addons/1", HK_Message="Destroying... done")
    assert hk_local("addons:destroy", "REDIS", "-c", "shop").err == "Destroying... done\n"


@pytest.mark.parametrize(
    ("words", "addon", "plan"),
    [
        (("heroku-redis:premium-0",), "heroku-redis", "premium-0"),
        (("REDIS", "heroku-redis:mini"), "REDIS", "heroku-redis:mini"),
    ],
)
def test_a_plan_is_changed(emulator, hk_local, words, addon, plan):
    emulator.on(f"PATCH /apps/~/addons/{addon}", HK_Message="Changing... done, free")
    assert hk_local("addons:upgrade", *words).err == "Changing... done, free\n"
    assert json.loads(emulator.requests[-1].body) == {"plan": {"name": plan}}
    assert hk_local("addons:downgrade", *words).code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [(("REDIS",), "No plan specified. You need to"), (("A", "B", "C"), "not also C")],
)
def test_a_plan_has_to_be_named(emulator, hk_local, words, message):
    assert message in hk_local("addons:upgrade", *words).err and not emulator.requests


def test_names_come_and_go(emulator, hk_local):
    emulator.on("POST /addon-attachments", HK_Message="Attaching... done")
    assert hk_local("addons:attach", "redis-flat-1", "--as", "QUEUE").code == 0
    assert json.loads(emulator.requests[-1].body)["name"] == "QUEUE"
    emulator.on("DELETE /addon-attachments/QUEUE", HK_Message="Detaching... done")
    assert hk_local("addons:detach", "QUEUE").err == "Detaching... done\n"


def test_pages_are_opened_or_named(emulator, hk_local, monkeypatch):
    pages: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: pages.append(url) or not pages[1:])
    emulator.on("GET /addon-services", '[{"id":"9","name":"heroku-redis"}]')
    emulator.on(f"{APP}/addons/redis-flat-1", json.dumps(ADDON))
    article = "https://devcenter.heroku.com/articles/heroku-redis"
    assert hk_local("addons:docs", "heroku-redis:mini", "--show-url").out == f"{article}\n"
    assert (
        hk_local("addons:docs", "redis-flat-1", "--show-url").out == "https://example.org/redis\n"
    )
    assert hk_local("addons:open", "redis-flat-1").err == "Opening https://example.org/redis...\n"
    assert hk_local("addons:open", "redis-flat-1").code == 1 and len(pages) == 2


DATABASE = {
    "name": "postgresql-flat-1",
    "attachments": ["DATABASE"],
    "url": "postgres://u1:pw@localhost:7001/d1",
    "addon": {"id": "1"},
    "app": {"name": "shop"},
}
OTHER = {**DATABASE, "name": "postgresql-flat-2", "attachments": ["HEROKU_POSTGRESQL_RED"]}


class Became(Exception):
    pass


@pytest.fixture
def became(monkeypatch):
    """What this process would be now."""
    found: list[tuple[str, list[str], dict[str, str]]] = []

    def become(program, words, env):
        found.append((program, words, env))
        sys.exit(0)

    monkeypatch.setattr(databases, "_become", become)
    return found


def have(emulator, kind, *found):
    emulator.on(f"GET /hk-local/databases/{kind}", json.dumps(found))


def test_psql_is_given_the_database(emulator, hk_local, became, monkeypatch, tmp_path):
    have(emulator, "postgres", DATABASE, OTHER)
    monkeypatch.setattr(binaries, "psql", lambda major: f"/pg{major}/psql")
    folder = tmp_path / ".hk-local" / "addons" / "1" / "data"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("15\n")
    with pytest.raises(SystemExit):
        hk_local("pg:psql", "-c", "select 1")
    program, words, env = became[0]
    assert program == "/pg15/psql" and words[-2:] == ["-c", "select 1"]
    wanted = ("localhost", "7001", "u1", "pw", "d1")
    assert wanted == tuple(env[f"PG{n}"] for n in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE"))


def test_which_database_is_meant(emulator, hk_local, became):
    have(emulator, "postgres")
    assert "addons:create heroku-postgresql --wait" in hk_local("pg:psql").err
    have(emulator, "postgres", OTHER, {**OTHER, "name": "postgresql-flat-3"})
    assert "postgresql-flat-2, postgresql-flat-3" in hk_local("pg:psql").err
    assert "called BLUE" in hk_local("pg:psql", "BLUE").err


def test_a_database_is_promoted(emulator, hk_local):
    have(emulator, "postgres", DATABASE, OTHER)
    emulator.on("POST /addon-attachments", HK_Message="done")
    assert hk_local("pg:promote", "HEROKU_POSTGRESQL_RED_URL").err == "done\n"
    assert json.loads(emulator.requests[-1].body) == {
        "addon": {"name": "postgresql-flat-2"},
        "name": "DATABASE",
        "confirm": "shop",
    }


def test_a_redis_is_promoted(emulator, hk_local):
    have(emulator, "redis", DATABASE, {**OTHER, "name": "redis-flat-2"})
    emulator.on("POST /addon-attachments", HK_Message="done")
    assert hk_local("redis:promote", "redis-flat-2").err == "done\n"
    body = {"addon": {"name": "redis-flat-2"}, "name": "REDIS", "confirm": "shop"}
    assert json.loads(emulator.requests[-1].body) == body


REDIS = {**DATABASE, "name": "redis-flat-1", "url": "redis://:pw@127.0.0.1:7001"}


def test_redis_cli_is_given_the_password_where_nobody_sees_it(
    emulator, hk_local, became, monkeypatch
):
    have(emulator, "redis", REDIS)
    monkeypatch.setattr(databases.shutil, "which", lambda name: f"/bin/{name}")
    with pytest.raises(SystemExit):
        hk_local("redis:cli")
    program, words, env = became[0]
    assert program == "/bin/redis-cli" and words == ["-h", "127.0.0.1", "-p", "7001"]
    assert env["REDISCLI_AUTH"] == "pw"


def test_without_a_redis_cli_there_is_one_of_ours(emulator, hk_local, monkeypatch):
    have(emulator, "redis", REDIS)
    monkeypatch.setattr(databases.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "stdin", io.StringIO("LRANGE a 0 -1\n\nGET 'x y'\nBAD\n'\n"))
    asked: list[object] = []

    def redis(*words):
        asked.append(words)
        if words[2] == "BAD":
            raise wire.Unready("ERR unknown command")
        return [b"one", 2] if words[2] == "LRANGE" else None

    monkeypatch.setattr(wire, "redis", redis)
    shown = hk_local("redis:cli").out
    assert asked[1] == (7001, "pw", "GET", "x y")
    assert shown.startswith("1) one\n2) 2\n(nil)\n(error) ERR unknown command\n(error) ")
    assert os.getcwd()

"""Every resource holds against Heroku's schema, field for field."""

from __future__ import annotations

import os
from json import loads

import pytest

from emulator.runtime.command import SetConfig, SetUp
from tests.api.bench import WALL, Bench
from tests.api.schema import SCHEMA, WAIVED, faults

LISTS = {
    "/apps/~/dynos": "dyno",
    "/apps/~/formation": "formation",
    "/apps/~/releases": "release",
    "/dyno-sizes": "dyno-size",
    "/apps": "app",
    "/users/~/apps": "app",
    "/apps/~/collaborators": "collaborator",
    "/oauth/authorizations": "oauth-authorization",
    "/stacks": "stack",
    "/apps/~/domains": "domain",
    "/apps/~/features": "app-feature",
    "/apps/~/builds": "build",
}
SINGLE = {
    "/account": "account",
    "/account/rate-limits": "rate-limit",
    "/apps/~": "app",
    "/apps/~/dynos/web.1": "dyno",
    "/apps/~/features/preboot": "app-feature",
    "/apps/~/formation/clock": "formation",
    "/apps/~/releases/v3": "release",
}

WEBHOOK = {"include": ["dyno"], "level": "sync", "url": "http://localhost/", "secret": "s"}

needs_schema = pytest.mark.skipif(
    SCHEMA is None and "CI" not in os.environ, reason="no copy of Heroku's schema here"
)


@pytest.fixture
def bench():
    return Bench().start(web=2, worker=1, clock=1)


@pytest.mark.parametrize("target", LISTS)
def test_lists(bench, target):
    items = bench.get(target)
    assert items
    assert [fault for item in items for fault in faults(item, LISTS[target])] == []


@pytest.mark.parametrize("target", SINGLE)
def test_single_resources(bench, target):
    item = bench.get(target)
    assert faults(item, SINGLE[target]) == []
    in_lists = [one for target in LISTS for one in bench.get(target)]
    assert item in in_lists or "account" in target


def test_what_is_created_or_changed():
    bench = Bench().start(web=1)
    for method, target, body, name in (
        ("POST", "/apps/~/dynos", {"command": "ls"}, "dyno"),
        ("PATCH", "/apps/~/formation/web", {"quantity": 2}, "formation"),
        ("POST", "/apps/~/log-sessions", {"lines": 10, "tail": False}, "log-session"),
        ("POST", "/apps/~/log-drains", {"url": "https://example.org/"}, "log-drain"),
        ("POST", "/apps/~/domains", {"hostname": "www.example.org"}, "domain"),
        ("POST", "/apps/~/webhooks", WEBHOOK, "app-webhook"),
        ("PATCH", "/apps/~/features/preboot", {"enabled": True}, "app-feature"),
        ("PATCH", "/apps/~", {"maintenance": True}, "app"),
        ("POST", "/apps/~/releases", {"release": "3"}, "release"),
    ):
        response = bench.ask(method, target, body)
        assert response.status in (200, 201)
        assert faults(loads(response.body), name) == []


def test_an_empty_app_is_valid_too():
    assert faults(Bench().get("/apps/~"), "app") == []


@needs_schema
@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name", 1, "dyno.name: 1 is not of type ['string']"),
        ("id", "web.1", "no uuid"),
        ("extra", 1, "dyno.extra: is unknown"),
        ("release", {"id": "x"}, "dyno.release.version: is missing"),
    ],
)
def test_the_schema_finds_faults(bench, field, value, fault):
    dyno = bench.get("/apps/~/dynos/web.1") | {field: value}
    try:
        found = faults(dyno, "dyno")
    except ValueError as error:
        assert "hexadecimal" in str(error)
        return
    assert any(fault in one for one in found)


@needs_schema
def test_only_what_needs_it_is_waived(bench):
    import tests.api.schema as schema

    needed = set()
    own = bench.get("/apps/~/domains")[0]
    dyno = bench.get("/apps/~/dynos")[0]
    for item, name in ((bench.get("/apps/~"), "app"), (dyno, "dyno"), (own, "domain")):
        found = schema._faults(item, schema.SCHEMA["definitions"][name], name)
        needed |= {fault.partition(":")[0] for fault in found}
    assert needed == set(WAIVED)


def test_a_dyno(bench):
    bench.clock.now = 5.0
    shown = bench.get("/apps/~/dynos/web.1")
    assert shown["app"] == {"id": bench.get("/apps/~")["id"], "name": "shop"}
    assert shown["release"] == {"id": bench.get("/apps/~/releases/3")["id"], "version": 3}
    told = {name: shown[name] for name in ("command", "size", "state", "type", "created_at")}
    assert told == {
        "command": "gunicorn app:app",
        "size": "Basic",
        "state": "up",
        "type": "web",
        "created_at": "2027-01-15T08:00:00Z",
    }


def test_a_one_off_goes_on_with_its_release(bench):
    bench.ask("POST", "/apps/~/dynos", {"command": "bash"})
    bench.kernel.submit(SetConfig({"A": "1"}))
    versions = {d["type"]: d["release"]["version"] for d in bench.get("/apps/~/dynos")}
    assert versions == {"run": 3, "web": 4, "worker": 4, "clock": 4}


def test_updated_at_is_the_last_change_of_state(bench):
    bench.clock.now = 90.0
    bench.exit("worker.1", 1)
    assert bench.get("/apps/~/dynos/worker.1")["updated_at"] == "2027-01-15T08:01:30Z"
    assert bench.get("/apps/~/dynos/web.1")["updated_at"] == "2027-01-15T08:00:00Z"


def test_times_follow_a_wall_clock_that_was_set(bench):
    bench.clock.wall = lambda: WALL + 3600
    assert bench.get("/apps/~/dynos/web.1")["updated_at"] == "2027-01-15T09:00:00Z"


def test_gaps_without_a_clock_are_told_by_clocks_only(bench):
    assert bench.get("/apps/~/dynos/clock.1")["gaps"] == []
    bench.clock.now = 10.0
    bench.exit("clock.1", 1)
    bench.clock.now = 14.0
    bench.boot()
    gap = {"since": "2027-01-15T08:00:10Z", "until": "2027-01-15T08:00:14Z"}
    assert bench.get("/apps/~/dynos/clock.1")["gaps"] == [gap]
    assert "gaps" not in bench.get("/apps/~/dynos/web.1")


def test_the_web_url_is_the_router_s(bench):
    bench.kernel.submit(SetUp(address="http://localhost:5000"))
    assert bench.get("/apps/~")["web_url"] == "http://localhost:5000/"


def test_without_a_router_the_web_url_is_where_web_listens(bench):
    port = bench.kernel.world.slots["web.1"].current.port
    assert bench.get("/apps/~")["web_url"] == f"http://localhost:{port}/"
    assert Bench().get("/apps/~")["web_url"] is None


def test_releases_tell_who_what_and_which_is_current(bench):
    bench.kernel.submit(SetConfig({"A": "1"}))
    shown = bench.get("/apps/~/releases")
    assert [one["version"] for one in shown] == [1, 2, 3, 4]
    assert [one["current"] for one in shown] == [False, False, False, True]
    assert [one["eligible_for_rollback"] for one in shown] == [False, False, True, True]
    assert shown[0]["slug"] is None
    assert shown[2]["slug"] == shown[3]["slug"]
    assert shown[3]["description"] == "Set A config vars"
    assert shown[3]["user"]["email"] == "dev@localhost"


def test_sizes(bench):
    by_name = {size["name"]: size for size in bench.get("/dyno-sizes")}
    assert by_name["Standard-2X"]["memory"] == 1.0
    assert by_name["Performance-M"]["cost"] == {"cents": 25_000, "unit": "month"}
    assert by_name["Performance-L"]["dedicated"]
    assert not by_name["Eco"]["dedicated"]

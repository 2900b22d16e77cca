"""Dynos listed, restarted, cycled and stopped: the effect, and what the CLI would say of it."""

from __future__ import annotations

import pytest

from emulator.api.percent import unquote
from emulator.dyno.policy import Policy
from emulator.runtime.kernel import NotSaved
from tests.api.bench import Bench


@pytest.fixture
def bench():
    return Bench().start(web=2, worker=1)


def said(response) -> str:
    fields = dict(response.fields)
    return unquote(fields.get("HK-Message", ""))


def states(bench):
    return {d["name"]: d["state"] for d in bench.get("/apps/~/dynos")}


def test_the_list(bench):
    assert [d["name"] for d in bench.get("/apps/~/dynos")] == ["web.1", "web.2", "worker.1"]
    assert [d["name"] for d in bench.get("/apps/~/dynos?type=web")] == ["web.1", "web.2"]
    both = bench.get("/apps/~/dynos?type=web&type=worker")
    assert len(both) == 3
    assert bench.text("/apps/~/dynos?type=worker").startswith("=== worker (Basic)")


def test_a_type_without_dynos(bench):
    refusal = bench.refused("GET", "/apps/~/dynos?type=web&type=foo")
    assert refusal == (404, "not_found", "No foo dynos on shop")
    shown = bench.ask("GET", "/apps/~/dynos?type=foo", Accept="text/plain", HK_Color="1")
    assert shown.body.decode() == (
        "No \x1b[38;5;43mfoo\x1b[39m dynos on \x1b[38;5;147m⬢ shop\x1b[39m\n"
    )


def test_one_dyno(bench):
    assert bench.get("/apps/~/dynos/web.2")["name"] == "web.2"
    assert "web.2: up" in bench.text("/apps/~/dynos/web.2")
    refusal = bench.refused("GET", "/apps/~/dynos/web.7")
    assert refusal[2] == "Couldn't find that dyno (web.7). There are web.1, web.2, worker.1."


@pytest.mark.parametrize(
    ("method", "target", "message", "restarted"),
    [
        ("DELETE", "dynos", "Restarting all dynos on shop... done", "web.1 web.2 worker.1"),
        ("DELETE", "dynos/web.1", "Restarting dyno web.1 on shop... done", "web.1"),
        ("DELETE", "formations/web", "Restarting all web dynos on shop... done", "web.1 web.2"),
        ("POST", "dynos/web.1/actions/stop", "Stopping dyno web.1 on shop... done", "web.1"),
        (
            "POST",
            "formations/web/actions/stop",
            "Stopping all web dynos on shop... done",
            "web.1 web.2",
        ),
    ],
)
def test_restarts(bench, method, target, message, restarted):
    response = bench.ask(method, f"/apps/~/{target}", Accept="text/plain")
    assert (response.status, said(response), response.body) == (202, message, b"")
    starting = [name for name, state in states(bench).items() if state == "starting"]
    assert starting == restarted.split()


def test_programs_get_an_empty_object(bench):
    response = bench.ask("DELETE", "/apps/~/dynos")
    assert (response.status, response.body, said(response)) == (202, b"{}\n", "")


def test_messages_in_colour(bench):
    response = bench.ask("DELETE", "/apps/~/formations/web", Accept="text/plain", HK_Color="1")
    assert said(response) == (
        "Restarting all \x1b[38;5;43mweb\x1b[39m dynos on \x1b[38;5;147m⬢ shop\x1b[39m... done"
    )


@pytest.mark.parametrize(
    ("method", "target", "message"),
    [
        ("DELETE", "dynos/web", "Couldn't find that dyno (web)."),
        ("DELETE", "dynos/web.3", "Couldn't find that dyno (web.3)."),
        ("DELETE", "formations/web.1", "Couldn't find that process type (web.1)."),
        ("DELETE", "formations/clock", "Couldn't find that process type (clock)."),
        ("POST", "dynos/run.1/actions/stop", "Couldn't find that dyno (run.1)."),
        ("POST", "formations/run/actions/stop", "Couldn't find that process type (run)."),
    ],
)
def test_targets_that_are_not_there(bench, method, target, message):
    status, id_, said = bench.refused(method, f"/apps/~/{target}")
    assert (status, id_) == (404, "not_found")
    assert said.startswith(message + " There are ")
    assert set(states(bench).values()) == {"up"}


def test_one_offs_stop_for_good(bench):
    for _ in range(2):
        bench.ask("POST", "/apps/~/dynos", {"command": "bash"})
    bench.boot()
    one, two = [d["name"] for d in bench.get("/apps/~/dynos?type=run")]
    bench.ask("POST", f"/apps/~/dynos/{one}/actions/stop")
    assert [d["name"] for d in bench.get("/apps/~/dynos?type=run")] == [two]
    response = bench.ask("POST", "/apps/~/formations/run/actions/stop", Accept="text/plain")
    assert said(response) == "Stopping all run dynos on shop... done"
    assert set(states(bench)) == {"web.1", "web.2", "worker.1"}


@pytest.mark.parametrize(
    ("target", "message", "cycled"),
    [
        (None, "Cycling all dynos on shop... done", 3),
        ("web", "Cycling all web dynos on shop... done", 2),
        ("web.2", "Cycling dyno web.2 on shop... done", 1),
    ],
)
def test_cycling(bench, target, message, cycled):
    response = bench.ask("POST", "/hk-local/cycle", {"target": target}, Accept="text/plain")
    assert (response.status, said(response)) == (202, message)
    assert list(states(bench).values()).count("starting") == cycled


def test_cycling_what_is_not_there(bench):
    assert bench.refused("POST", "/hk-local/cycle", {"target": "foo"})[0] == 404
    assert bench.refused("POST", "/hk-local/cycle", {"target": 1})[0] == 422


def test_a_dyno_that_has_stopped_is_no_longer_listed(bench):
    bench.ask("PATCH", "/apps/~/formation/web", {"quantity": 0})
    assert set(states(bench)) == {"worker.1"}
    bench.ask("PATCH", "/apps/~/formation/worker", {"quantity": 0})
    assert bench.text("/apps/~/dynos") == "No dynos on shop\n"


def test_a_crashed_dyno_is(bench):
    bench.crash("worker.1")
    assert states(bench)["worker.1"] == "crashed"


def test_what_could_not_be_saved_is_a_warning():
    def full(world):
        raise NotSaved("database or disk is full")

    bench = Bench(Policy())
    bench.start(web=1)
    bench.kernel.save = full
    response = bench.ask("DELETE", "/apps/~/dynos", Accept="text/plain")
    assert response.status == 202
    assert unquote(dict(response.fields)["HK-Warning"]) == (
        "The change is in force, but not saved (database or disk is full): the next start will"
        " not know of it."
    )
    assert states(bench) == {"web.1": "starting"}

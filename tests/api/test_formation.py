"""The formation: all spellings of a quantity, all at once or not at all."""

from __future__ import annotations

from json import loads

import pytest

from emulator.api.percent import unquote
from tests.api.bench import Bench


@pytest.fixture
def bench():
    return Bench().start(web=2, worker=1)


def formation(bench):
    return bench.text("/apps/~/formation").strip()


def scaled(bench, *updates):
    return bench.ask("PATCH", "/apps/~/formation", {"updates": list(updates)}, Accept="text/plain")


def message(response):
    return unquote(dict(response.fields)["HK-Message"])


def test_shown(bench):
    assert formation(bench) == "clock=0:Basic web=2:Basic worker=1:Basic"
    assert bench.text("/apps/~/formation/web") == "web=2:Basic\n"
    assert [f["type"] for f in bench.get("/apps/~/formation")] == ["web", "worker", "clock"]
    assert bench.get("/apps/~/formation/worker")["quantity"] == 1
    assert "=== Dyno Totals" in bench.text("/apps/~/formation?view=type")


@pytest.mark.parametrize(
    ("quantity", "after"), [(3, 3), ("3", 3), ("+1", 3), ("-1", 1), ("+0", 2), (0, 0), ("0", 0)]
)
def test_quantities(bench, quantity, after):
    response = scaled(bench, {"type": "web", "quantity": quantity})
    assert message(response) == f"Scaling dynos... done, now running web at {after}:Basic"
    assert response.body == b""
    assert f"web={after}:Basic" in formation(bench)


def test_several_at_once_with_sizes(bench):
    response = scaled(
        bench,
        {"type": "worker", "quantity": "+1", "size": "standard-2x"},
        {"type": "web", "quantity": 1},
    )
    assert message(response) == (
        "Scaling dynos... done, now running web at 1:Basic, worker at 2:Standard-2X"
    )


def test_programs_get_every_type(bench):
    response = bench.ask(
        "PATCH", "/apps/~/formation", {"updates": [{"type": "web", "quantity": 1}]}
    )
    assert {f["type"]: f["quantity"] for f in loads(response.body)} == {
        "web": 1,
        "worker": 1,
        "clock": 0,
    }


def test_all(bench):
    response = scaled(bench, {"type": "all", "quantity": 1})
    assert message(response).endswith("web at 1:Basic, worker at 1:Basic, clock at 1:Basic")


def test_a_process_type_named_all_is_one_of_them():
    bench = Bench().start({"all": "x", "web": "y"}, web=1)
    response = scaled(bench, {"type": "all", "quantity": 1})
    assert message(response) == "Scaling dynos... done, now running all at 1:Basic"


@pytest.mark.parametrize("size", [{"size": "standard-1x"}, {"dyno_size": {"name": "Standard-1X"}}])
def test_sizes_alone(bench, size):
    target = "/apps/~/formation?view=type"
    body = {"updates": [{"type": "web"} | size]}
    response = bench.ask("PATCH", target, body, Accept="text/plain")
    assert message(response) == "Scaling dynos on shop... done"
    assert b"web      Standard-1X   2     ~$0.069     $50" in response.body
    assert "web=2:Standard-1X" in formation(bench)


def test_one_type(bench):
    response = bench.ask("PATCH", "/apps/~/formation/web", {"quantity": 3}, Accept="text/plain")
    assert message(response) == "Scaling dynos... done, now running web at 3:Basic"
    id_ = bench.get("/apps/~/formation/web")["id"]
    shown = loads(bench.ask("PATCH", f"/apps/~/formation/{id_}", {"quantity": "-2"}).body)
    assert (shown["type"], shown["quantity"], shown["size"]) == ("web", 1, "Basic")


@pytest.mark.parametrize(
    ("update", "status", "text"),
    [
        ({"type": "foo", "quantity": 1}, 404, "Couldn't find that process type (foo)."),
        ({"type": "web", "quantity": -1}, 422, "web: quantity: expected a number"),
        ({"type": "web", "quantity": "-3"}, 422, "web has 2"),
        ({"type": "web", "quantity": "two"}, 422, "web: quantity: expected"),
        ({"type": "web", "quantity": ""}, 422, "web: quantity: expected"),
        ({"type": "web", "quantity": "1:Eco"}, 422, "web: quantity: expected"),
        ({"type": "web", "quantity": 1.5}, 422, "web: quantity: expected a number"),
        ({"type": "web", "quantity": True}, 422, "web: quantity: expected a number"),
        ({"type": "web", "quantity": 99_999}, 422, "at most 10000 dynos"),
        ({"type": "web", "quantity": 1, "size": "huge"}, 422, "No such dyno size: huge"),
        ({"type": "web", "quantity": 1, "size": ""}, 422, "web=1:"),
        ({"type": "web", "dyno_size": {"id": 1}}, 422, "dyno_size: expected"),
        ({"type": "web"}, 422, "web: expected a quantity or a size"),
        ({"quantity": 1}, 422, "updates: expected a type"),
        ({"type": 1, "quantity": 1}, 422, "type: expected a text"),
        ({"type": "web=1,worker", "quantity": 1}, 422, "expected TYPE=QUANTITY"),
    ],
)
def test_wrong_updates_change_nothing(bench, update, status, text):
    good = {"type": "worker", "quantity": 5}
    refusal = bench.refused("PATCH", "/apps/~/formation", {"updates": [good, update]})
    assert refusal[0] == status
    assert text in refusal[2]
    assert formation(bench) == "clock=0:Basic web=2:Basic worker=1:Basic"


def test_wrong_bodies(bench):
    assert bench.refused("PATCH", "/apps/~/formation", b"[")[:2] == (400, "bad_request")
    assert bench.refused("PATCH", "/apps/~/formation", {})[0] == 422
    assert bench.refused("PATCH", "/apps/~/formation/foo", {"quantity": 1})[0] == 404
    assert bench.refused("GET", "/apps/~/formation/foo")[2] == (
        "Couldn't find that process type (foo). The Procfile has web, worker, clock."
    )


def test_two_clocks_are_warned_of(bench):
    def warning(quantity):
        response = scaled(bench, {"type": "clock", "quantity": quantity})
        return unquote(dict(response.fields).get("HK-Warning", ""))

    assert warning(1) == ""
    assert warning(3) == ("every clock schedules every job: with 3 clocks each is queued 3 times")
    assert warning(2) == ""

"""Config vars read and changed, as of now and of each release; rollback."""

from __future__ import annotations

import json

import pytest

from tests.api.bench import Bench


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    bench.env = b"# mine\nA=1 # one\nB='two'\n"
    return bench


def changed(bench, changes):
    response = bench.ask("PATCH", "/apps/~/config-vars", changes)
    assert response.status == 200, response.body
    return json.loads(response.body)


def test_what_is_set_is_in_the_file_and_in_force(bench):
    assert changed(bench, {"A": "2", "NEW": "x"}) == {"A": "2", "B": "two", "NEW": "x"}
    assert bench.env == b"# mine\nA=2 # one\nB='two'\nNEW=x\n"
    assert bench.get("/apps/~/config-vars") == bench.kernel.world.config
    assert bench.get("/apps/~/releases")[-1]["description"] == "Set A, B, NEW config vars"


def test_null_removes(bench):
    changed(bench, {})
    assert changed(bench, {"A": None}) == {"B": "two"}
    last = bench.get("/apps/~/releases")[-1]
    assert last["description"] == "Remove A config vars"
    assert last["current"] is True


def test_what_differs_in_nothing_is_no_release(bench):
    changed(bench, {"A": "2"})
    before = bench.get("/apps/~/releases")
    changed(bench, {"A": "2", "NOPE": None})
    assert bench.get("/apps/~/releases") == before


def test_numbers_are_texts(bench):
    assert changed(bench, {"A": 5, "C": 1.5})["A"] == "5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"1A": "x"},
        {"A": True},
        {"A": ["x"]},
        {"A": {}},
        {"DYNO": "web.1"},
        {"PORT": "http"},
        {"A": "1\r2"},
        {"A": "x" * 200_000},
        {"": "x"},
        {"A B": None, "C=": "1"},
    ],
)
def test_what_is_wrong_changes_nothing(bench, wrong):
    assert bench.refused("PATCH", "/apps/~/config-vars", {"B": "9", **wrong})[0] == 422
    assert bench.env == b"# mine\nA=1 # one\nB='two'\n"
    assert len(bench.get("/apps/~/releases")) == 3


def test_as_text(bench):
    changed(bench, {"A": "2"})
    assert bench.text("/apps/~/config-vars") == "A: 2\nB: two\n"


def test_the_config_vars_of_a_release(bench):
    changed(bench, {"A": "2"})
    changed(bench, {"A": "3"})
    assert bench.get("/apps/~/releases/4/config-vars")["A"] == "2"
    assert bench.get("/apps/~/releases/v5/config-vars")["A"] == "3"
    assert bench.get("/apps/~/releases/1/config-vars") == {}
    assert bench.refused("GET", "/apps/~/releases/9/config-vars")[0] == 404


def rolled_back(bench, release):
    response = bench.ask("POST", "/apps/~/releases", {"release": release})
    assert response.status == 201, response.body
    return json.loads(response.body)


def test_a_rollback_is_a_new_release_and_edits_the_file(bench):
    changed(bench, {"A": "2"})
    changed(bench, {"A": None, "C": "3"})
    target = bench.get("/apps/~/releases/4")["id"]
    made = rolled_back(bench, target)
    assert (made["version"], made["description"], made["current"]) == (6, "Rollback to v4", True)
    assert bench.get("/apps/~/config-vars") == {"A": "2", "B": "two"}
    assert bench.env == b"# mine\nB='two'\nA=2\n"
    assert bench.get("/apps/~/releases/6/config-vars") == {"A": "2", "B": "two"}


def test_what_cannot_be_rolled_back_to(bench):
    for release, status in (("1", 422), ("99", 404), ("x", 404), (None, 404)):
        body = {"release": release}
        assert bench.refused("POST", "/apps/~/releases", body)[0] == status
    assert len(bench.get("/apps/~/releases")) == 3

"""Config vars read and changed, as of now and of each release."""

from __future__ import annotations

import json

import pytest

from emulator.app.surroundings import Addon, Attachment
from emulator.runtime.addons import CreateAddon
from emulator.runtime.command import Deploy, SetConfig
from tests.api.bench import WALL, Bench


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


def test_all_together_have_64_kb(bench):
    changed(bench, {"BIG": "x" * 60_000})
    status, _, message = bench.refused("PATCH", "/apps/~/config-vars", {"MORE": "y" * 10_000})
    assert (status, "Heroku allows an app 65536 (64 kB)" in message) == (422, True)
    assert "yyy" not in message and b"MORE" not in bench.env
    changed(bench, {"SMALL": "1"})


def test_what_is_too_much_already_may_become_less(bench):
    bench.env = b"".join(b"V%d=%s\n" % (n, b"x" * 30_000) for n in range(3))
    bench.kernel.submit(SetConfig(bench.config_after({})))
    assert bench.refused("PATCH", "/apps/~/config-vars", {"A": "1"})[0] == 422
    changed(bench, {"V0": None})


def test_with_a_release_command_the_old_values_are_in_force_until_it_succeeds(bench):
    bench.kernel.submit(Deploy({"web": "serve", "release": "migrate"}))
    bench.boot()
    bench.exit(bench.kernel.world.pending.dyno)
    response = bench.ask("PATCH", "/apps/~/config-vars", {"A": "2"})
    assert json.loads(response.body) == bench.kernel.world.config
    assert "Release command executing" in dict(response.fields)["X-Heroku-Warning"]
    assert bench.env == b"# mine\nA=1 # one\nB='two'\n"
    assert bench.later_edits == {bench.kernel.world.newest: {"A": "2"}}
    status, _, message = bench.refused("PATCH", "/apps/~/config-vars", {"A": "3"})
    assert status == 422 and "v5 is pending" in message
    text = bench.ask("PATCH", "/apps/~/config-vars", {"A": "3"}, accept="text/plain")
    assert text.status == 422


def test_back_to_what_runs_with_a_release_command(bench):
    """A release with what the file says has failed; the next start must not try it once more."""
    bench.kernel.submit(Deploy({"web": "serve", "release": "migrate"}))
    bench.boot()
    bench.exit(bench.kernel.world.pending.dyno)
    changed(bench, {})
    bench.boot()
    bench.exit(bench.kernel.world.pending.dyno)
    bench.env = b"# mine\nA=3 # one\nB='two'\nC=4\n"
    releases = bench.get("/apps/~/releases")
    changed(bench, {"A": "1", "C": None})
    assert bench.env == b"# mine\nA=1 # one\nB='two'\n"
    assert bench.get("/apps/~/releases") == releases


def test_what_an_add_on_sets_stays_its_own(bench):
    made = Addon("a1", "redis-1", "heroku-redis", "mini", "URL=x", "", 0, 0, WALL)
    bench.kernel.submit(CreateAddon(made, Attachment("b1", "REDIS", "a1", WALL), served=False))
    bench.boot()
    ours = bench.kernel.world.addon_config
    name = next(iter(ours))
    changed(bench, {**ours, "A": "9"})
    assert bench.env == b"# mine\nA=9 # one\nB='two'\n"
    for value in ("another", None):
        status, _, message = bench.refused("PATCH", "/apps/~/config-vars", {name: value, "A": "1"})
        assert (status, message) == (422, f"Cannot overwrite attachment values {name}.")
    assert bench.kernel.world.config["A"] == "9"

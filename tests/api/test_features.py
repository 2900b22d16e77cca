"""Features and maintenance mode: switched, listed, and told when that is in vain."""

from __future__ import annotations

import pytest

from emulator.api.percent import unquote
from emulator.app.formation import parse_changes
from emulator.runtime.command import Scale, SetUp
from tests.api.bench import Bench


@pytest.fixture
def bench():
    return Bench().start(web=1)


def test_features(bench):
    assert not bench.get("/apps/~/features/preboot")["enabled"]
    for on in (True, False, 1, 0):
        assert bench.ask("PATCH", "/apps/~/features/preboot", {"enabled": on}).status == 200
        assert bench.get("/apps/~/features/preboot")["enabled"] is bool(on)
    assert bench.refused("GET", "/apps/~/features/flying")[0] == 404
    assert bench.get("/apps/~/features/runtime-heroku-exec")["enabled"]
    exec_ = "/apps/~/features/runtime-heroku-exec"
    assert bench.refused("PATCH", exec_, {"enabled": False})[0] == 422
    assert {one["state"] for one in bench.get("/apps/~/features")} == {"general", "beta"}


@pytest.mark.parametrize("on", [True, 1])
def test_maintenance(bench, on):
    assert bench.get("/apps/~")["maintenance"] is False
    bench.ask("PATCH", "/apps/~", {"maintenance": on})
    assert bench.get("/apps/~")["maintenance"] is True
    bench.ask("PATCH", "/apps/~", {"name": "shop"})
    assert bench.get("/apps/~")["maintenance"] is True
    bench.ask("PATCH", "/apps/~", {"maintenance": 0})
    assert bench.get("/apps/~")["maintenance"] is False


def told(bench, target, body):
    """What the Heroku CLI would write to stderr."""
    fields = dict(bench.ask("PATCH", target, body, Accept="text/plain").fields)
    return [unquote(fields[name]) for name in ("HK-Message", "HK-Warning") if name in fields]


def test_maintenance_is_told_as_by_the_heroku_cli(bench):
    on, off = "Enabling", "Disabling"
    for doing, wanted in ((on, True), (off, False)):
        message = f"{doing} maintenance mode for shop... done"
        assert told(bench, "/apps/~", {"maintenance": wanted}) == [message]
    assert told(bench, "/apps/~", {"name": "shop"}) == []


def test_features_as_the_heroku_cli_shows_them(bench):
    bench.ask("PATCH", "/apps/~/features/preboot", {"enabled": True})
    lines = bench.text("/apps/~/features").splitlines()
    assert lines[:2] == ["=== App Features shop", ""]
    assert lines[2].startswith("[ ] http-session-affinity  Sticky sessions")
    assert lines[3].startswith("[+] preboot                Seamless")
    assert bench.text("/apps/~/features/preboot") == (
        "=== preboot\n\n"
        "Description: Seamless deploys: new web dynos start before old ones stop\n"
        "Docs:        https://devcenter.heroku.com/articles/preboot\n"
        "Enabled:     true\n"
    )


def test_a_feature_that_changes_nothing_is_told_so(bench):
    enable, preboot = {"enabled": True}, "/apps/~/features/preboot"
    done = "Enabling preboot for shop... done"
    assert told(bench, preboot, enable) == [
        done,
        "without a router (--no-router) this changes nothing",
    ]
    bench.kernel.submit(SetUp(address="http://localhost:5000"))
    assert told(bench, preboot, enable)[1].startswith("preboot is for Standard and Performance")
    bench.kernel.submit(Scale(parse_changes(["web+0:Standard-1X"])))
    assert told(bench, preboot, enable) == [done]
    assert told(bench, preboot, {"enabled": False}) == ["Disabling preboot for shop... done"]


def test_labs_are_listed_apart(bench):
    bench.ask("PATCH", "/apps/~/features/log-runtime-metrics", {"enabled": True})
    text = bench.ask("GET", "/apps/~/features?view=labs", Accept="text/plain").body.decode()
    assert "[+] log-runtime-metrics " in text and "[ ] runtime-dyno-metadata " in text
    assert "preboot" not in text

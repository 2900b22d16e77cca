"""`apps:*`: what they ask of the emulator, and what they print."""

from __future__ import annotations

import json

import pytest

from emulator.cli.commands import apps
from emulator.cli.output import ERROR
from tests.api.bench import Bench

INFO = """\
=== shop

Auto Cert Mgmt: false
Git URL:        https://localhost/shop.git
Web URL:        http://localhost:5000/
Repo Size:      0 B
Slug Size:      0 B
Owner:          dev@localhost
Region:         us
Dynos:          web: 2, worker: 1
Stack:          heroku-24
"""


@pytest.fixture
def known(emulator):
    app = {**Bench().get("/apps/~"), "web_url": "http://localhost:5000/"}
    dynos = [{"type": "web"}, {"type": "web"}, {"type": "worker"}]
    emulator.on("GET /apps/~", json.dumps(app))
    emulator.on("GET /apps/~/addons", "[]")
    emulator.on("GET /apps/~/collaborators", "[]")
    emulator.on("GET /apps/~/dynos", json.dumps(dynos))
    return emulator


def test_info(known, hk_local):
    owner = json.loads(hk_local("apps:info", "--json").out)["app"]["owner"]["email"]
    assert hk_local("info").out == INFO.replace("dev@localhost", owner)


def test_info_with_addons(known, hk_local):
    plans = [{"plan": {"name": "heroku-redis:mini"}}, {"plan": {"name": "heroku-postgresql:mini"}}]
    known.on("GET /apps/~/addons", json.dumps(plans))
    shown = "Addons:         heroku-postgresql:mini\n                heroku-redis:mini\nAuto Cert"
    assert shown in hk_local("apps:info").out


def test_info_for_scripts(known, hk_local):
    lines = hk_local("apps:info", "-s").out.splitlines()
    assert "web_url=http://localhost:5000/" in lines and "region=us" in lines
    assert "dynos={ web: 2, worker: 1 }" in lines
    assert [line for line in lines if "=" not in line] == []
    data = json.loads(hk_local("apps:info", "--json").out)
    assert list(data) == ["addons", "app", "collaborators", "dynos", "pipeline_coupling"]


def test_rename(known, hk_local):
    known.on("PATCH /apps/~", HK_Message="Renaming%20shop%20to%20store...%20done")
    assert hk_local("rename", "store").err == "Renaming shop to store... done\n"
    assert json.loads(known.requests[-1].body) == {"name": "store"}


def test_destroy(known, hk_local):
    known.on("DELETE /apps/~", HK_Message="Destroying%20shop...%20done")
    result = hk_local("apps:destroy", "--confirm", "shop")
    assert (result.code, result.err) == (0, "Destroying shop... done\n")
    assert known.requests[-1].line == "DELETE /apps/~"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "This will delete shop. To proceed, add --confirm shop"),
        (["-c", "shpo"], "Confirmation shpo did not match shop. Aborted."),
    ],
)
def test_destroy_without_the_name(known, hk_local, monkeypatch, words, reason):
    monkeypatch.setattr("os.isatty", lambda fd: False)
    result = hk_local("destroy", *words)
    assert (result.code, result.err) == (2, f"{ERROR}{reason}\n")
    assert {one.method for one in known.requests} == {"GET"}


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1500, "1 KB"), (1048575, "1 MB"), (26100000, "25 MB")],
)
def test_sizes_are_shown_as_by_the_heroku_cli(number, shown):
    assert apps._size(number) == shown

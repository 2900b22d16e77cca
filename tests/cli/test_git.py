"""git is told the token only for where the emulator is, which says so itself."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

TOKEN = "ab" * 32


@pytest.fixture
def get(app, hk_local, monkeypatch):
    """What git:credentials says when git asks it for that host's."""
    state = app / ".hk-local"
    state.mkdir(exist_ok=True)
    (state / "api.json").write_text(json.dumps({"port": 12899, "token": TOKEN}))

    def ask(host, protocol="http"):
        asked = io.StringIO(f"protocol={protocol}\nhost={host}\npath=shop.git\n")
        monkeypatch.setattr(sys, "stdin", asked)
        return hk_local("git:credentials", str(app), "get")

    return ask


def serve(emulator, url):
    emulator.on("GET /hk-local/status", json.dumps({"app": "shop", "api_url": url}))


def test_the_emulator_that_runs_gets_its_token(emulator, get):
    serve(emulator, "http://localhost:12899")
    result = get("localhost:12899")
    assert (result.code, result.out) == (0, f"username=hk-local\npassword={TOKEN}\n")


@pytest.mark.parametrize(
    "asked", [("localhost:12898",), ("localhost",), ("localhost:12899", "https")]
)
def test_who_listens_elsewhere_does_not(emulator, get, asked):
    serve(emulator, "http://localhost:12899")
    result = get(*asked)
    assert result.code and TOKEN not in result.out
    assert "is not the emulator of" in result.err


def test_an_emulator_without_a_port_has_no_url(emulator, get):
    serve(emulator, None)
    result = get("None", "None")
    assert result.code and TOKEN not in result.out


def test_who_listens_at_the_port_of_one_that_has_stopped_does_not(app, get):
    result = get("localhost:12899")
    assert result.code and TOKEN not in result.out
    assert "no emulator runs" in result.err


def test_an_app_in_a_folder_of_its_repository_is_told_how_to_be_pushed(emulator, app, hk_local):
    serve(emulator, "http://localhost:12899")
    git = ["git", "-C", str(app)]
    subprocess.run([*git, "init", "-q"], check=True)
    assert hk_local("git:remote").err == ""
    (app / ".git").rename(app.parent / ".git")
    result = hk_local("git:remote")
    assert result.code == 0
    assert f"git subtree push --prefix {app.name} hk-local main" in result.err

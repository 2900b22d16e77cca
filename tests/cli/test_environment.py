"""What a shell is told so that `heroku` means the running app, and how that is undone."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.cli.environment import BEFORE, Access, exports, undo, undone, variables

ACCESS = Access("shop", 5555, "token", "/own/authority.pem", "/own/gitconfig")
LOCAL = "localhost,127.0.0.1,::1"


def test_every_host_is_this_machine():
    found = variables(ACCESS, {})
    hosts = {n: v for n, v in found.items() if n.endswith(("_HOST", "_URL"))}
    assert hosts == {
        "HEROKU_HOST": "http://localhost:5555",
        "HEROKU_PARTICLEBOARD_URL": "http://localhost:5555",
        "HEROKU_STATUS_HOST": "http://localhost:5555",
        "HEROKU_LOGIN_HOST": "http://localhost:5555",
        "HEROKU_BUILDPACK_REGISTRY_URL": "http://localhost:5555",
        "HEROKU_EXEC_URL": "https://localhost:5555/",
        "HEROKU_CI_WEBSOCKET_URL": "wss://localhost:5555/socket",
        "HEROKU_GIT_HOST": "localhost:5555",
        "PGDIAGNOSE_URL": "localhost",
        "HEROKU_DATA_HOST": "localhost",
    }
    assert (found["HEROKU_APP"], found["HEROKU_API_KEY"]) == ("shop", "token")
    assert found["NODE_EXTRA_CA_CERTS"] == "/own/authority.pem"
    assert found["GIT_CONFIG_GLOBAL"] == "/own/gitconfig"


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, {"NO_PROXY": LOCAL}),
        ({"NO_PROXY": "corp"}, {"NO_PROXY": f"corp,{LOCAL}"}),
        ({"no_proxy": "corp"}, {"NO_PROXY": f"corp,{LOCAL}", "no_proxy": f"corp,{LOCAL}"}),
    ],
)
def test_what_needs_no_proxy_is_added_to(env: dict[str, str], expected: dict[str, str]):
    found = variables(ACCESS, env)
    assert {n: v for n, v in found.items() if n.lower() == "no_proxy"} == expected


def test_telling_it_again_changes_nothing_and_forgets_nothing():
    env = {"HEROKU_API_KEY": "real", "NO_PROXY": "corp"}
    once = env | variables(ACCESS, env)
    assert once | variables(ACCESS, once) == once
    other = once | variables(ACCESS.replace(app="other"), once)
    assert undone(other)["HEROKU_API_KEY"] == "real"


names = st.sampled_from([*variables(ACCESS, {}), "no_proxy", "PATH"]).filter(lambda n: n != BEFORE)
environments = st.dictionaries(
    names, st.text(st.characters(codec="utf-8", exclude_characters="\0"))
)


@given(environments)
@settings(max_examples=50)
def test_it_can_be_undone(env: dict[str, str]):
    set_ = env | variables(ACCESS, env)
    changes = undone(set_)
    back = {n: v for n, v in (set_ | changes).items() if v is not None}
    assert back == env


def test_a_dyno_does_not_inherit_it():
    env = {"HEROKU_API_KEY": "real", "PATH": "/bin"}
    led = env | variables(ACCESS, env)
    undo(led)
    assert led == env
    undo(led)
    assert led == env


@pytest.mark.parametrize("text", ["", "no before", "[]"])
def test_there_may_be_nothing_to_undo(text: str):
    env = {BEFORE: text} if text == "[]" else {}
    assert set(undone(env).values()) <= {None}


WEIRD = "it's \\ \"$HOME\" `x` \\' \n end"


@pytest.mark.real
@pytest.mark.parametrize("shell", ["sh", "bash", "fish"])
def test_a_shell_evaluates_any_value(shell: str):
    source = "fish" if shell == "fish" else "sh"
    script = exports({"A_NAME": WEIRD, "GONE": None}, source) + 'printf %s "$A_NAME$GONE"\n'
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GONE": "gone"}
    done = subprocess.run([shell, "-c", script], env=env, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == (WEIRD, 0)


@pytest.fixture
def running(app, emulator, monkeypatch):
    """An emulator that serves HTTP, and a home of its own for our files."""
    monkeypatch.setenv("HOME", str(app / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for name in variables(ACCESS, {}):
        monkeypatch.delenv(name, raising=False)
    emulator.on("GET /hk-local/status", '{"app": "shop"}')
    (app / ".hk-local" / "api.json").write_text('{"port": 5555, "token": "secret"}')
    return emulator


def test_env_prints_what_a_shell_evaluates(running, hk_local, app):
    result = hk_local("env")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert "export HEROKU_HOST='http://localhost:5555'" in lines
    assert "export HEROKU_API_KEY='secret'" in lines
    assert all(line.startswith("export ") for line in lines)
    own = app / "home" / ".local" / "share" / "hk-local"
    assert f"export NODE_EXTRA_CA_CERTS='{own}/authority.pem'" in lines
    assert (own.stat().st_mode & 0o777, (own / "localhost.pem").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_the_cli_keeps_its_news_in_our_folder(running, hk_local, app):
    cache = json.loads(hk_local("env", "--json").out)["HEROKU_CACHE_DIR"]
    assert cache == str(app / "home" / ".local" / "share" / "hk-local" / "heroku-cache")
    assert os.path.exists(os.path.join(cache, "terms-of-service"))


def test_env_as_json(running, hk_local):
    assert json.loads(hk_local("env", "--json").out)["HEROKU_APP"] == "shop"


def test_the_users_git_configuration_is_included_and_what_git_adds_is_kept(running, hk_local, app):
    hk_local("env")
    file = app / "home" / ".local" / "share" / "hk-local" / "gitconfig"
    assert f'path = "{app}/home/.gitconfig"' in file.read_text()
    trust = f'[http "https://localhost:5555"]\n\tsslCAInfo = "{file.parent}/authority.pem"\n'
    assert file.read_text().endswith(trust)
    file.write_text(file.read_text() + "[credential]\n")
    hk_local("env")
    assert file.read_text().endswith("[credential]\n")


def test_without_an_emulator_a_shell_goes_on_as_it_was(app, hk_local):
    result = hk_local("env")
    assert (result.code, result.out) == (1, "")
    assert "no emulator runs" in result.err


def test_without_http_too(running, app, hk_local):
    (app / ".hk-local" / "api.json").unlink()
    result = hk_local("env")
    assert (result.code, result.out) == (1, "")
    assert "serves no HTTP" in result.err


def test_undoing_needs_no_emulator(app, hk_local, monkeypatch):
    monkeypatch.setenv(BEFORE, '{"HEROKU_API_KEY": "real"}')
    lines = hk_local("env", "--unset").out.splitlines()
    assert "export HEROKU_API_KEY='real'" in lines and "unset HEROKU_HOST" in lines
    assert hk_local("env", "--unset", "--json").code == 2


def test_the_heroku_cli_has_to_be_installed(running, hk_local, monkeypatch, app):
    monkeypatch.setenv("PATH", str(app))
    result = hk_local("heroku", "ps")
    assert (result.code, result.out) == (127, "")
    assert "npm install -g heroku" in result.err


@pytest.mark.parametrize("words", [(), ("ps", "--json"), ("--help",), ("run", "-x", "--", "ls")])
def test_the_heroku_cli_gets_all_the_words(running, hk_local, monkeypatch, app, words):
    became = {}

    def execve(path, argv, env):
        became.update(path=path, argv=argv, env=env)
        raise SystemExit(0)

    (app / "heroku").touch(0o755)
    monkeypatch.setenv("PATH", str(app))
    monkeypatch.setattr("os.execve", execve)
    with pytest.raises(SystemExit):
        hk_local("heroku", *words)
    assert became["argv"] == ["heroku", *words]
    assert became["env"]["HEROKU_API_KEY"] == "secret"
    assert "secret" not in " ".join(became["argv"])

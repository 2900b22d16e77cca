"""`config` and its siblings: what they ask of the emulator, and what they print."""

from __future__ import annotations

import io
import json

import pytest

from emulator.cli.output import ERROR, WARNING

VARS = '{"A":"1","LONG_NAME":"two words","EMPTY":""}'
APP = '{"name":"shop"}'


@pytest.fixture
def known(emulator):
    emulator.on("GET /apps/~", APP)
    emulator.on("GET /apps/~/config-vars", VARS)
    emulator.on("GET /apps/~/releases", '[{"version":12}]', 206)
    return emulator


def test_all(known, hk_local):
    shown = "A:         1\nLONG_NAME: two words\nEMPTY:     ''\n"
    assert hk_local("config").out == f"=== shop Config Vars\n\n{shown}"
    assert hk_local("config", "-s").out == "A=1\nLONG_NAME='two words'\nEMPTY=\n"
    assert json.loads(hk_local("config", "--json").out) == json.loads(VARS)


def test_some(known, hk_local):
    assert hk_local("config:get", "LONG_NAME", "NONE").out == "two words\n\n"
    assert hk_local("config:get", "-s", "LONG_NAME", "NONE").out == "LONG_NAME='two words'\nNONE=\n"
    assert json.loads(hk_local("config:get", "-j", "A").out) == {"key": "A", "value": "1"}
    found = json.loads(hk_local("config:get", "-j", "A", "NONE").out)
    assert found == [{"key": "A", "value": "1"}, {"key": "NONE", "value": None}]


def changes(emulator):
    return [json.loads(one.body) for one in emulator.requests if one.method == "PATCH"]


def test_set(known, hk_local):
    after = '{"A":"2","LONG_NAME":"two words","B":"x=y"}'
    known.on("GET /apps/~/config-vars", after)
    known.on("PATCH /apps/~/config-vars", after, HK_Warning="Careful.")
    result = hk_local("config:set", "A=2", "B=x=y")
    assert (result.code, result.out) == (0, "A: 2\nB: x=y\n")
    assert result.err == f"{WARNING}Careful.\nSetting A, B and restarting shop... done, v12\n"
    assert changes(known) == [{"A": "2", "B": "x=y"}]


def test_set_what_is_no_pair(known, hk_local):
    result = hk_local("config:set", "A=2", "B")
    assert (result.code, result.out, changes(known)) == (2, "", [])
    assert result.err == f"{ERROR}B is invalid. Must be in the format FOO=bar.\n"


def test_unset(known, hk_local):
    known.on("PATCH /apps/~/config-vars", "{}")
    result = hk_local("config:remove", "A", "B")
    assert (result.code, result.out) == (0, "")
    assert result.err == "Unsetting A, B and restarting shop... done, v12\n"
    assert changes(known) == [{"A": None, "B": None}]


@pytest.fixture
def edit(known, app, hk_local, monkeypatch):
    """Runs `config:edit` with an editor that is a shell script; `answer` is what is typed."""
    known.on("PATCH /apps/~/config-vars", "{}")
    monkeypatch.delenv("VISUAL", raising=False)

    def call(script: str, answer: str = "y\n", *words: str):
        editor = app / "editor"
        editor.write_text(f"#!/bin/sh\n{script}\n")
        editor.chmod(0o700)
        monkeypatch.setenv("EDITOR", "./editor")
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        return hk_local("config:edit", *words)

    return call


def test_edit_all(edit, known):
    result = edit("""sed -i -e "s/two words/it's/" -e "/^EMPTY/d" -e "s/^LONG_NAME='/X='/" $1""")
    assert result.code == 1 and "line 2: X: ' inside" in result.err
    result = edit("""printf 'A=1\nLONG_NAME="it\\047s"\nNEW=x\n' > $1""")
    assert (result.code, result.err) == (0, "Updating config... done\n")
    told = "- EMPTY=\n- LONG_NAME='two words'\n+ LONG_NAME=\"it's\"\n+ NEW=x\n"
    assert f"Config Diff:\n{told}" in result.out
    assert changes(known) == [{"A": "1", "LONG_NAME": "it's", "EMPTY": None, "NEW": "x"}]


def test_edit_one(edit, known):
    edit("printf 'one\\ntwo\\n' > $1", "y\n", "A")
    assert changes(known) == [{"A": "one\ntwo", "LONG_NAME": "two words", "EMPTY": ""}]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_who_does_not_agree_changes_nothing(edit, known, answer):
    assert edit("echo A=2 > $1", answer).code == 0
    assert changes(known) == []


def test_nothing_was_edited(edit, known):
    assert edit("true").err == f"{WARNING}no changes to config\n"
    assert changes(known) == []


def test_an_editor_that_fails_changes_nothing(edit, known):
    result = edit("echo A=2 > $1; exit 3")
    assert (result.code, changes(known)) == (1, [])
    assert "Editor exited with code 3" in result.err


def test_an_editor_that_is_not_there(known, hk_local, monkeypatch):
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    result = hk_local("config:edit")
    assert (result.code, changes(known)) == (1, [])
    assert "/no/such/editor: No such file or directory. Name an editor in" in result.err


def test_what_others_have_changed_meanwhile_is_not_undone(edit, known):
    answers = iter([VARS, '{"A":"9"}'])
    known.answers["GET /apps/~/config-vars"] = lambda request: request.reply(next(answers))
    result = edit("echo A=2 > $1")
    assert result.code == 1 and "Config changed on server. Refusing to update." in result.err
    assert changes(known) == []


def test_a_release_command_is_followed(known, hk_local):
    """The answer to the change shows what was in force before it."""
    known.on("PATCH /apps/~/config-vars", VARS, HK_Release="12", X_Heroku_Warning="Executing.")
    known.on("GET /apps/~/releases/12/output", "migrating\n")
    known.on("GET /apps/~/releases/12", '{"status":"succeeded"}')
    known.on("GET /hk-local/status", '{"release":11}')
    known.on("GET /apps/~/config-vars", '{"A":"2"}')
    result = hk_local("config:set", "A=2")
    assert (result.code, result.out) == (0, "Running release command...\nmigrating\nA: 2\n")
    assert result.err == "Setting A and restarting shop... done, v12\n"
    known.on("GET /apps/~/releases/12", '{"status":"failed"}')
    for command in (("config:set", "A=2"), ("config:unset", "A")):
        result = hk_local(*command)
        assert (result.code, result.out) == (1, "Running release command...\nmigrating\n")
        assert "the release command of v12 failed; the app goes on as v11" in result.err

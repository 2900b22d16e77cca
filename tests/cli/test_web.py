"""The commands about the app as its visitors meet it."""

from __future__ import annotations

import json
import webbrowser

import pytest

APP = "GET /apps/~"


@pytest.fixture
def opened(monkeypatch):
    """The pages that a browser was told to show; True is the answer that it does."""
    pages: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: pages.append(url) or True)
    return pages


@pytest.mark.parametrize(
    ("words", "page"), [((), ""), (("/admin",), "admin"), (("a?b=c",), "a?b=c")]
)
def test_open(emulator, hk_local, opened, words, page):
    emulator.on(APP, '{"web_url":"http://localhost:5000/"}')
    result = hk_local("open", *words)
    assert opened == [f"http://localhost:5000/{page}"]
    assert result.code == 0 and result.err == f"Opening {opened[0]}...\n"


def test_open_says_where_the_app_is_if_there_is_no_browser(emulator, hk_local, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    emulator.on(APP, '{"web_url":"http://localhost:5000/"}')
    result = hk_local("open")
    assert result.code == 1 and "the app is at http://localhost:5000/" in result.err


def test_an_app_without_web_cannot_be_opened(emulator, hk_local, opened):
    emulator.on(APP, '{"web_url":null}')
    assert hk_local("open").code == 1 and opened == []


@pytest.mark.parametrize(("value", "word"), [("true", "on"), ("false", "off")])
def test_maintenance(emulator, hk_local, value, word):
    emulator.on(APP, f'{{"maintenance":{value}}}')
    assert hk_local("maintenance").out == f"{word}\n"
    emulator.on("PATCH /apps/~", HK_Message="done")
    assert hk_local(f"maintenance:{word}").err == "done\n"
    assert json.loads(emulator.requests[-1].body) == {"maintenance": value == "true"}


@pytest.mark.parametrize(("word", "is_on"), [("enable", True), ("disable", False)])
def test_features_are_switched(emulator, hk_local, word, is_on):
    emulator.on("GET /apps/~/features/preboot", json.dumps({"enabled": not is_on}))
    emulator.on("PATCH /apps/~/features/preboot", HK_Message="done")
    assert hk_local(f"features:{word}", "preboot").err == "done\n"
    assert json.loads(emulator.requests[-1].body) == {"enabled": is_on}
    emulator.on("GET /apps/~/features/preboot", json.dumps({"enabled": is_on}))
    again = hk_local(f"features:{word}", "preboot")
    assert again.code == 1 and again.err.endswith(f"preboot is already {word}d.\n")


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("features",), "/features"),
        (("features:info", "preboot"), "/features/preboot"),
        (("domains",), "/domains"),
    ],
)
def test_lists_are_printed_as_the_emulator_formatted_them_or_as_json(
    emulator, hk_local, words, path
):
    emulator.on(APP + path, "as formatted\n")
    assert hk_local(*words).out == "as formatted\n"
    emulator.on(APP + path, "[]")
    assert hk_local(*words, "--json").out == "[]\n"


def test_domains_come_and_go(emulator, hk_local):
    emulator.on("POST /apps/~/domains", "a line for hosts\n", HK_Message="Adding")
    result = hk_local("domains:add", "www.example.com")
    assert (result.out, result.err) == ("a line for hosts\n", "Adding\n")
    assert json.loads(emulator.requests[-1].body) == {"hostname": "www.example.com"}
    emulator.on("DELETE /apps/~/domains/www.example.com", HK_Message="Removing")
    assert hk_local("domains:remove", "www.example.com").err == "Removing\n"

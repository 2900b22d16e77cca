"""What each command asks of the emulator, and what it makes of the answer."""

from __future__ import annotations

import inspect
import json
import os
from importlib import import_module

import pytest

from emulator.cli.commands.wait import Line
from emulator.cli.generator.outline import Command, outline
from emulator.cli.output import ERROR, GUTTER, WARNING
from emulator.cli.start import Options

PS = "=== web (Basic): npm start (1)\n\nweb.1: up 2026/01/02 03:04:05 +0000 (~ 1h ago)\n\n"


@pytest.mark.parametrize("command", outline(), ids=lambda command: command.name)
def test_every_command_has_a_function_that_takes_its_arguments(command: Command):
    module, _, name = command.target.partition(":")
    function = getattr(import_module(f"emulator.cli.commands.{module}"), name)
    given = {param.name for param in (*command.options, command.positional) if param}
    bound = inspect.signature(function).bind(**dict.fromkeys(given))
    assert bound.arguments.get("plain", {}).keys() <= set(Options.__match_args__)


def test_ps_prints_what_the_emulator_formatted(emulator, hk_local):
    emulator.on("GET /apps/~/dynos", PS)
    result = hk_local("ps")
    assert (result.code, result.out, result.err) == (0, PS, "")
    assert emulator.requests[0].headers["accept"] == "text/plain"
    assert "hk-color" not in emulator.requests[0].headers
    assert "hk-width" not in emulator.requests[0].headers


def test_ps_of_some_types_of_a_named_app(emulator, hk_local):
    emulator.on("GET /apps/my%20app/dynos?type=web&type=worker", PS)
    assert hk_local("ps", "web", "-x", "worker", "--app", "my app").out == PS


def test_ps_json_is_indented_as_by_the_heroku_cli(emulator, hk_local):
    emulator.on("GET /apps/~/dynos", '[{"name":"web.1","command":"échó"}]')
    result = hk_local("ps", "--json")
    assert result.out == '[\n  {\n    "name": "web.1",\n    "command": "échó"\n  }\n]\n'
    assert emulator.requests[0].headers["accept"] == "application/json"


def test_colours_are_asked_for_where_they_are_forced(emulator, hk_local, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    emulator.on("GET /apps/~/dynos", PS)
    hk_local("ps")
    assert emulator.requests[0].headers["hk-color"] == "1"


def test_scale(emulator, hk_local):
    message = "Scaling%20dynos...%20done,%20now%20running%20web%20at%202:Basic"
    emulator.on("PATCH /apps/~/formation", HK_Message=message)
    result = hk_local("ps:scale", "web=2", "my-worker+1:Standard-2X", "clock-1")
    assert (result.code, result.out) == (0, "")
    assert result.err == "Scaling dynos... done, now running web at 2:Basic\n"
    assert json.loads(emulator.requests[0].body) == {
        "updates": [
            {"type": "web", "quantity": "2"},
            {"type": "my-worker", "quantity": "+1", "size": "Standard-2X"},
            {"type": "clock", "quantity": "-1"},
        ]
    }


def test_bare_scale_prints_the_formation(emulator, hk_local):
    emulator.on("GET /apps/~/formation", "web=1:Basic worker=2:Basic\n")
    assert hk_local("scale").out == "web=1:Basic worker=2:Basic\n"


def test_a_change_that_is_none_is_a_mistake_of_usage(emulator, hk_local):
    result = hk_local("ps:scale", "web=2", "worker")
    assert (result.code, result.out, emulator.requests) == (2, "", [])
    assert result.err.startswith(f"{ERROR}'worker': expected TYPE=QUANTITY")


def test_a_warning_comes_before_the_message(emulator, hk_local):
    emulator.on("PATCH /apps/~/formation", HK_Message="Scaling", HK_Warning="two%0Aclocks")
    assert hk_local("ps:scale", "clock=2").err == (f"{WARNING}two\n{GUTTER}clocks\nScaling\n")


@pytest.mark.parametrize(
    ("words", "request_line"),
    [
        (["ps:restart"], "DELETE /apps/~/dynos"),
        (["restart", "-d", "web.1"], "DELETE /apps/~/dynos/web.1"),
        (["dyno:restart", "--process-type=web"], "DELETE /apps/~/formations/web"),
        (["ps:stop", "--dyno-name", "run.1"], "POST /apps/~/dynos/run.1/actions/stop"),
        (["kill", "-p", "run"], "POST /apps/~/formations/run/actions/stop"),
        (["ps:stop", "-d", "../x"], "POST /apps/~/dynos/..%2Fx/actions/stop"),
    ],
)
def test_restart_and_stop(emulator, hk_local, words, request_line):
    emulator.on(request_line, status=202, HK_Message="x...%20done")
    result = hk_local(*words)
    assert (result.code, result.err) == (0, "x... done\n")


def test_a_dyno_without_an_option_is_understood_with_a_warning(emulator, hk_local):
    emulator.on("DELETE /apps/~/dynos/web.1")
    assert hk_local("restart", "web.1").err == (
        f"{WARNING}DYNO is a deprecated argument. Use --dyno-name or --process-type instead.\n"
    )


def test_stop_of_nothing_in_particular(emulator, hk_local):
    result = hk_local("ps:stop")
    assert (result.code, emulator.requests) == (2, [])
    assert result.err == (
        f"{ERROR}Please specify a process type or dyno name to stop.\n"
        f"{GUTTER}See more help with --help\n"
    )


@pytest.mark.parametrize("command", ["ps:restart", "ps:stop", "logs"])
def test_a_dyno_and_a_type_exclude_each_other(emulator, hk_local, command):
    result = hk_local(command, "-d", "web.1", "-p", "web")
    assert (result.code, emulator.requests) == (2, [])
    assert "--process-type=web cannot also be provided when using --dyno-name" in result.err


@pytest.mark.parametrize(
    ("words", "updates"),
    [
        (["eco"], [{"type": "all", "size": "eco"}]),
        (
            ["web=eco", "my-w=basic"],
            [{"type": "web", "size": "eco"}, {"type": "my-w", "size": "basic"}],
        ),
    ],
)
def test_sizes_are_changed_and_shown(emulator, hk_local, words, updates):
    emulator.on("PATCH /apps/~/formation?view=type", "tables\n", HK_Message="Scaling")
    result = hk_local("ps:type", *words)
    assert (result.code, result.out, result.err) == (0, "tables\n", "Scaling\n")
    assert json.loads(emulator.requests[0].body) == {"updates": updates}


def test_sizes_are_shown(emulator, hk_local):
    emulator.on("GET /apps/~/formation?view=type", "tables\n")
    assert hk_local("ps:resize").out == "tables\n"


@pytest.mark.parametrize("words", [["eco", "basic"], ["web=eco", "basic"], ["web="], ["=eco"]])
def test_sizes_that_are_none(emulator, hk_local, words):
    result = hk_local("ps:type", *words)
    assert (result.code, emulator.requests) == (2, [])
    assert "expected TYPE=SIZE" in result.err


@pytest.mark.parametrize(("words", "target"), [([], None), (["web.1"], "web.1")])
def test_cycle(emulator, hk_local, words, target):
    emulator.on("POST /hk-local/cycle", HK_Message="Cycling")
    assert hk_local("ps:cycle", *words).err == "Cycling\n"
    assert json.loads(emulator.requests[0].body) == {"target": target}


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ([], "?format=text"),
        (["-tn5"], "?lines=5&tail=1&format=text"),
        (["-d", "web.1", "-s", "app"], "?dyno=web.1&source=app&format=text"),
        (["--ps", "web", "--dyno", ""], "?dyno=&type=web&format=text"),
        (["--since", "10m", "--grep", "a&b ü"], "?since=10m&grep=a%26b%20%C3%BC&format=text"),
        (["--json", "--no-color"], "?format=json&color=0"),
    ],
)
def test_logs(emulator, hk_local, words, query):
    emulator.on(f"GET /apps/~/logs{query}", "lines\n")
    assert hk_local("logs", *words).out == "lines\n"


def test_logs_are_copied_byte_by_byte(emulator, app, capfdbinary):
    from emulator.cli.main import run

    data = bytes(range(256)) * 1000
    emulator.on("GET /apps/~/logs?format=text", data)
    assert run(["logs"]) == 0
    assert capfdbinary.readouterr().out == data


@pytest.mark.parametrize(("words", "body"), [([], '{"kill":false}'), (["--kill"], '{"kill":true}')])
def test_stop_shows_what_it_waits_for(emulator, hk_local, words, body):
    emulator.on("POST /hk-local/stop", "Waiting for web.1\nEvery dyno has stopped\n", 202)
    assert hk_local("stop", *words).out == "Waiting for web.1\nEvery dyno has stopped\n"
    assert emulator.requests[0].body == body


@pytest.mark.parametrize("words", [["stop"], ["status"], ["ps:cycle"], ["ps:wait"]])
def test_what_concerns_the_whole_emulator_checks_the_app_first(emulator, hk_local, words):
    emulator.on(
        "GET /apps/other",
        '{"id":"not_found","message":"Couldn\'t find that app."}',
        404,
        Content_Type="application/json",
    )
    result = hk_local(*words, "-a", "other")
    assert (result.code, result.err) == (1, f"{ERROR}Couldn't find that app.\n")
    assert len(emulator.requests) == 1


def test_releases(emulator, hk_local):
    emulator.on("GET /apps/~/releases", "=== app Releases\n")
    assert hk_local("releases", "-n", "3").out == "=== app Releases\n"
    assert emulator.requests[0].headers["range"] == "version ..; max=3, order=desc"


WAITING = '{"release":3,"up":%d,"of":2,"crashed":%s,"done":%s}\n'


def test_wait_says_nothing_if_there_is_nothing_to_wait_for(emulator, hk_local):
    emulator.on("GET /hk-local/wait?release=1", WAITING % (2, "[]", "true"))
    result = hk_local("ps:wait")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_wait_tells_the_beginning_and_the_end(emulator, hk_local):
    steps = [(0, "[]", "false"), (1, "[]", "false"), (2, "[]", "true")]
    emulator.on("GET /hk-local/wait?release=1", "".join(WAITING % step for step in steps))
    result = hk_local("ps:wait")
    assert result.code == 0
    assert result.err == "Waiting for every dyno to be running v3... 2 / 2, done\n"


def test_wait_fails_if_a_dyno_has_crashed(emulator, hk_local):
    steps = [(0, "[]", "false"), (1, '["web.1"]', "true")]
    emulator.on("GET /hk-local/wait?release=1&type=web", "".join(WAITING % step for step in steps))
    result = hk_local("ps:wait", "-t", "web")
    assert result.code == 1
    assert result.err == (
        "Waiting for every dyno to be running v3... 1 / 2\nhk-local: web.1 crashed\n"
    )


def test_wait_fails_if_the_emulator_goes_away(emulator, hk_local):
    emulator.on("GET /hk-local/wait?release=1", WAITING % (0, "[]", "false"))
    assert hk_local("ps:wait").err == (
        "Waiting for every dyno to be running v3...\n"
        "hk-local: the emulator went away before it had answered\n"
    )


@pytest.mark.parametrize(
    ("term", "columns", "shown"),
    [
        ("xterm", 80, "\r\033[KWaiting for it... 1 / 2\r\033[KWaiting for it... 2 / 2, done\n"),
        ("xterm", 18, "\r\033[KWaiting fo\u2026 1 / 2\r\033[KWait\u2026 2 / 2, done\n"),
        ("xterm", 3, "\r\033[K 1 / 2\r\033[K 2 / 2, done\n"),
        ("dumb", 18, "Waiting for it... 2 / 2, done\n"),
    ],
)
def test_the_line_that_changes(monkeypatch, capfd, term, columns, shown):
    size = os.terminal_size((columns, 24))
    monkeypatch.setattr(os, "isatty", lambda fd: True)
    monkeypatch.setattr(os, "get_terminal_size", lambda fd: size)
    monkeypatch.setenv("TERM", term)
    line = Line()
    line.show("Waiting for it...", "1 / 2", False)
    line.show("Waiting for it...", "2 / 2, done", True)
    line.end()
    assert capfd.readouterr().err == shown


def test_version_has_the_form_of_herokus(app, hk_local):
    name, system, python = hk_local("version").out.split()
    assert name == "hk-local/0.1.0"
    assert system.count("-") == 1
    assert python.startswith("python-3.")
    assert hk_local("--version").out == f"{name} {system} {python}\n"


def test_types_and_dynos_are_completed(emulator, hk_local):
    emulator.on("GET /apps/~/formation", '[{"type":"web"},{"type":"worker"}]')
    emulator.on("GET /apps/~/dynos", '[{"name":"web.1"}]')
    assert hk_local("_complete", "types").out == "web\nworker\n"
    assert hk_local("_complete", "dynos").out == "web.1\n"


def test_without_an_emulator_the_procfile_completes_types(app, hk_local):
    (app / "Procfile").write_text("web: a\nrelease: b\nworker: c\n")
    assert hk_local("_complete", "types").out == "web\nworker\n"
    assert hk_local("_complete", "dynos").out == ""


def test_completion_keeps_quiet_where_nothing_can_be_told(app, hk_local):
    for procfile in (None, "no procfile\n"):
        if procfile:
            (app / "Procfile").write_text(procfile)
        result = hk_local("_complete", "types")
        assert (result.code, result.out, result.err) == (0, "", "")


def test_scheduled_jobs(emulator, hk_local):
    emulator.on("GET /hk-local/scheduler/jobs", "No scheduled jobs\n")
    assert hk_local("scheduler").out == "No scheduled jobs\n"
    emulator.on("GET /hk-local/scheduler/jobs", "[]")
    assert hk_local("scheduler", "--json").out == "[]\n"
    emulator.on("POST /hk-local/scheduler/jobs", HK_Message="done")
    words = ("scheduler:add", "--every", "hour", "--at", ":30", "-s", "eco", "rake", "a b", "--at")
    assert hk_local(*words).err == "done\n"
    assert json.loads(emulator.requests[-1].body) == {
        "command": 'rake "a b" --at',
        "every": "hour",
        "at": ":30",
        "size": "eco",
    }
    emulator.on("DELETE /hk-local/scheduler/jobs/2", HK_Message="gone")
    assert hk_local("scheduler:remove", "2").err == "gone\n"
    emulator.on("POST /hk-local/scheduler/jobs/2/actions/run", HK_Message="runs")
    assert hk_local("scheduler:run", "2").err == "runs\n"


def test_the_scheduler_s_page(emulator, hk_local, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or len(opened) < 2)
    for _ in range(3):
        emulator.on("POST /hk-local/scheduler/links", "http://localhost:5555/x#code\n")
    assert hk_local("scheduler:open", "--print").out == "http://localhost:5555/x#code\n"
    assert opened == []
    assert hk_local("scheduler:open").out == ""
    assert opened == ["http://localhost:5555/x#code"]
    assert hk_local("scheduler:open").out == "http://localhost:5555/x#code\n"

"""`run` and `run:detached`: the command's words, its environment, its pipes, its exit code."""

from __future__ import annotations

import json
import os

import pytest

from emulator.cli.commands.run import command_line, variables
from emulator.cli.output import WARNING


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["bash"], "bash"),
        (["ls | wc -l"], "ls | wc -l"),
        (["rake", "db:migrate"], "rake db:migrate"),
        (["echo", "a b", 'say "hi"', "$HOME"], 'echo "a b" "say \\"hi\\"" $HOME'),
    ],
)
def test_words_become_a_line_as_in_the_heroku_cli(words, line):
    assert command_line(words) == line


def test_variables(capfd):
    assert variables(["A=1;B=x = y ", " C.D-e = 3;", "A=2"]) == {
        "A": "2",
        "B": "x = y ",
        "C.D-e": "3",
    }
    assert variables(["no;=x;a b=1"]) == {}
    assert capfd.readouterr().err.splitlines() == [
        f"{WARNING}env flag {part} appears invalid. Avoid using ';' in values."
        for part in ("no", "=x", "a b=1")
    ]


def dyno(status: bytes):
    """An emulator's answer: the dyno writes to what it was lent, and ends."""

    def answer(request):
        _, out, err = request.fds
        os.write(out, b"to stdout\n")
        os.write(err, b"to stderr\n")
        for fd in request.fds:
            os.close(fd)
        request.link.sendall(b"HTTP/1.1 101 X\r\nHK-Dyno: run.7\r\nHK-Message: up\r\n\r\n")
        request.link.sendall(status)

    return answer


def test_a_dyno_has_our_pipes_and_we_its_exit_code(emulator, hk_local):
    emulator.answers["POST /apps/~/dynos"] = dyno(b"7\n")
    result = hk_local("run", "-e", "A=1", "-s", "eco", "--type", "worker", "--", "sh", "-c", "x y")
    assert (result.code, result.out, result.err) == (7, "to stdout\n", "to stderr\n")
    assert json.loads(emulator.requests[0].body) == {
        "command": 'sh -c "x y"',
        "attach": True,
        "env": {"A": "1"},
        "size": "eco",
        "type": "worker",
    }
    assert "hk-tty" not in emulator.requests[0].headers


def test_a_script_is_told_warnings_but_not_which_dyno_it_is(emulator, hk_local):
    def answer(request):
        for fd in request.fds:
            os.close(fd)
        head = b"HTTP/1.1 101 X\r\nHK-Dyno: run.7\r\nHK-Message: up\r\nHK-Warning: odd\r\n\r\n"
        request.link.sendall(head + b"0\n")

    emulator.answers["POST /apps/~/dynos"] = answer
    assert hk_local("run", "ls").err == f"{WARNING}odd\n"


def test_no_tty_is_told(emulator, hk_local):
    emulator.answers["POST /apps/~/dynos"] = dyno(b"0\n")
    assert hk_local("run", "--no-tty", "-x", "ls").code == 0
    assert json.loads(emulator.requests[0].body)["force_no_tty"] is True


@pytest.mark.parametrize("status", [b"", b"12x\n"])
def test_an_emulator_that_dies_while_attached(emulator, hk_local, status):
    emulator.answers["POST /apps/~/dynos"] = dyno(status)
    result = hk_local("run", "ls")
    assert result.code == 1
    assert result.err == "to stderr\nhk-local: the emulator went away, and run.7 with it\n"


def test_a_run_that_is_refused(emulator, hk_local):
    emulator.on("POST /apps/~/dynos", "No such dyno size: x.", 422)
    result = hk_local("run", "-s", "x", "ls")
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("Error: No such dyno size: x.\n")


def test_detached(emulator, hk_local):
    emulator.on("POST /apps/~/dynos", "Run hk-local logs\n", 201, HK_Message="done,%20run.1")
    result = hk_local("run:detached", "-e", "A=1", "ls", "-l")
    assert (result.code, result.out, result.err) == (0, "Run hk-local logs\n", "done, run.1\n")
    body = json.loads(emulator.requests[0].body)
    assert body == {"command": "ls -l", "attach": False, "env": {"A": "1"}}
    assert emulator.requests[0].fds == []


def test_detached_and_followed(emulator, hk_local):
    emulator.on("POST /apps/~/dynos", '{"name":"run.1","app":{"name":"shop"}}', 201)
    emulator.on("GET /apps/~/logs?tail=1&dyno=run.1&format=text", "lines\n")
    result = hk_local("run:detached", "-t", "ls")
    assert (result.out, result.err) == ("lines\n", "Running ls on ⬢ shop... done, run.1\n")

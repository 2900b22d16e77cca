"""`heroku run`, unmodified: output, input, exit codes, a real terminal, and clients that vanish."""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
from collections.abc import Iterator

import pexpect
import pytest

from tests.real.heroku.conftest import HEROKU, Cli, eventually

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not HEROKU, reason="HK_LOCAL_HEROKU_CLI names no Heroku CLI"),
]


def one_offs(heroku: Cli) -> list[str]:
    return [name for name in heroku.states() if name.startswith("run.")]


def test_output_and_how_it_came_about(heroku: Cli):
    done = heroku("run", "echo out; echo err >&2; exit 7")
    assert done.out == "out\nerr\n"
    up = re.search(
        r"Running echo out; echo err >&2; exit 7 on shop\.\.\. up, (run\.\d{4})", done.told
    )
    assert up, done.told

    def log() -> str:
        return heroku.hk_local("logs", "-d", up[1], "-n", "100")

    eventually(lambda: "from up to complete" in log())
    texts = [line.partition(" ")[2] for line in log().splitlines()]
    who = f"heroku[{up[1]}]:"
    assert texts == [
        f"{who} Awaiting client",
        f"{who} Starting process with command `echo out; echo err >&2; exit 7`",
        f"{who} State changed from starting to up",
        f"{who} Process exited with status 7",
        f"{who} State changed from up to complete",
    ]


@pytest.mark.parametrize(
    ("words", "code", "out"),
    [
        (["exit 7"], 7, ""),
        (["echo hi; exit 255"], 255, "hi\n"),
        (["kill -KILL $$"], 137, ""),
        (["printf abc"], 0, "abc"),
        (["--no-tty", "--", "sh", "-c", "echo one two; exit 3"], 3, "one two\n"),
        (["--type", "worker", "echo ${DYNO%.*}"], 0, "worker\n"),
        (["greet"], 0, "hello you, you are run.0000\n"),
        (["-e", "NAME=me;B=2", "echo $NAME $B"], 0, "me 2\n"),
        (["--size", "standard-2x", "echo ok"], 0, "ok\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_exit_codes(heroku: Cli, words: list[str], code: int, out: str):
    done = heroku("run", "--exit-code", *words, code=code)
    assert re.sub(r"run\.\d{4}", "run.0000", done.out) == out
    if code:
        assert done.told.endswith(f"Error: Process exited with code {code}")


def test_a_refused_one_off(heroku: Cli):
    done = heroku("run", "--size", "huge", "ls", code=2)
    assert "huge" in done.told and done.told.endswith("Error ID: invalid_params")
    eventually(lambda: one_offs(heroku) == [])  # those of before have ended, too


def test_piped_input(heroku: Cli):
    """On a terminal it is echoed, as on Heroku; without one it is not."""
    assert heroku("run", "cat", input="x\n").out == "x\nx\n"
    data = "".join(f"line {n}\n" for n in range(3000))
    done = heroku("run", "--no-tty", "md5sum", input=data)
    assert done.out == hashlib.md5(data.encode()).hexdigest() + "  -\n"


@pytest.mark.parametrize("tty", [[], ["--no-tty"]], ids=["terminal", "pipes"])
def test_megabytes_of_output_all_arrive_before_the_exit_code(heroku: Cli, tty: list[str]):
    done = heroku("run", "-x", *tty, "seq 1 800000; exit 4", code=4)
    assert len(done.out) > 5_000_000
    assert done.out == "".join(f"{n}\n" for n in range(1, 800_001))


def test_many_at_once_and_none_is_mixed_up(heroku: Cli):
    running = [
        subprocess.Popen(
            [HEROKU, "run", "-x", f"echo {n}; exit {n}"],
            cwd=heroku.dir,
            env=heroku.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for n in range(1, 9)
    ]
    for n, process in enumerate(running, 1):
        out, _ = process.communicate(timeout=100)
        assert (out, process.returncode) == (f"{n}\n".encode(), n)


def test_inside_of_a_dyno(heroku: Cli):
    port = heroku("run:inside", "web.1", "echo $PORT").out.strip()
    log = heroku.hk_local("logs", "-d", "web.1", "-n", "1000")
    assert f"http.server {port}`\n" in log


def test_detached(heroku: Cli):
    done = heroku("run:detached", "echo $A from $DYNO", "-e", "A=hello")
    name = re.fullmatch(r"Running .* on shop\.\.\. done, (run\.\d{4})", done.told)
    assert name, done.told
    assert done.out == f"Run heroku logs --app shop --dyno {name[1]} to view the output.\n\n"
    eventually(lambda: f"hello from {name[1]}" in heroku.hk_local("logs", "-d", name[1]))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_client_that_vanishes_takes_its_one_off_along(heroku: Cli, number: int):
    words = [HEROKU, "run", "echo ready; exec sleep 1000"]
    with subprocess.Popen(
        words, cwd=heroku.dir, env=heroku.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout and run.stdout.readline() == b"ready\n"
        eventually(lambda: len(one_offs(heroku)) == 1)
        (name,) = one_offs(heroku)
        run.send_signal(number)
        run.wait(60)
    eventually(lambda: one_offs(heroku) == [])
    log = heroku.hk_local("logs", "-d", name)
    assert "Client connection closed. Sending SIGHUP to all processes" in log
    assert "Process exited with status 129" in log


# The CLI leaves the line ends of its terminal as they are: \r\n becomes \r\r\n, as with Heroku.


class Shell(pexpect.spawn):
    """A terminal in which somebody types heroku commands."""

    def __init__(self, heroku: Cli) -> None:
        super().__init__(
            "bash",
            ["--norc", "--noprofile", "--noediting"],
            cwd=str(heroku.dir),
            env={**heroku.env, "PS1": "", "NO_COLOR": "1"},
            timeout=60,
            dimensions=(33, 101),
            encoding=None,
        )
        self.sendline("stty -echo; PS1=; echo begin")
        self.expect_exact("\r\nbegin\r\n")

    def type(self, line: str) -> None:
        self.sendline(f"{line}; echo =$?=")


@pytest.fixture
def shell(heroku: Cli) -> Iterator[Shell]:
    shell = Shell(heroku)
    yield shell
    shell.close(force=True)


def test_a_terminal_of_the_clients_size(shell: Shell):
    script = "tty; stty size; echo $COLUMNS x $LINES $TERM; exit 3"
    shell.type(f"{HEROKU} run -x '{script}'")
    shell.expect(rb"up, run\.\d{4}\s")
    shell.expect(rb"/dev/\S+\s+33 101\s+101 x 33 xterm\s")
    shell.expect_exact("=3=")


def test_config_edit(shell: Shell, heroku: Cli):
    """On a terminal: without one the CLI takes what it reads for the name of a config var."""
    before = (heroku.dir / ".env").read_text()
    editor = heroku.dir.parent / "editor"
    editor.write_text("#!/bin/sh\nsed -i s/=you/=them/ $1\n")
    editor.chmod(0o700)
    shell.type(f"EDITOR={editor} {HEROKU} config:edit")
    shell.expect_exact("- NAME=you\r\n+ NAME=them")
    shell.expect_exact("with these values?")
    shell.sendline("y")
    shell.expect_exact("=0=")
    assert (heroku.dir / ".env").read_text() == before.replace("you", "them")
    heroku.hk_local("config:set", "NAME=you")


def test_console(heroku: Cli):
    assert heroku("console").out == "a console of shop\n"


def test_what_is_typed_and_ctrl_d(shell: Shell):
    shell.type(f"{HEROKU} run 'read x; echo got $x; cat; echo end'")
    shell.expect(rb"up, run\.\d{4}\s")
    shell.send("words\r")
    shell.expect(rb"words\s+got words\s")
    shell.send("\x04")
    shell.expect(rb"end\s")
    shell.expect_exact("=0=")


def test_ctrl_c_is_for_the_command(shell: Shell):
    shell.type(f"""{HEROKU} run -x 'trap "echo caught; exit 9" INT; echo ready; sleep 1000'""")
    shell.expect(rb"ready\s")
    shell.send("\x03")
    shell.expect(rb"caught\s")
    shell.expect_exact("=9=")


def test_an_interactive_shell(shell: Shell):
    shell.type(f"{HEROKU} run -- bash --norc --noprofile")
    shell.expect(rb"up, run\.\d{4}\s")
    shell.send("PS1='dyno> '\r")
    shell.expect(rb"dyno> $")
    shell.send("echo $((6 * 7)) $DYNO\r")
    shell.expect(rb"42 run\.\d{4}\s")
    shell.send("sleep 1000\r")
    shell.expect(rb"sleep 1000\s")
    shell.send("\x03")
    shell.expect(rb"dyno> $")
    shell.send("exit\r")
    shell.expect_exact("=0=")


def test_four_times_ctrl_c_leaves_and_ends_the_one_off(shell: Shell, heroku: Cli):
    shell.type(f"{HEROKU} run 'trap : INT; stty raw -echo; echo ready; sleep 1000'")
    shell.expect(rb"ready\s")
    left = False
    while not left:  # they have to come within a second, each by itself
        for _ in range(4):
            shell.send("\x03")
        left = shell.expect_exact(["=1=", pexpect.TIMEOUT], timeout=5) == 0
    eventually(lambda: one_offs(heroku) == [])

"""`run` with a real emulator: pipes, a terminal, signals, and the emulator's death."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

pytestmark = pytest.mark.real

HK_LOCAL = str(Path(sys.executable).with_name("hk-local"))
PYTHON = sys.executable

PROCFILE = f"""\
worker: sleep 1000
greet: {PYTHON} -c 'import os, sys; print(os.environ["GREETING"], *sys.argv[1:])'
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An app whose emulator runs."""
    app = tmp_path_factory.mktemp("app")
    (app / "Procfile").write_text(PROCFILE)
    (app / ".env").write_text("GREETING=hello\n")
    try:
        start(app)
        yield app
    finally:
        subprocess.run([HK_LOCAL, "stop", "--kill"], cwd=app, capture_output=True, timeout=100)


def start(app: Path) -> None:
    words = [HK_LOCAL, "start", "-d", "-m", "greet=0"]
    subprocess.run(words, cwd=app, check=True, capture_output=True, timeout=100)


def pid(app: Path) -> int:
    return int((app / ".hk-local" / "lock").read_text())


def hk_local(app: Path, *words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        [HK_LOCAL, *words], cwd=app, capture_output=True, timeout=60, **options
    )  # type: ignore[call-overload]
    return done


def eventually(holds: Callable[[], bool]) -> None:
    """It holds within a minute."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end


def one_offs(app: Path) -> bytes:
    return hk_local(app, "ps", "run").stdout


def test_stdout_stderr_and_exit_code_are_the_commands(app: Path):
    done = hk_local(app, "run", "echo out; echo err >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


def test_the_signal_that_killed_the_command_shows_in_the_exit_code(app: Path):
    assert hk_local(app, "run", "kill -KILL $$").returncode == 128 + signal.SIGKILL


def test_a_process_type_gets_arguments_and_variables(app: Path):
    done = hk_local(app, "run", "-e", "GREETING=good day;X=1", "greet", "you", "two")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"good day you two\n", b"")


def test_megabytes_go_through_in_both_directions(app: Path):
    data = os.urandom(5_000_000)
    done = hk_local(app, "run", "cat; echo done >&2", input=data)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(data).digest()
    assert (done.returncode, done.stderr) == (0, b"done\n")


def test_a_reader_that_leaves_ends_the_command(app: Path):
    line = f"{HK_LOCAL} run yes | head -n 2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=app, capture_output=True, timeout=100)
    assert done.stdout == b"y\ny\n" + str(128 + signal.SIGPIPE).encode() + b"\n"


def test_many_runs_at_once_and_none_is_mixed_up(app: Path):
    running = [
        subprocess.Popen([HK_LOCAL, "run", f"echo {n}; exit {n}"], cwd=app, stdout=subprocess.PIPE)
        for n in range(20)
    ]
    for n, process in enumerate(running):
        out, _ = process.communicate(timeout=100)
        assert (out, process.returncode) == (f"{n}\n".encode(), n)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_client_that_is_killed_takes_the_command_along(app: Path, number: int):
    words = [HK_LOCAL, "run", "echo ready; sleep 1000"]
    with subprocess.Popen(words, cwd=app, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout and run.stderr
        assert run.stdout.readline() == b"ready\n"
        run.send_signal(number)
        assert run.wait(60) == (130 if number == signal.SIGINT else -number)
        assert run.stderr.read() == b""
    eventually(lambda: b"run." not in one_offs(app))


class Shell(pexpect.spawn):
    """A terminal with a shell in the app's folder."""

    def __init__(self, app: Path) -> None:
        env = {
            **os.environ,
            "PS1": "",
            "HISTFILE": "",
            "TERM": "xterm",
            "NO_COLOR": "1",
            "BASH_SILENCE_DEPRECATION_WARNING": "1",
        }
        super().__init__(
            "bash",
            ["--norc", "--noprofile", "--noediting"],
            cwd=str(app),
            env=env,
            timeout=60,
            dimensions=(24, 100),
            encoding=None,
        )
        self.sendline("stty -echo; PS1=; echo begin")
        self.expect_exact("\r\nbegin\r\n")

    def answer(self, line: str) -> bytes:
        """What the line prints."""
        self.sendline(f"{line}; echo =$?=")
        self.expect(rb"=(\d+)=\r\n")
        return bytes(self.before)


@pytest.fixture
def shell(app: Path) -> Iterator[Shell]:
    shell = Shell(app)
    settings = shell.answer("stty -g")
    yield shell
    assert shell.answer("stty -g").strip() == settings.strip(), "the terminal was not restored"
    shell.close(force=True)


def test_a_terminal_of_its_own(shell: Shell):
    script = "tty; stty size; ps -o tty= -p $$; exit 3"
    shell.sendline(f"{HK_LOCAL} run '{script}'; echo =$?=")
    shell.expect(rb"Running .* on \S+\.\.\. up, run\.\d+\r\n")
    shell.expect(rb"(/dev/pts/\d+)\r\n24 100\r\n(pts/\d+) *\r\n=3=")
    assert shell.match.group(1) == b"/dev/" + shell.match.group(2)


def test_the_window_changes_its_size(shell: Shell):
    script = 'trap "stty size" WINCH; echo ready; while :; do sleep .1; done'
    shell.sendline(f"{HK_LOCAL} run '{script}'; echo =$?=")
    shell.expect_exact("ready\r\n")
    shell.setwinsize(30, 120)
    shell.expect_exact("30 120\r\n")
    shell.send("\x03")
    shell.expect_exact("=130=")  # what is typed before that is still the command's


def test_ctrl_c_is_for_the_command(shell: Shell):
    shell.sendline(
        f"""{HK_LOCAL} run 'trap "echo caught; exit 9" INT; echo ready; sleep 1000'; echo =$?="""
    )
    shell.expect_exact("ready\r\n")
    shell.send("\x03")
    shell.expect_exact("caught\r\n=9=")


def test_four_times_ctrl_c_is_for_us(shell: Shell, app: Path):
    shell.sendline(f"{HK_LOCAL} run 'stty raw -echo; echo ready; sleep 1000'; echo =$?=")
    shell.expect_exact("ready")
    shell.send("\x03" * 4)  # within a second
    shell.expect(rb"hk-local: forcing dyno disconnect\r\n=1=")
    eventually(lambda: b"run." not in one_offs(app))


def test_what_is_typed_arrives_with_the_terminals_own_echo(shell: Shell):
    shell.sendline(f"{HK_LOCAL} run 'stty echo; echo ready; read x; echo got $x'")
    shell.expect_exact("ready\r\n")
    shell.sendline("words")
    shell.expect_exact("words\r\ngot words\r\n")


def test_ctrl_d_ends_the_input(shell: Shell):
    shell.sendline(f"{HK_LOCAL} run 'echo ready; cat; echo end'; echo =$?=")
    shell.expect_exact("ready\r\n")
    shell.send("\x04")
    shell.expect_exact("end\r\n=0=")


def test_megabytes_of_output_all_arrive(shell: Shell):
    shell.sendline(f"{HK_LOCAL} run 'seq 1 300000; exit 4'; echo =$?=")
    shell.expect(rb"run\.\d+\r\n")
    shell.expect_exact("=4=\r\n", timeout=100)
    assert shell.before == b"".join(b"%d\r\n" % n for n in range(1, 300_001))


def test_no_tty_puts_pipes_in_the_place_of_terminals(shell: Shell):
    script = "for fd in 0 1 2; do test -t $fd && echo tty; done; read x; echo got $x; cat; exit 6"
    shell.sendline(f"stty echo; {HK_LOCAL} run --no-tty '{script}'; stty -echo; echo =$?=")
    shell.expect(rb"run\.\d+\r\n")
    shell.sendline("words")
    shell.expect_exact("words\r\ngot words\r\n")
    shell.send("\x04")
    shell.expect_exact("=0=")
    assert b"tty" not in shell.before


def test_no_tty_shows_all_output(shell: Shell):
    shell.sendline(f"{HK_LOCAL} run --no-tty 'seq 1 100000; echo err >&2; exit 4'; echo =$?=")
    shell.expect(rb"run\.\d+\r\n")
    shell.expect_exact("=4=\r\n", timeout=100)
    lines = shell.before.replace(b"err\r\n", b"", 1)
    assert lines == b"".join(b"%d\r\n" % n for n in range(1, 100_001))


def test_no_tty_and_ctrl_c(shell: Shell, app: Path):
    shell.sendline(f"{HK_LOCAL} run --no-tty 'echo ready; sleep 1000'; echo =$?=")
    shell.expect_exact("ready\r\n")
    shell.send("\x03")
    shell.expect_exact("=130=")
    eventually(lambda: b"run." not in one_offs(app))


def test_a_child_in_the_background_does_not_hold_us(shell: Shell):
    answer = shell.answer(f"{HK_LOCAL} run 'sleep 1000 & echo bye'")
    assert answer.endswith(b"bye\r\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(shell: Shell, app: Path, number: int):
    shell.sendline(f"{HK_LOCAL} run 'echo ready; sleep 1000'; echo =$?=")
    shell.expect_exact("ready\r\n")
    client = subprocess.run(["pgrep", "-P", str(shell.pid)], capture_output=True, check=True).stdout
    os.kill(int(client), number)
    shell.expect_exact(f"={128 + number}=")
    eventually(lambda: b"run." not in one_offs(app))


def test_the_emulator_dies(shell: Shell, app: Path):
    shell.sendline(f"{HK_LOCAL} run 'echo ready; sleep 1000'; echo =$?=")
    shell.expect_exact("ready\r\n")
    os.kill(pid(app), signal.SIGKILL)
    shell.expect(rb"hk-local: the emulator went away, and run\.\d+ with it\r\n=1=")
    start(app)


def test_without_an_emulator(tmp_path: Path):
    (tmp_path / "Procfile").write_text(PROCFILE)
    (tmp_path / ".env").write_text("GREETING=hello\nodd line\n")
    done = hk_local(tmp_path, "run", "-e", "X=1", "greet", "you")
    assert (done.returncode, done.stdout) == (0, b"hello you\n")
    assert done.stderr.startswith(" \u203a   Warning: .env:2: ".encode())
    done = hk_local(tmp_path, "run", "echo $DYNO $X ${PORT:+port}; exit 5", input=b"")
    assert (done.returncode, done.stdout) == (5, b"run.1 port\n")


def test_without_an_emulator_signals_are_the_commands(tmp_path: Path):
    line = f"{HK_LOCAL} run yes | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, timeout=100)
    assert done.stdout == b"y\n" + str(128 + signal.SIGPIPE).encode() + b"\n"
    assert done.stderr == b""


def test_without_an_emulator_a_broken_file_is_named(tmp_path: Path):
    (tmp_path / "Procfile").write_text("no procfile\n")
    done = hk_local(tmp_path, "run", "ls")
    assert done.returncode == 1
    assert done.stderr.startswith(b"hk-local: Procfile:1: expected 'TYPE: COMMAND'")
    assert done.stderr.count(b"\n") == 1

"""What the terminal does to us: ^C, ^Z, a window that is closed, a reader that stops or leaves."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import termios
import time
from collections.abc import Callable

import pexpect
import pytest

from tests.real.app import SOON, App, command, state, until
from tests.real.test_stop import started

pytestmark = pytest.mark.real

CTRL_C, CTRL_Z = "\x03", "\x1a"

NOISY = """
import os, signal, sys
canary = os.open(open("canary-name").read(), os.O_WRONLY)
def note(number, _):
    os.write(canary, b"signal %d\\n" % number)
    if number == signal.SIGTERM:
        sys.exit()
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, note)
os.write(canary, b"noisy %d\\n" % os.getpid())
while True:
    signal.pause()
"""

FLOOD = """
import os, signal
canary = os.open(open("canary-name").read(), os.O_WRONLY)
for number in range({lines}):
    os.write(1, b"flood line %d\\n" % number)
os.write(canary, b"flooded %d\\n" % os.getpid())
signal.signal(signal.SIGTERM, signal.{disposition})
while True:
    signal.pause()
"""


BEGUN = """
import emulator.cli.main as module
def run(words, run=module.run):
    print("begun", flush=True)
    return run(words)
module.run = run
"""
"""It says when it is no longer Python's turn, of whose own start nobody can say how long it takes.
"""


@pytest.fixture
def terminal(app: App) -> Callable[..., pexpect.spawn]:
    """`hk-local start` in a terminal of its own."""

    def open_terminal(*words: str, program: str = "", before: str = "") -> pexpect.spawn:
        argv = [program, *words] if program else app.argv("start", *words, before=before)
        return pexpect.spawn(
            argv[0],
            argv[1:],
            cwd=str(app.dir),
            env={**app.environment(), "TERM": "xterm", "NO_COLOR": "1", "HISTFILE": ""},
            timeout=SOON,
            encoding="utf-8",
            dimensions=(50, 200),
        )

    return open_terminal


def is_up(child: pexpect.spawn, *dynos: str) -> pexpect.spawn:
    for dyno in dynos:
        child.expect_exact(f"heroku[{dyno}]: State changed from starting to up")
    return child


def ended(child: pexpect.spawn) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus if child.exitstatus is not None else -child.signalstatus


def test_ctrl_c_once(app: App, terminal) -> None:
    """F61: the dynos get SIGTERM, and nothing of the terminal's."""
    app.write("noisy.py", NOISY)
    app.procfile(worker="{python} noisy.py")
    child = is_up(terminal(), "worker.1")
    app.canary.wait_for("noisy")
    child.send(CTRL_C)
    child.expect_exact("hk-local: stopping gracefully (Ctrl-C again to kill)")
    child.expect_exact("heroku[worker.1]: Process exited with status 0")
    assert ended(child) == 130
    app.assert_nothing_left()
    assert app.canary.pids("signal") == [signal.SIGTERM]


def test_ctrl_c_twice(app: App, terminal) -> None:
    app.adversaries("deaf")
    child = is_up(terminal(), "deaf.1")
    app.canary.wait_for("deaf")
    child.send(CTRL_C)
    child.expect_exact("(Ctrl-C again to kill)")
    start = time.monotonic()
    child.send(CTRL_C)
    child.expect_exact("hk-local: killing")
    assert ended(child) == 130
    assert time.monotonic() - start < SOON
    app.assert_nothing_left()


def test_ctrl_c_three_times(app: App, terminal) -> None:
    """We leave at once, whatever keeps us waiting; here it is a warden that does nothing."""
    app.adversaries("deaf", "daemon")
    child = is_up(terminal(), "deaf.1", "daemon.1")
    app.canary.wait_for("deaf", "daemon")
    (warden,) = [pid for pid in app.processes() if command(pid).endswith("hk-local: warden")][:1]
    os.kill(warden, signal.SIGSTOP)
    child.send(CTRL_C)
    child.expect_exact("(Ctrl-C again to kill)")
    child.send(CTRL_C)
    child.expect_exact("hk-local: killing")
    child.send(CTRL_C)
    assert ended(child) == 130
    app.assert_nothing_left()


def test_ctrl_c_before_the_dynos_are_up(app: App, terminal) -> None:
    """F68: at whatever moment of the boot, 130 and no traceback."""
    app.adversaries("plain")
    for delay in (0.0, 0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.2):
        child = terminal(before=BEGUN)
        child.expect_exact("begun")
        time.sleep(delay)
        child.send(CTRL_C)
        child.expect(pexpect.EOF)
        assert "Traceback" not in child.before
        assert "Error" not in child.before
        assert ended(child) == 130, child.before
        app.assert_nothing_left()


def test_the_terminal_is_closed(app: App, terminal) -> None:
    """F62: SIGHUP, and nobody to write to any more."""
    app.write("noisy.py", NOISY)
    app.procfile(worker="{python} noisy.py")
    child = is_up(terminal(), "worker.1")
    app.canary.wait_for("noisy")
    os.close(child.child_fd)
    _, status = os.waitpid(child.pid, 0)
    child.closed = True
    assert os.waitstatus_to_exitcode(status) == 129
    assert app.canary.pids("signal") == [signal.SIGTERM]
    app.assert_nothing_left()


def test_sighup_without_a_terminal(app: App) -> None:
    assert started(app, "plain").stop(signal.SIGHUP) == 129
    app.assert_nothing_left()


def test_nohup_is_heeded(app: App) -> None:
    app.adversaries("plain")
    emulator = app.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    emulator.up("plain.1")
    emulator.process.send_signal(signal.SIGHUP)
    assert app.hk_local("ps").returncode == 0
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_sigterm_again_and_again(app: App) -> None:
    """F08: one clean exit."""
    emulator = started(app, "plain", "setsid")
    for _ in range(5):
        emulator.process.send_signal(signal.SIGTERM)
    assert emulator.ends() == 143
    assert emulator.text.count("heroku[plain.1]: Stopping all processes with SIGTERM") == 1
    assert emulator.stderr == ""
    app.assert_nothing_left()


def test_ctrl_z_and_fg(app: App, terminal) -> None:
    """F63: the dynos are stopped with us, and go on with us."""
    app.adversaries("plain", "daemon")
    shell = terminal("--norc", "-i", program="bash")
    shell.sendline("PS1='prompt> '")
    shell.sendline(" ".join(map(_quoted, app.argv("start"))))
    is_up(shell, "plain.1", "daemon.1")
    app.canary.wait_for("plain", "daemon", "main")
    pids = [*app.canary.pids("plain"), *app.canary.pids("daemon"), *app.canary.pids("main")]
    shell.send(CTRL_Z)
    shell.expect_exact("hk-local: suspended: dynos are stopped too")
    shell.expect_exact("Stopped")
    until(lambda: {state(pid) for pid in pids} == {"T"}, "they are stopped")
    shell.sendline("fg")
    until(lambda: {state(pid) for pid in pids} == {"S"}, "they go on")
    shell.send(CTRL_C)
    shell.expect_exact("(Ctrl-C again to kill)")
    shell.sendline("echo status=$?")
    shell.expect_exact("status=130")
    shell.close(force=True)
    app.assert_nothing_left()


def test_stopped_dynos_die_with_a_suspended_emulator(app: App, terminal) -> None:
    app.adversaries("plain", "daemon")
    child = is_up(terminal(), "plain.1", "daemon.1")
    app.canary.wait_for("plain", "daemon")
    child.send(CTRL_Z)
    until(lambda: {state(pid) for pid in app.canary.pids("main")} == {"T"}, "they are stopped")
    child.kill(signal.SIGKILL)
    app.assert_nothing_left()
    child.close(force=True)


def test_the_reader_leaves(app: App) -> None:
    """F37: `hk-local start | true`."""
    app.write("flood.py", FLOOD.format(lines=20_000, disposition="SIG_DFL"))
    app.procfile(worker="{python} flood.py")
    reader, writer = os.pipe()
    emulator = app.start(stdout=writer)
    os.close(reader)
    os.close(writer)
    app.canary.wait_for("flooded")
    answer = app.hk_local("logs", "-n", "5", "--source", "app", "--dyno-name", "worker.1")
    assert "flood line 19999" in answer.stdout
    assert emulator.stop() == 143
    assert emulator.stderr == ""
    app.assert_nothing_left()


@pytest.mark.parametrize("disposition", ["SIG_DFL", "SIG_IGN"])
def test_the_reader_stops_reading(app: App, disposition: str) -> None:
    """F36: the dynos go on, and stop works, though stdout and stderr are one full pipe."""
    app.write("flood.py", FLOOD.format(lines=200_000, disposition=disposition))
    app.procfile(worker="{python} flood.py")
    reader, writer = os.pipe()
    emulator = app.start(stdout=writer, stderr=writer)
    os.close(writer)
    app.canary.wait_for("flooded")
    assert app.hk_local("ps").returncode == 0
    emulator.process.send_signal(signal.SIGTERM)
    if disposition == "SIG_IGN":
        # The emulator has wanted to say what it waits for, and was not blocked by that.
        time.sleep(1.5)
        assert app.hk_local("stop", "--kill").returncode == 0
    until(lambda: emulator.process.poll() is not None, "it ends")
    app.assert_nothing_left()
    os.close(reader)


def test_a_terminal_that_is_stopped_with_ctrl_s(app: App) -> None:
    """R19: nothing waits for it."""
    app.write("flood.py", FLOOD.format(lines=50_000, disposition="SIG_DFL"))
    app.procfile(worker="{python} flood.py")
    master, slave = pty.openpty()
    emulator = app.start(stdout=slave, stderr=slave)
    termios.tcflow(slave, termios.TCOOFF)
    os.close(slave)
    app.canary.wait_for("flooded")
    assert app.hk_local("ps").returncode == 0
    start = time.monotonic()
    assert emulator.stop() == 143
    assert time.monotonic() - start < SOON
    os.close(master)
    app.assert_nothing_left()


def test_a_shared_pipe_stays_blocking(app: App) -> None:
    """Non-blocking mode would be left behind for the shell and whoever else writes to it."""
    reader, writer = os.pipe()
    app.adversaries("plain")
    emulator = app.start(stdout=writer)
    until(lambda: app.canary.pids("plain"), "it runs")
    assert app.hk_local("stop").returncode == 0
    emulator.process.wait(SOON)
    assert os.get_blocking(writer)
    os.close(reader)
    os.close(writer)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def test_the_shell_s_own_background(app: App) -> None:
    """`hk-local start &` in a script: ^C is not for us, SIGTERM is."""
    app.adversaries("plain")
    line = " ".join(map(_quoted, app.argv("start")))
    script = subprocess.Popen(
        ["sh", "-c", f"{line} & echo $!; wait $!; echo status=$?"],
        cwd=app.dir,
        env=app.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert script.stdout
    pid = int(script.stdout.readline())
    app.canary.wait_for("plain")
    until(lambda: (app.dir / ".hk-local/socket").exists(), "it serves")
    os.kill(pid, signal.SIGINT)
    until(lambda: "S" in state(pid), "it goes on")
    os.kill(pid, signal.SIGTERM)
    out, _ = script.communicate(timeout=SOON)
    assert "status=143" in out and "Stopping all processes" in out
    app.assert_nothing_left()

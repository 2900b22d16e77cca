"""What macOS gets: no subreaper, no /proc. The same code, made to believe that it is there.

Promised without a subreaper: whatever is found by ancestry or by the process group of a dyno's main
process or of a descendant. Not promised: a daemon that forked twice, a process that forks away.
"""

from __future__ import annotations

import os
import signal

import pytest

from tests.real.app import App, Emulator, until
from tests.real.test_web import UP, port_of, serve

pytestmark = pytest.mark.real

PORTABLE = """
import emulator.dyno.listening as listening
import emulator.dyno.runner as runner
import emulator.dyno.survivors as survivors
listening.can_read_tables = lambda: False
survivors._marked = survivors._from_psutil
runner.WARDEN_SOURCE = runner.WARDEN_SOURCE.replace(
    "from warden.main",
    "sys.platform = 'darwin'; import warden.tree as tree; tree.CHILDREN_FILE = False; "
    "assert tree._prctl is None; from warden.main",
)
assert "darwin" in runner.WARDEN_SOURCE
"""

PROMISED = ("plain", "setsid", "deaf", "stopped")


def started(app: App, *kinds: str) -> Emulator:
    app.adversaries(*kinds)
    emulator = app.start(before=PORTABLE).up(*(f"{kind}.1" for kind in kinds))
    app.canary.wait_for(*kinds)
    return emulator


def test_stop(user_app: App) -> None:
    emulator = started(user_app, "plain", "setsid", "stopped")
    assert emulator.stop() == 143
    user_app.assert_nothing_left()
    assert emulator.text.count("Process exited with status 143") == 3
    assert emulator.stderr == ""


def test_stop_by_force(app: App) -> None:
    emulator = started(app, *PROMISED)
    emulator.process.send_signal(signal.SIGINT)
    until(lambda: "gracefully" in emulator.stderr, "it was interrupted")
    emulator.process.send_signal(signal.SIGINT)
    assert emulator.ends() == 130
    app.assert_nothing_left()


def test_kill_of_the_emulator(user_app: App) -> None:
    emulator = started(user_app, *PROMISED)
    emulator.kill()
    user_app.assert_nothing_left()


def test_kill_of_the_warden(app: App) -> None:
    emulator = started(app, *PROMISED)
    first = app.canary
    app.new_canary()
    os.kill(emulator.warden_pid, signal.SIGKILL)
    first.wait_gone()
    emulator.expect("Process exited with status 137", times=len(PROMISED))
    emulator.kill()
    app.assert_nothing_left()


@pytest.mark.parametrize("kind", PROMISED)
def test_a_crash(app: App, kind: str) -> None:
    emulator = started(app, kind)
    first, second = app.canary, app.new_canary()
    os.kill(first.pids("main")[0], signal.SIGSEGV)
    emulator.expect(f"heroku[{kind}.1]: Process exited with status 139")
    if kind == "setsid":  # an orphan with a group of its own: not promised
        os.kill(first.pids(kind)[0], signal.SIGKILL)
    first.wait_gone()
    second.wait_for(kind)
    emulator.kill()
    app.assert_nothing_left()


def test_the_main_process_ends_first(app: App) -> None:
    """It cannot be an orphan's ancestor any more, but is still its group."""
    app.adversaries("orphan")
    first = app.canary
    emulator = app.start(before=PORTABLE)
    emulator.expect("heroku[orphan.1]: Process exited with status 137", times=2)
    first.wait_gone()
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_what_outlives_the_main_process_has_its_thirty_seconds_too(app: App) -> None:
    app.write(
        "slow.py",
        """
import os, signal, time
canary = os.open(open("canary-name").read(), os.O_WRONLY)
signal.signal(signal.SIGTERM, lambda *_: None)
os.write(canary, b"slow %d\\n" % os.getpid())
signal.pause()
time.sleep(0.7)
os.write(1, b"finished my work\\n")
""",
    )
    app.procfile(worker="{python} slow.py & wait")
    emulator = app.start(before=PORTABLE).up("worker.1")
    app.canary.wait_for("slow")
    assert emulator.stop() == 143
    emulator.expect("app[worker.1]: finished my work")
    app.assert_nothing_left()


def test_the_next_start_sweeps(app: App) -> None:
    """By the mark in the environment, which psutil can read of one's own processes."""
    emulator = started(app, "plain", "setsid")
    all_of_us = [emulator.pid, emulator.warden_pid, *emulator.shims]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in all_of_us:
            os.kill(pid, number)
    emulator.ends()
    app.new_canary()
    again = app.start(before=PORTABLE)
    assert "removed 4 processes" in again.expect("hk-local[start]: removed")
    again.up("plain.1", "setsid.1")
    app.canaries[0].wait_gone()
    assert again.stop() == 143
    app.assert_nothing_left()


@pytest.mark.parametrize("host", ["0.0.0.0", "::1"])
def test_a_web_dyno_is_up_when_it_accepts(app: App, host: str) -> None:
    app.write("server.py", "")
    emulator = serve(app, f"{host} $PORT", before=PORTABLE)
    emulator.expect(UP)
    assert port_of(emulator)
    assert emulator.stop() == 143
    app.assert_nothing_left()


@pytest.mark.parametrize(
    ("command", "status"), [("no-such-program", 127), ("./plain-file", 126), ("exit 3", 3)]
)
def test_a_command_that_fails(app: App, command: str, status: int) -> None:
    app.write("plain-file", "")
    app.procfile(worker=command)
    emulator = app.start(before=PORTABLE)
    emulator.expect(f"heroku[worker.1]: Process exited with status {status}", times=2)
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_started_with_signals_ignored_and_blocked(app: App) -> None:
    """R11, R25: without posix_spawn it is for us to reset them, in the right order."""

    def before() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})

    app.procfile(worker="{python} state.py")
    app.write(
        "state.py",
        """
import signal
lines = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
hup = int(lines["SigIgn"], 16) & 1
print("blocked", int(lines["SigBlk"], 16), "hup ignored", hup, flush=True)
signal.pause()
""",
    )
    emulator = app.start(before=PORTABLE, preexec_fn=before)
    emulator.expect("blocked 0 hup ignored 0")
    assert emulator.stop() == 143
    app.assert_nothing_left()

"""`hk-local start -d`: the command waits until the dynos are up, and leaves the emulator alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator

import pytest

from tests.real.app import SOON, App, read, state, until

pytestmark = pytest.mark.real


@pytest.fixture
def detached(app: App) -> Iterator[App]:
    """Its emulator, if there is one, is stopped at the end."""
    yield app
    if pid := emulator_pid(app):
        os.kill(pid, signal.SIGKILL)
        until(lambda: state(pid) in ("", "Z"), "it is gone")


def emulator_pid(app: App) -> int:
    return int(read(str(app.dir / ".hk-local/lock")) or 0)


def test_the_command_ends_when_the_dynos_are_up(detached: App) -> None:
    detached.adversaries("plain", "setsid")
    answer = detached.hk_local_in(detached.dir, "start", "-d", "-m", "plain=2")
    assert (answer.returncode, answer.stderr) == (0, "")
    for dyno in ("plain.1", "plain.2", "setsid.1"):
        assert f"{dyno}: up\n" in answer.stdout
    assert "plain.2" in detached.hk_local_in(detached.dir, "ps").stdout
    pid = emulator_pid(detached)
    assert os.getsid(pid) == pid
    assert {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 1, 2)} == {"/dev/null"}
    os.kill(pid, signal.SIGTERM)
    detached.assert_nothing_left()


def test_it_ends_with_1_if_a_dyno_has_crashed(detached: App) -> None:
    detached.procfile(web="exit 3", other="exec sleep 1000")
    answer = detached.hk_local_in(detached.dir, "start", "-d")
    assert answer.returncode == 1
    assert "web.1: crashed\n" in answer.stdout
    assert "other.1: up\n" in answer.stdout
    os.kill(emulator_pid(detached), signal.SIGTERM)
    detached.assert_nothing_left()


def test_without_a_dyno_there_is_nothing_to_wait_for(detached: App) -> None:
    detached.procfile(worker="exec sleep 1000")
    answer = detached.hk_local_in(detached.dir, "start", "-d", "-m", "worker=0")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "no dynos run; hk-local ps:scale worker=1 starts one\n"
    os.kill(emulator_pid(detached), signal.SIGTERM)
    detached.assert_nothing_left()


def test_why_it_could_not_start_is_said_by_the_command(detached: App) -> None:
    detached.procfile(worker="exec sleep 1000")
    detached.start().up("worker.1").stop()
    with sqlite3.connect(detached.dir / ".hk-local/state.db") as db:
        db.execute("pragma user_version=99")
    db.close()
    answer = detached.hk_local_in(detached.dir, "start", "-d")
    assert answer.returncode == 1
    assert "was written by a newer hk-local" in answer.stderr
    assert answer.stderr.count("\n") == 1
    detached.assert_nothing_left()


def test_an_emulator_that_is_killed_meanwhile_is_said(detached: App) -> None:
    detached.write("Procfile", "web: exec sleep 1000\n")  # which never listens
    command = waiting(detached)
    until(lambda: emulator_pid(detached) not in (0, command.pid), "the emulator has signed")
    os.kill(emulator_pid(detached), signal.SIGKILL)
    out, err = command.communicate(timeout=SOON)
    assert (command.returncode, out) == (1, "")
    assert err == "hk-local: the emulator ended before its dynos were up\n"
    detached.assert_nothing_left()


def test_ctrl_c_ends_the_waiting_and_not_the_app(detached: App) -> None:
    detached.write("Procfile", "web: exec sleep 1000\n")
    command = waiting(detached)
    until((detached.dir / ".hk-local/socket").exists, "it serves")
    command.send_signal(signal.SIGINT)
    _, err = command.communicate(timeout=SOON)
    assert command.returncode == 130
    assert err == "hk-local: the app goes on in the background; hk-local stop ends it\n"
    assert "web.1: starting" in detached.hk_local_in(detached.dir, "ps").stdout
    os.kill(emulator_pid(detached), signal.SIGTERM)
    detached.assert_nothing_left()


def waiting(app: App) -> subprocess.Popen[str]:
    return subprocess.Popen(
        app.argv("start", "-d"),
        cwd=app.dir,
        env=app.environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

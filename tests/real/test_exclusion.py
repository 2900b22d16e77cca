"""One emulator for each app, whatever the one before has left behind."""

from __future__ import annotations

import os
import signal
import socket

import psutil
import pytest

from tests.real.app import App, until

pytestmark = pytest.mark.real


def test_of_six_that_start_at_once_one_does(user_app: App) -> None:
    """F22, R14: the others say who."""
    user_app.adversaries("plain")
    six = [user_app.start() for _ in range(6)]
    until(lambda: sum(one.process.poll() is not None for one in six) == 5, "five have ended")
    (winner,) = [one for one in six if one.process.poll() is None]
    winner.up("plain.1")
    for loser in six:
        if loser is not winner:
            assert loser.ends() == 1
            assert loser.text == ""
            assert "hk-local already runs here (pid " in loser.stderr
            assert f"(pid {winner.pid})" in loser.stderr or "(pid unknown)" in loser.stderr
    assert len(user_app.canary.pids("main")) <= 1
    assert winner.stop() == 143
    user_app.assert_nothing_left()


def test_a_second_one_later_is_told_who_is_the_first(app: App) -> None:
    app.adversaries("plain")
    first = app.start().up("plain.1")
    second = app.start()
    assert second.ends() == 1
    assert f"(pid {first.pid})" in second.stderr
    assert first.stop() == 143
    third = app.start().up("plain.1")
    assert third.stop() == 143
    app.assert_nothing_left()


def test_nothing_has_to_be_cleaned_up_by_hand(app: App) -> None:
    """F23: a lock with somebody else's pid, a socket that nobody listens at."""
    app.adversaries("plain")
    app.start().up("plain.1").stop()
    app.write(".hk-local/lock", "1\n")
    (app.dir / ".hk-local/socket").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(app.dir / ".hk-local/socket"))
    emulator = app.start().up("plain.1")
    assert app.hk_local("ps").returncode == 0
    assert emulator.stop() == 143
    assert psutil.pid_exists(1), "pid 1 was left alone"
    app.assert_nothing_left()


def test_the_state_folder_of_another_user_is_not_trusted(make_app, user) -> None:
    app: App = make_app(user)
    app.adversaries("plain")
    (app.dir / ".hk-local").mkdir()
    if user.uid == os.getuid():
        (app.dir / ".hk-local").rmdir()
        (app.dir / ".hk-local").symlink_to(app.root)
    emulator = app.start()
    assert emulator.ends() == 1
    assert "belongs to another user or is a link" in emulator.stderr
    assert emulator.text == ""


def test_a_killed_one_is_followed_by_one_that_says_nothing_of_it(app: App) -> None:
    """Nothing was left, so there is nothing to say."""
    app.adversaries("plain")
    app.start().up("plain.1").kill()
    again = app.start().up("plain.1")
    assert "removed" not in again.text
    assert again.stop(signal.SIGTERM) == 143
    app.assert_nothing_left()

"""kill -9 at calls of a deploy: the old or the new release is the current one, never neither."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.real.app import App

pytestmark = pytest.mark.real

EXHAUSTIVE = bool(os.environ.get("HK_LOCAL_EXHAUSTIVE"))

FAULT = """
import os, sys
left = {n}
def count(frame, event, argument):
    global left
    if event == "call" and "/emulator/" in frame.f_code.co_filename:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
def begin(frame, event, argument):
    code = frame.f_code
    if event == "call" and code.co_name == "_end" and "/building." in code.co_filename:
        sys.setprofile(count)
sys.setprofile(begin)
"""
"""From the end of the build on, the nth call is not survived."""

STEPS = (1, 60, 200)
"""Calls after the end of the build; most are before and while the release is saved."""


def deployed(app: App) -> int:
    env = app.environment()
    done = subprocess.run(
        app.argv("deploy", "--no-wait"), cwd=app.dir, env=env, capture_output=True, timeout=100
    )
    return done.returncode


def test_after_a_kill_at_any_call_the_old_or_the_new_release_runs(app: App) -> None:
    app.procfile(worker="echo runs $(cat version); exec sleep 1000")
    app.write("version", "v0")
    app.start().up("worker.1")
    assert app.hk_local("deploy").returncode == 0
    app.emulators[-1].kill()
    steps = range(1, 1000) if EXHAUSTIVE else STEPS
    old, killed = "v0", 0
    for number, n in enumerate(steps, 1):
        new = f"v{number}"
        app.write("version", new)
        emulator = app.start(before=FAULT.format(n=n)).up("worker.1")
        emulator.expect(f"app[worker.1]: runs {old}")
        app.hk_local("status")
        deployed(app)
        emulator.kill()
        killed += 1
        app.assert_nothing_left()
        # What runs next is one of the two, whole, and the world agrees with what is on disk.
        emulator = app.start().up("worker.1")
        runs = emulator.expect("app[worker.1]: runs ").rpartition(" ")[2]
        assert runs in (old, new)
        releases = json.loads(app.hk_local("releases", "--json").stdout)
        versions = sorted(one["version"] for one in releases)
        assert versions == list(range(versions[0], versions[-1] + 1))
        assert emulator.stderr == ""
        emulator.kill()
        old = runs
    assert killed == len(steps)

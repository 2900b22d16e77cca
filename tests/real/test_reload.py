"""A change of code restarts the dynos that run it, and nothing else does."""

from __future__ import annotations

import pytest

from tests.real.app import App

pytestmark = pytest.mark.real


def test_code_restarts_and_what_the_app_writes_does_not(app: App) -> None:
    app.procfile(
        worker="cat lib/code.rb; date > own.log; exec sleep 1000",
        watch="sh -c 'sleep 1000; exec watch' watch",
    )
    (app.dir / "lib").mkdir()
    app.write("lib/code.rb", "version one\n")
    emulator = app.start().up("worker.1", "watch.1")
    emulator.expect("app[worker.1]: version one")
    app.hk_local("status")  # by then its eyes are open, or about to be
    for number in range(50):
        app.write("lib/code.rb", f"version two {number}\n")
        try:
            emulator.expect("hk-local[reload]: lib/code.rb changed; restarting worker", within=1)
            break
        except AssertionError:
            continue
    emulator.expect("app[worker.1]: version two")
    app.write("own.json", "{}")
    app.write("own.log", "more")
    assert emulator.stop() == 143
    assert "watch.1]: Restarting" not in emulator.text
    reloads = [line for line in emulator.text.splitlines() if "hk-local[reload]" in line]
    assert reloads and not any("own." in line for line in reloads)
    assert "Release v5" not in emulator.text  # no release, only a restart


def test_only_the_process_types_of_reload_restart_if_there_are_any(app: App) -> None:
    app.procfile(worker="exec sleep 1000", clock="exec sleep 1000")
    app.write("a.py", "one")
    emulator = app.start("--reload", "clock").up("worker.1", "clock.1")
    app.hk_local("status")
    for number in range(50):
        app.write("a.py", f"two {number}")
        try:
            emulator.expect("hk-local[reload]: a.py changed; restarting clock", within=1)
            break
        except AssertionError:
            continue
    assert emulator.stop() == 143
    assert "worker.1]: Restarting" not in emulator.text

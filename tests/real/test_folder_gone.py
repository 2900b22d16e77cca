"""An emulator that nobody can find any more does not run on."""

from __future__ import annotations

import shutil

import pytest

from tests.real.app import App, until

pytestmark = pytest.mark.real


TICK = "from emulator.cli import emulator; emulator.TICK = {}"
"""It looks every ten seconds else."""


@pytest.mark.parametrize(("gone", "tick"), [(".hk-local", 1000), (".hk-local/lock", 0.1)])
def test_an_emulator_that_has_lost_its_state_folder_stops(app: App, gone: str, tick: float) -> None:
    """That the folder is gone is seen at once."""
    app.adversaries("plain")
    emulator = app.start("--no-reload", before=TICK.format(tick)).up("plain.1")
    until(lambda: app.hk_local("ps").returncode == 0, "served, and all services begun")
    path = app.dir / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert emulator.ends() == 1
    emulator.expect("hk-local[start]: the app's state folder was deleted; stopping")
    app.assert_nothing_left()

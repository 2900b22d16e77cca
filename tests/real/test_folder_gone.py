"""An emulator that nobody can find any more does not run on."""

from __future__ import annotations

import shutil

import pytest

from tests.real.app import App

pytestmark = pytest.mark.real


ATTENTIVE = "from emulator.cli import emulator; emulator.TICK = 0.1"
"""It looks every ten seconds else."""


def test_an_emulator_whose_state_folder_is_deleted_stops(app: App) -> None:
    app.adversaries("plain")
    emulator = app.start(before=ATTENTIVE).up("plain.1")
    shutil.rmtree(app.dir / ".hk-local")
    assert emulator.ends() == 1
    emulator.expect("hk-local[start]: the app's state folder was deleted; stopping")
    app.assert_nothing_left()

"""An emulator that nobody can find any more does not run on."""

from __future__ import annotations

import shutil

import pytest

from tests.real.app import App

pytestmark = pytest.mark.real


def test_an_emulator_whose_state_folder_is_deleted_stops(app: App) -> None:
    app.adversaries("plain")
    emulator = app.start().up("plain.1")
    shutil.rmtree(app.dir / ".hk-local")
    assert emulator.ends(within=15) == 1
    emulator.expect("hk-local[start]: the app's state folder was deleted; stopping")
    app.assert_nothing_left()

"""A dyno is told how much memory its size has."""

from __future__ import annotations

import pytest

from tests.real.app import App

pytestmark = pytest.mark.real


def test_a_dyno_knows_its_memory_and_so_does_one_of_another_size(app: App) -> None:
    app.procfile(
        worker="echo worker has $DYNO_RAM; exec sleep 60",
        clock="echo clock has $DYNO_RAM; exec sleep 60",
    )
    emulator = app.start("-m", "clock=1:Standard-2X")
    emulator.expect("app[worker.1]: worker has 512")
    emulator.expect("app[clock.1]: clock has 1024")
    assert emulator.stop() == 143

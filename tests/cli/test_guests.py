"""A one-off that waited for its client starts as if it had not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from emulator.app.release import Release, Status
from emulator.cli.guests import Guests
from emulator.runtime.world import World


def test_it_has_no_config_vars_of_a_release_that_was_tried_meanwhile() -> None:
    done: list[tuple[Any, ...]] = []
    current = Release(1, "Deploy", "me", 1.0, {}, {"A": "1"})
    pending = Release(
        2, "Set A", "me", 2.0, {}, {"A": "2"}, status=Status.PENDING, dyno="release.1"
    )
    emulator: Any = SimpleNamespace(
        kernel=SimpleNamespace(world=World("shop", "me", releases=(current, pending))),
        boot=SimpleNamespace(set_environment=lambda release: done.append(("config", release))),
        runner=SimpleNamespace(lend=lambda *given: done.append(("lend", *given))),
    )
    Guests(emulator).lend("run.1", [3], True)
    assert done == [("config", current), ("lend", "run.1", [3], True)]

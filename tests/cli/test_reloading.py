"""Which dynos a change of code restarts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from emulator.cli.reloading import Reloading
from emulator.runtime.builds import DeploySlug
from tests.simulation import Simulation


class Emulator:
    """An app whose worker is `plain` and whose clock reloads by itself."""

    def __init__(self, *reload_only: str) -> None:
        self.app = Simulation()
        self.app.start("worker=1,clock=1")
        self.app.run(60)
        self.kernel: Any = SimpleNamespace(take=self.take)
        self.look()
        self.options = SimpleNamespace(reload=False, reload_only=reload_only, dir="")
        self.said: list[str] = []

    def look(self) -> None:
        self.kernel.world = self.app.world

    def take(self, given: Any) -> None:
        self.app.ask(given)
        self.look()

    def say(self, about: str, text: str) -> None:
        self.said.append(text)


def test_every_process_type_that_does_not_see_to_it_itself() -> None:
    emulator = Emulator()
    types = {**emulator.app.world.types, "clock": "npm run dev"}
    current = emulator.app.world.releases[-1].replace(types=types)
    releases = (*emulator.app.world.releases[:-1], current)
    emulator.kernel.world = emulator.app.world.replace(releases=releases)
    Reloading(emulator).restart(["a.py"])  # type: ignore[arg-type] # ours
    assert emulator.said == ["a.py changed; restarting worker"]


@pytest.mark.parametrize("words", [("clock",), ("clock, nosuch",)])
def test_only_those_that_were_chosen(words: tuple[str, ...]) -> None:
    emulator = Emulator(*words)
    Reloading(emulator).restart([f"{n}.py" for n in range(5)])  # type: ignore[arg-type] # ours
    assert emulator.said == ["0.py, 1.py, 2.py and 2 more changed; restarting clock"]


def test_what_was_deployed_is_left_alone() -> None:
    emulator = Emulator()
    emulator.take(DeploySlug(emulator.app.world.types, "abc", "abc"))
    Reloading(emulator).restart(["a.py"])  # type: ignore[arg-type] # ours
    assert emulator.said == []

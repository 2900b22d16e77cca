"""The user's `.env` is edited once the release is there, and only then."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator.app.release import Release, Status
from emulator.cli.env_files import EnvFiles
from emulator.runtime.world import World


class Emulator:
    """As much of one as is looked at."""

    def __init__(self, dir: Path) -> None:
        self.options = SimpleNamespace(dir=str(dir), env=())
        self.boot = SimpleNamespace(files=SimpleNamespace(config={"A": "1"}))
        self.kernel = SimpleNamespace(observers=[], world=World("shop", "me"))
        self.said: list[str] = []

    def say(self, about: str, text: str) -> None:
        self.said.append(f"{about}: {text}")

    def release(self, status: Status) -> None:
        """v1 is that now."""
        self.kernel.world = self.kernel.world.replace(
            releases=(Release(1, "Set A config vars", "me", 1.0, {}, {}, status=status),)
        )
        for observer in self.kernel.observers:
            observer()


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    (tmp_path / ".env").write_text("A=1 # mine\n")
    return Emulator(tmp_path)


def text(emulator: Emulator) -> str:
    return (Path(emulator.options.dir) / ".env").read_text()


def test_at_once(emulator: Emulator) -> None:
    env = EnvFiles(emulator)
    assert env.after({"A": "2"}) == {"A": "2"} and text(emulator) == "A=1 # mine\n"
    assert env.edit({"A": "2"}) == env.config == {"A": "2"}
    assert text(emulator) == "A=2 # mine\n"


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (Status.SUCCEEDED, "A=2 # mine\n"),
        (Status.FAILED, "A=1 # mine\n"),
        (Status.EXPIRED, "A=1 # mine\n"),
    ],
)
def test_with_the_release(emulator: Emulator, status: Status, after: str) -> None:
    env = EnvFiles(emulator)
    emulator.release(Status.PENDING)
    env.edit_later(1, {"A": "2"})
    emulator.release(Status.PENDING)
    assert text(emulator) == "A=1 # mine\n"
    emulator.release(status)
    assert text(emulator) == after


def test_what_was_written_by_hand_meanwhile_still_awaits_its_release(emulator: Emulator) -> None:
    env = EnvFiles(emulator)
    emulator.release(Status.PENDING)
    env.edit_later(1, {"A": None, "C": "3"})
    (Path(emulator.options.dir) / ".env").write_text("A=1 # mine\nB=2\n")
    emulator.release(Status.SUCCEEDED)
    assert env.after({}) == {"B": "2", "C": "3"}
    assert env.config == {"C": "3"}


def test_a_line_that_was_edited_by_hand_meanwhile_is_not_overwritten(emulator: Emulator) -> None:
    env = EnvFiles(emulator)
    emulator.release(Status.PENDING)
    env.edit_later(1, {"A": "2", "B": "2"})
    (Path(emulator.options.dir) / ".env").write_text("A=3 # mine\n")
    emulator.release(Status.SUCCEEDED)
    assert text(emulator) == "A=3 # mine\nB=2\n"
    assert env.config == {"A": "1", "B": "2"}


def test_a_file_that_cannot_be_written_is_told(emulator: Emulator) -> None:
    env = EnvFiles(emulator)
    emulator.release(Status.PENDING)
    env.edit_later(1, {"A": "2"})
    path = Path(emulator.options.dir) / ".env.hk-local"
    path.mkdir()
    emulator.release(Status.SUCCEEDED)
    (said,) = emulator.said
    assert said.startswith("config: v1 is released, but ") and "cannot be written" in said
    emulator.release(Status.SUCCEEDED)
    assert len(emulator.said) == 1

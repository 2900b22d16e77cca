"""What the tests of the sample app share: its queue, and its scripts as processes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "sample_app"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def jobs() -> ModuleType:
    return load("jobs")


@pytest.fixture
def queue(jobs: ModuleType, tmp_path: Path) -> Iterator[Any]:
    queue = jobs.Queue(str(tmp_path / "jobs.sqlite3"))
    yield queue
    queue.close()


class Script:
    """One of the app's scripts as a process of its own."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, f"{name}.py"],
            cwd=FOLDER,
            env=os.environ | environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def wait_line(self, part: str) -> str:
        """The next line that has `part`."""
        assert self.process.stdout
        seen = []
        for line in self.process.stdout:
            if part in line:
                return line
            seen.append(line)
        raise AssertionError(f"ended without a line with {part!r}: {seen}")

    def signal(self, number: int) -> tuple[int, str]:
        """The exit status and what was still printed, after this signal."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Callable[..., Script]]:
    started: list[Script] = []

    def start(name: str, **environment: str) -> Script:
        file = {"QUEUE_FILE": str(tmp_path / "jobs.sqlite3")}
        started.append(Script(name, file | environment))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()

"""Every code block of the documentation runs, or is plainly something that does not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<label>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S
)
CONTENTS = {"text", "procfile", "dotenv", "json", "python", "http", "toml"}
"""File contents and what is printed; whoever shows a command to be typed says `sh`."""

BY_CI = {"sample", "tests"}
"""The README's two commands: .ci/run runs them as they stand there, in fresh clones."""


class Fence(NamedTuple):
    page: str
    number: int
    note: str
    label: str
    text: str


def fences() -> Iterator[Fence]:
    for page in PAGES:
        for number, found in enumerate(FENCE.finditer(page.read_text()), 1):
            name = str(page.relative_to(ROOT))
            yield Fence(name, number, found["note"] or "", found["label"], found["text"])


def to_run(page: str) -> list[Fence]:
    return [f for f in fences() if f.page == page and f.label == "sh" and f.note not in BY_CI]


def test_every_block_says_what_it_is() -> None:
    unknown = [(f.page, f.number, f.label) for f in fences() if f.label not in {*CONTENTS, "sh"}]
    assert unknown == []


def test_the_two_commands_of_the_readme_are_there_for_ci() -> None:
    noted = [f.note for f in fences() if f.note in BY_CI]
    assert sorted(noted) == sorted(BY_CI)


@pytest.mark.real
@pytest.mark.parametrize("page", sorted({f.page for f in fences() if f.label == "sh"}))
def test_the_commands_of_a_page_run(page: str, tmp_path: Path) -> None:
    """In a copy of the sample app, with its emulator running; each block in a shell of its own."""
    app = tmp_path / "app"
    shutil.copytree(ROOT / "sample_app", app)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "HOME": str(tmp_path)}
    start = subprocess.run(["hk-local", "start", "-d"], cwd=app, env=env, timeout=60)
    assert start.returncode == 0
    try:
        for fence in to_run(page):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", fence.text],
                cwd=app,
                env=env,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.returncode == 0, f"{page}, block {fence.number}:\n{fence.text}{done.stderr}"
    finally:
        subprocess.run(["hk-local", "stop"], cwd=app, env=env, timeout=60)

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
CONTENTS = {"text", "mermaid", "procfile", "dotenv", "json", "python", "http", "toml"}
"""File contents and what is printed; whoever shows a command to be typed says `sh`."""

BY_CI = {"sample", "tests"}
"""The README's two commands: .ci/run runs them as they stand there, in fresh clones."""


NOT_RUN = {
    "hk-local start": "goes on until it is stopped",
    "hk-local open": "would start a browser",
    "hk-local stop": "the page's other commands need the emulator",
    "apps:destroy": "the page's other commands need the app",
    "config:edit": "wants somebody who types",
    "hk-local console": "the sample has no such process type",
    "scheduler:open\n": "opens a browser",
    "hk-local heroku": "needs the Heroku CLI; tests/real/heroku has it",
    "logs --tail": "goes on until it is interrupted",
    "--tail python": "goes on until it is interrupted",
    "run bash": "wants somebody who types",
    "run worker --once": "the sample's worker has no such argument",
    "manage.py": "not a Django app",
    "bin/rails": "not a Rails app",
    "delayed_jobs": "no such table",
    "pg_dump": "no database",
    "run.1828": "no such dyno",
    "--confirm shop": "the sample app is not called shop",
    "-f schema.sql": "no such file",
    "HEROKU_POSTGRESQL_AMBER": "the colour is another one every time",
    "addons:create memcachier": "needs memcached",
    "pip install": "the test's machine has it",
    "v12": "no such release",
    "releases:rollback": "there is no earlier release with code",
    "releases:retry": "the sample has no release command",
    "--process-type run": "no one-off runs",
    "git:remote": "needs a repository, which docs/deploy.md makes",
    "jq": "need not be installed",
    "⇥": "a key, not a command",
    "worker=\n": "half a command, completed by a key",
    "zsh": "for another shell than the test's",
    "fish": "for another shell than the test's",
}
"""Examples that only their reader can run, by a part of them, and why."""


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


def examples(page: str) -> list[str]:
    """What stands behind a `$` in the page."""
    texts = [f.text for f in fences() if f.page == page and f.label == "text"]
    lines = [line + "\n" for text in texts for line in text.splitlines() if line[:2] == "$ "]
    return [line[2:] for line in lines if not any(part in line for part in NOT_RUN)]


def commands(page: str) -> list[str]:
    return [f.text for f in to_run(page)] + examples(page)


def test_no_reason_for_not_running_is_out_of_date() -> None:
    lines = "".join(f.text for f in fences())
    assert [part for part in NOT_RUN if part not in lines] == []


@pytest.mark.real
@pytest.mark.parametrize("page", sorted(p for p in {f.page for f in fences()} if commands(p)))
def test_the_commands_of_a_page_run(page: str, tmp_path: Path) -> None:
    """In a copy of the sample app, with its emulator running; each block in a shell of its own."""
    app = tmp_path / "app"
    shutil.copytree(ROOT / "sample_app", app)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "HOME": str(tmp_path)}
    start = subprocess.run(["hk-local", "start", "-d"], cwd=app, env=env, timeout=100)
    assert start.returncode == 0
    try:
        for command in commands(page):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=app,
                env=env,
                capture_output=True,
                text=True,
                timeout=100,
            )
            assert done.returncode == 0, f"{page}:\n{command}{done.stdout}{done.stderr}"
    finally:
        subprocess.run(["hk-local", "stop"], cwd=app, env=env, timeout=100)

"""The sample app's story as docs/sample-app.md tells it, seen on its page in a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.real.app import REPOSITORY, until
from tests.real.browser import CHROMIUM, Browser
from tests.real.served import Served

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="there is no Chromium"),
]

SAMPLE = REPOSITORY / "sample_app"
PATIENCE = 60.0
COUNTS = """
Object.fromEntries([...document.querySelectorAll("#counts div")].map(
    box => [box.querySelector("dt").textContent, Number(box.querySelector("dd").textContent)]))
"""
ROWS = """
[...document.querySelectorAll("#jobs tr")].map(
    row => [...row.querySelectorAll("td")].map(cell => cell.textContent))
"""
GAPS = "document.querySelector('#gaps').textContent"


class Story:
    """The running app, and its page, which is never loaded again."""

    def __init__(self, app: Served, browser: Browser) -> None:
        self.app = app
        self.browser = browser

    def count(self, name: str) -> int:
        return int(self.browser.run(COUNTS).get(name, 0))

    def jobs(self, state: str) -> list[Any]:
        """Number, name, due, state, queued by, worker, tries."""
        return [row for row in self.browser.run(ROWS) if row[3] == state]

    def worker_says(self, text: str) -> bool:
        return text in self.app.hk_local("logs", "-n", "1500", "-p", "worker", "--source", "app")

    def shows(self, name: str, at_least: int) -> None:
        until(lambda: self.count(name) >= at_least, f"{at_least} {name}", PATIENCE)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A tick is due every second, and a job takes a minute."""
    app = Served(tmp_path, "", "CLOCK_SECONDS=1\nJOB_SECONDS=60\n")
    for path in SAMPLE.glob("*.*"):
        shutil.copy(path, app.dir)
    shutil.copy(SAMPLE / "Procfile", app.dir)
    app.plain["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{app.plain['PATH']}"
    with ExitStack() as stack:
        stack.callback(app.stop)
        app.start("--pace", "heroku", "--no-reload")
        browser = Browser(tmp_path / "profile")
        stack.callback(browser.close)
        browser.go(json.loads(app.hk_local("status", "--json"))["web_url"])
        yield Story(app, browser)


def test_the_page_tells_of_a_dead_worker_two_clocks_and_none(story: Story) -> None:
    story.shows("queued", 1)
    until(lambda: story.jobs("running"), "the worker works", PATIENCE)
    number, *_, worker, tries = story.jobs("running")[0]
    assert tries == "1"
    os.kill(int(re.findall(r"\(pid (\d+)\)", worker)[0]), signal.SIGKILL)
    story.app.hk_local("config:set", "JOB_SECONDS=1")  # Who is at work gives it back.

    story.app.hk_local("ps:scale", "clock=2")
    story.shows("doubled", 2)
    story.app.hk_local("ps:scale", "clock=1")

    missed = story.count("missed")
    story.app.hk_local("ps:cycle", "clock.1")
    story.shows("missed", missed + 1)
    assert "no clock was up" in story.browser.run(GAPS)

    until(lambda: story.worker_says(f"took #{number} tick, try "), "it comes back", PATIENCE)
    until(lambda: story.worker_says(f"done #{number} tick"), "and is done", PATIENCE)
    story.shows("done", 1)
    assert story.count("lost") == 0

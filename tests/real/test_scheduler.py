"""Scheduled jobs in a running app, and their page in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.app import until
from tests.real.browser import CHROMIUM, Browser
from tests.real.served import Served

pytestmark = pytest.mark.real
PATIENCE = 60.0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    shop = Served(tmp_path, "worker: exec sleep 1000\n")
    yield shop
    shop.stop()


def jobs(shop: Served) -> Any:
    return json.loads(shop.hk_local("scheduler", "--json"))


def test_a_job_runs_and_is_stopped_and_is_kept(shop: Served) -> None:
    """Ten minutes are one second."""
    shop.start("--time-scale", "600")
    shop.ask("POST", "/apps/~/addons", {"plan": "scheduler:standard"})
    shop.hk_local("scheduler:add", "--every", "10m", "echo ready; exec sleep 1000")
    name = ""

    def has_been_stopped() -> bool:
        nonlocal name
        log = shop.hk_local("logs", "-n", "1500", "-p", "scheduler")
        ready = re.findall(r"app\[(\S+)\]: ready", log)  # the machine may be slower than our clock
        stopped = re.findall(r"heroku\[(\S+)\]: Process exited with status 143", log)
        name = next((one for one in ready if one in stopped), "")
        return bool(name)

    until(has_been_stopped, "a run is stopped when the next is due", PATIENCE)
    log = shop.hk_local("logs", "-n", "1500").splitlines()
    told = [line.partition(" ")[2] for line in log if f"[{name}]" in line]
    assert told[:3] == [
        f"heroku[{name}]: Starting process with command `echo ready; exec sleep 1000`",
        f"heroku[{name}]: State changed from starting to up",
        f"app[{name}]: ready",
    ]
    assert told[3:] == [
        f"heroku[{name}]: State changed from up to complete",
        f"heroku[{name}]: Stopping all processes with SIGTERM",
        f"heroku[{name}]: Process exited with status 143",
    ]
    (before,) = jobs(shop)
    shop.stop()
    shop.start()
    (after,) = jobs(shop)
    assert (after["id"], after["command"]) == (before["id"], before["command"])
    assert after["last_dyno"].startswith("scheduler.") and after["last_run_at"]


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
def test_the_page_in_a_browser(shop: Served, tmp_path: Path) -> None:
    shop.start()
    shop.ask("POST", "/apps/~/addons", {"plan": "scheduler:standard"})
    shop.hk_local("scheduler:add", "--every", "hour", "echo '<b>hi</b>'")
    url = shop.hk_local("scheduler:open", "--print").strip()
    browser = Browser(tmp_path / "profile")

    def shows(text: str) -> bool:
        return text in str(browser.run("document.body?.innerText"))

    def press(text: str) -> None:
        browser.run(
            f"[...document.querySelectorAll('button')].find(b => b.innerText == {text!r}).click()"
        )

    try:
        browser.go(url)
        until(lambda: shows("every hour at :00"), "the jobs are listed", PATIENCE)
        assert shows("echo '<b>hi</b>'") and "#" not in str(browser.run("location.href"))
        browser.run("document.querySelector('form').command.value = 'echo from the page'")
        browser.run("document.querySelector('form').every.value = 'day'")
        browser.run("document.querySelector('#time select').value = '02:30'")
        press("Add job")
        until(lambda: shows("Added echo from the page, every day at 02:30 UTC."), "added", PATIENCE)
        assert [job["command"] for job in jobs(shop)] == ["echo '<b>hi</b>'", "echo from the page"]
        press("Run now")
        until(lambda: shows("as scheduler."), "a run is told", PATIENCE)
        press("Remove")
        until(lambda: shows("Removed echo '<b>hi</b>'."), "removed", PATIENCE)
        assert [job["at"] for job in jobs(shop)] == ["02:30"]
        browser.reload()
        until(lambda: shows("every day at 02:30 UTC"), "a reload needs no new link", PATIENCE)
        assert browser.problems == []
        browser.go(url)
        until(lambda: shows("hk-local scheduler:open"), "a link is good for one use", PATIENCE)
    finally:
        browser.close()

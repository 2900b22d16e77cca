"""What watches the files says nothing of itself, and hears of changes only."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from emulator.runtime.watcher import FILTER, Watcher, way
from tests.real.app import until

SCRIPT = """
import logging, emulator.runtime.watcher
logging.getLogger("watchdog.observers.inotify").error("called when the thread is inactive")
"""


@pytest.mark.real
def test_the_library_writes_nothing_on_the_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.real
def test_neither_a_reader_nor_a_log_that_grows_wakes_anybody(tmp_path: Path) -> None:
    told: list[str] = []

    class Told(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            told.append(str(event.src_path))

    log = (tmp_path / "a.log").open("w")
    observer = Observer()
    observer.schedule(Told(), str(tmp_path), recursive=True, event_filter=FILTER)
    observer.start()
    try:
        for _ in range(3):
            if sys.platform == "linux":
                print("line", file=log, flush=True)
            (tmp_path / "a.log").read_text()
        (tmp_path / "end").write_text("")
        until(lambda: str(tmp_path / "end") in told, "a change is told")
        assert set(told) == {str(tmp_path / "end")}
        log.close()
        if sys.platform == "linux":
            until(lambda: str(tmp_path / "a.log") in told, "it is told once it is closed")
    finally:
        log.close()
        observer.stop()
        observer.join()


def test_the_way_to_a_file(tmp_path: Path) -> None:
    """Link by link; a circle ends, and so does a link to nothing."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "a").symlink_to("folder/b")
    (tmp_path / "folder/b").symlink_to(tmp_path / "c")
    (tmp_path / "short").symlink_to("folder")
    (tmp_path / "x").symlink_to("y")
    (tmp_path / "y").symlink_to("x")
    paths = {name: way(str(tmp_path / name)) for name in ("a", "short/b", "x")}
    assert paths == {
        "a": [f"{tmp_path}/a", f"{tmp_path}/folder/b", f"{tmp_path}/c"],
        "short/b": [f"{tmp_path}/folder/b", f"{tmp_path}/c"],
        "x": [f"{tmp_path}/x", f"{tmp_path}/y"],
    }


@pytest.mark.real
def test_a_link_that_is_led_elsewhere_is_followed(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Procfile").write_text("web: run\n")
    (tmp_path / "app").mkdir()
    link = tmp_path / "app/Procfile"
    link.symlink_to("../old/Procfile")
    loop = asyncio.SelectorEventLoop()
    changes: list[int] = []

    def changed_by(act: Callable[[], object]) -> bool:
        before = len(changes)
        act()
        until(lambda: turned(loop) and len(changes) > before, "it is told")
        return True

    watcher = Watcher(loop, [str(link)], lambda: changes.append(1))
    try:
        (tmp_path / "next").symlink_to("../new/Procfile")
        assert changed_by(lambda: (tmp_path / "next").rename(link))
        assert changed_by(lambda: (tmp_path / "new/Procfile").write_text("web: other\n"))
    finally:
        watcher.close()
        loop.close()


def turned(loop: asyncio.AbstractEventLoop) -> bool:
    loop.call_later(0.01, loop.stop)
    loop.run_forever()
    return True

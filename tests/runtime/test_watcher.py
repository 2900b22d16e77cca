"""What watches the files says nothing of itself, and hears of changes only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from emulator.runtime.watcher import FILTER
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

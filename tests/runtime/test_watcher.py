"""What watches the files says nothing of itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import logging, emulator.runtime.watcher
logging.getLogger("watchdog.observers.inotify").error("called when the thread is inactive")
"""


@pytest.mark.real
def test_the_library_writes_nothing_on_the_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")

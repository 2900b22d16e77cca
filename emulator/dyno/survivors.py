"""Processes of dynos that outlived an emulator which was killed together with its warden."""

from __future__ import annotations

import os
import signal
import sys

from .runner import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def sweep(mark: str) -> int:
    """How many processes that carry our mark in their environment were killed.

    The mark is random and ours, so no stranger that got a dyno's old pid can be hit.
    """
    own = {os.getpid(), os.getppid()}
    killed: set[int] = set()
    before = -1
    while before != len(killed):
        before = len(killed)
        for pid in _marked(mark):
            if pid not in own | killed and _kill(pid):
                killed.add(pid)
    return len(killed)


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _marked(mark: str) -> Iterator[int]:
    wanted = f"{MARK}={mark}"
    return _from_proc(wanted.encode()) if sys.platform == "linux" else _from_psutil(mark)


def _from_proc(wanted: bytes) -> Iterator[int]:
    """The newest first: a process that forks away all the time is not there for long."""
    for pid in sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if wanted in file.read().split(b"\0"):
                    yield pid
        except OSError:
            continue


def _from_psutil(mark: str) -> Iterator[int]:
    import psutil

    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                yield process.pid
        except psutil.Error:
            continue

"""Measures the memory of each dyno's process tree."""

from __future__ import annotations

import os
import sys

from .slot import Sampled
from .warden.tree import descendants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle
    from collections.abc import Callable

    from .slot import Report

EVERY = 2.0
"""Heroku samples every 20 seconds; a laptop's memory is gone sooner."""

BATCH = 50
PAUSE = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


class Sampler:
    """Samples all launches every two seconds, fifty in one go, and reports those worth a look."""

    def __init__(self, loop: AbstractEventLoop, report: Callable[[Report], None]) -> None:
        self.loop = loop
        self.report = report
        self.watched: dict[str, tuple[int, int]] = {}
        self.todo: list[str] = []
        self.timer: TimerHandle | None = None

    def watch(self, launch: str, shim: int, quota: int) -> None:
        """Whenever that launch uses more than `quota` bytes, it will be reported."""
        self.watched[launch] = (shim, quota)
        if self.timer is None:
            self.timer = self.loop.call_later(EVERY, self._sample)

    def forget(self, launch: str) -> None:
        self.watched.pop(launch, None)

    def _sample(self) -> None:
        if not self.todo:
            self.todo = list(self.watched)
        batch, self.todo = self.todo[:BATCH], self.todo[BATCH:]
        for launch in batch:
            shim, quota = self.watched.get(launch, (0, 0))
            if shim:
                used = memory(shim, quota)
                if used > quota:
                    self.report(Sampled(launch, used))
        wait = PAUSE if self.todo else EVERY
        self.timer = self.loop.call_later(wait, self._sample) if self.watched else None


def memory(shim: int, quota: int) -> int:
    """Bytes in use by all processes below the shim.

    Resident pages count once for each process that shares them, so where the plain sum is over
    the quota and there are several processes, shared pages are divided among them (PSS).
    """
    if sys.platform != "linux":
        return _by_psutil(shim)
    pids = descendants(shim)
    rss = sum(_resident(pid) for pid in pids)
    if rss <= quota or len(pids) < 2:
        return rss
    return sum(_proportional(pid) for pid in pids)


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            rows = file.read().splitlines()
    except OSError:
        return _resident(pid)
    return 1024 * sum(int(row.split()[1]) for row in rows if row.startswith((b"Pss:", b"SwapPss:")))


def _by_psutil(shim: int) -> int:
    import psutil

    try:
        tree = psutil.Process(shim).children(recursive=True)
        return sum(process.memory_info().rss for process in tree)
    except psutil.Error:
        return 0

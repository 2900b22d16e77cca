"""Measures what each dyno's process tree uses."""

from __future__ import annotations

import os
import sys

from .metrics import Measured
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
TICK = os.sysconf("SC_CLK_TCK")


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


def measured(shim: int, quota: int) -> Measured:
    """All that is used by the processes below the shim; those that have ended count, too, once
    their parent knows."""
    if sys.platform != "linux":
        return Measured(memory(shim, quota), cpu=_cpu_by_psutil(shim))
    stats = [stat for pid in descendants(shim) if (stat := _stat(pid))]
    return Measured(
        memory(shim, quota),
        sum(_swapped(pid) for pid in descendants(shim)),
        # utime, stime, cutime, cstime; minflt, cminflt, majflt, cmajflt: proc(5).
        sum(sum(map(int, stat[11:15])) for stat in stats) / TICK,
        sum(sum(map(int, stat[7:11])) for stat in stats),
    )


def _stat(pid: int) -> list[bytes]:
    """The fields of /proc/PID/stat from the state on; none if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return []


def _swapped(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            rows = file.read().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(row.split()[1]) for row in rows if row.startswith(b"VmSwap:"))


def _cpu_by_psutil(shim: int) -> float:
    import psutil

    try:
        times = [p.cpu_times() for p in psutil.Process(shim).children(recursive=True)]
    except psutil.Error:
        return 0.0
    return float(sum(time.user + time.system for time in times))

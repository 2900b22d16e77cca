"""Processes from outside: what descends from us, what it costs, when it is gone. Linux only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import time
from collections.abc import Iterable
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
TICK = os.sysconf("SC_CLK_TCK")


def adopt_orphans() -> None:
    """Whatever a supervisor starts stays our descendant, daemons included."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> set[int]:
    """Every live process below this one."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))) and stat[0] != "Z":
            children.setdefault(int(stat[1]), []).append(int(entry))
    found, waiting = set(), [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting.extend(below)
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time used so far: by ticks, which count ended threads, or finer by the scheduler."""
    total = 0.0
    for pid in pids:
        stat = _stat(pid)
        ticks = (int(stat[11]) + int(stat[12])) / TICK if stat else 0.0
        total += max(ticks, _scheduled_seconds(pid))
    return total


def _scheduled_seconds(pid: int) -> float:
    nanoseconds = 0
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            nanoseconds += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def pss_mb(pids: Iterable[int]) -> float:
    """Memory in MB, shared pages divided among those that share them."""
    kilobytes = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kilobytes += int(rollup.partition("\nPss:")[2].split()[0])
    return kilobytes / 1024


class Watch:
    """Sees each of some processes end, to the millisecond, without being their parent."""

    def __init__(self, pids: Iterable[int]) -> None:
        self.poll = select.poll()
        self.alive: dict[int, int] = {}
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                fd = os.pidfd_open(pid)
                self.alive[fd] = pid
                self.poll.register(fd, select.POLLIN)

    def wait(self, deadline: float) -> float:
        """The moment the last one ended, or that of the last to do so before the deadline."""
        last = time.monotonic()
        while self.alive and (left := deadline - time.monotonic()) > 0:
            for fd, _ in self.poll.poll(left * 1000):
                last = time.monotonic()
                self._forget(fd)
        return last

    def _forget(self, fd: int) -> None:
        self.poll.unregister(fd)
        os.close(fd)
        del self.alive[fd]

    def kill(self) -> None:
        for fd in list(self.alive):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
            self._forget(fd)


def reap_orphans() -> None:
    """No zombie that was adopted is left."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass

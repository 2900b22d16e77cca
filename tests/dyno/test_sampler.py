"""How much memory a dyno's processes use, and when that is looked at."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from emulator.dyno import sampler
from emulator.dyno.sampler import BATCH, EVERY, PAUSE, Sampler
from emulator.dyno.slot import Report, Sampled

MIB = 1024 * 1024


class Timer:
    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self.seconds = seconds
        self.act = act


class Loop:
    """Has one timer at most, which the test lets ring."""

    timer: Timer | None = None

    def call_later(self, seconds: float, act: Callable[[], None]) -> Timer:
        self.timer = Timer(seconds, act)
        return self.timer

    def ring(self) -> float:
        """How long it was set for."""
        timer, self.timer = self.timer, None
        assert timer
        timer.act()
        return timer.seconds


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """Bytes in use, by shim."""
    used: dict[int, int] = {}
    monkeypatch.setattr(sampler, "memory", lambda shim, quota: used.get(shim, 0))
    return used


def sampling(loop: Loop) -> tuple[Sampler, list[Report]]:
    reports: list[Report] = []
    return Sampler(loop, reports.append), reports  # type: ignore[arg-type]


def test_only_what_is_over_its_quota_is_reported(used: dict[int, int]) -> None:
    loop = Loop()
    watcher, reports = sampling(loop)
    used |= {1: 512, 2: 513, 3: 9}
    for shim in used:
        watcher.watch(f"worker.{shim}@1", shim, 512)
    assert loop.ring() == EVERY
    assert reports == [Sampled("worker.2@1", 513)]


def test_every_two_seconds_until_nobody_is_watched(used: dict[int, int]) -> None:
    loop = Loop()
    watcher, reports = sampling(loop)
    used[1] = 100
    watcher.watch("worker.1@1", 1, 50)
    for _ in range(3):
        assert loop.ring() == EVERY
    assert len(reports) == 3
    watcher.forget("worker.1@1")
    loop.ring()
    assert loop.timer is None and len(reports) == 3
    watcher.watch("worker.1@2", 1, 50)
    assert loop.timer is not None


def test_many_are_sampled_in_batches(used: dict[int, int]) -> None:
    loop = Loop()
    watcher, reports = sampling(loop)
    number = 2 * BATCH + 1
    for shim in range(1, number + 1):
        used[shim] = 100
        watcher.watch(f"worker.{shim}@1", shim, 50)
    assert [loop.ring() for _ in range(4)] == [EVERY, PAUSE, PAUSE, EVERY]
    assert len({report.launch for report in reports}) == number


def test_who_has_gone_between_two_batches_is_not_sampled(used: dict[int, int]) -> None:
    loop = Loop()
    watcher, reports = sampling(loop)
    for shim in range(1, BATCH + 2):
        used[shim] = 100
        watcher.watch(f"worker.{shim}@1", shim, 50)
    loop.ring()
    watcher.forget(f"worker.{BATCH + 1}@1")
    loop.ring()
    assert len(reports) == BATCH


# Of living processes.


@pytest.fixture
def four_that_share(request: pytest.FixtureRequest) -> int:
    """A parent whose 64 MB are shared with its three children; the pid of its parent, us."""
    shared = mmap.mmap(-1, 64 * MIB)
    shared.write(b"\1" * 64 * MIB)
    reader, writer = os.pipe()
    pids = []
    for _ in range(3):
        pid = os.fork()
        if not pid:
            assert shared[:: mmap.PAGESIZE]  # mapped here, too
            os.write(writer, b".")
            while True:
                signal.pause()
        pids.append(pid)
    seen = b""
    while len(seen) < 3:
        seen += os.read(reader, 3)

    def end() -> None:
        for pid in pids:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        os.close(reader)
        os.close(writer)

    request.addfinalizer(end)
    return os.getpid()


@pytest.mark.real
def test_shared_pages_count_once_where_it_matters(four_that_share: int) -> None:
    """R21: else four workers of one application would seem to use four times its memory."""
    cheap = sampler.memory(four_that_share, quota=10**12)
    exact = sampler.memory(four_that_share, quota=1 * MIB)
    assert cheap > 3 * 64 * MIB
    # Four processes share the pages, three of which are measured.
    assert exact < cheap - 2 * 64 * MIB


@pytest.mark.real
def test_psutil_tells_about_the_same(four_that_share: int) -> None:
    """The way of macOS."""
    cheap = sampler.memory(four_that_share, quota=10**12)
    assert sampler._by_psutil(four_that_share) == pytest.approx(cheap, rel=0.05)


def test_who_is_gone_uses_nothing() -> None:
    gone = 2**22 + 1
    assert sampler.memory(gone, 1) == sampler._by_psutil(gone) == sampler._resident(gone) == 0
    assert sampler._proportional(gone) == 0


@pytest.mark.real
def test_what_a_tree_has_used_is_counted_with_what_has_ended_in_it() -> None:
    burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"
    words = ["sh", "-c", f"sh -c '{burn}'; exec cat"]
    with subprocess.Popen(words, stdin=-1, stdout=-1, bufsize=0) as root:
        # Only cat can answer, and it is whole then: within an execve almost nothing is resident.
        assert root.stdin and root.stdin.write(b"\n")
        assert root.stdout and root.stdout.read(1) == b"\n"
        found = sampler.measured(os.getpid(), 1 << 40)
        assert found.cpu > 0.01 and found.faults > 50
        assert found.resident > 300_000

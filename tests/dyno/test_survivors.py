"""What outlived us all is known by its mark, and by nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from emulator.dyno import survivors
from emulator.dyno.runner import MARK

pytestmark = pytest.mark.real

OURS = os.urandom(8).hex()


@pytest.fixture
def sleeper() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(**env: str) -> subprocess.Popen[bytes]:
        argv = ["sh", "-c", "echo up; exec sleep 1000"]
        process = subprocess.Popen(argv, env={"PATH": os.defpath, **env}, stdout=subprocess.PIPE)
        assert process.stdout and process.stdout.readline() == b"up\n"
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("look", ["_from_proc", "_from_psutil"])
def test_all_that_carry_the_mark_and_no_stranger(
    sleeper, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """F12: neither another app's, nor one whose variable only begins like ours."""
    if look == "_from_psutil":
        monkeypatch.setattr(survivors, "_marked", survivors._from_psutil)
    ours = [sleeper(**{MARK: OURS}) for _ in range(3)]
    strangers = [
        sleeper(),
        sleeper(**{MARK: OURS[::-1]}),
        sleeper(**{MARK: OURS + "0"}),
        sleeper(**{MARK: OURS[:-1]}),
        sleeper(**{"X_" + MARK: OURS}),
        sleeper(OTHER=f"{MARK}={OURS}"),
    ]
    assert survivors.sweep(OURS) == 3
    assert {process.wait(timeout=25) for process in ours} == {-signal.SIGKILL}
    assert all(process.poll() is None for process in strangers)
    assert survivors.sweep(OURS) == 0


def test_we_ourselves_may_carry_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start inside a dyno of the same app."""
    monkeypatch.setattr(survivors, "_marked", lambda mark: iter([os.getpid(), os.getppid()]))
    assert survivors.sweep(OURS) == 0


def test_it_looks_again_as_long_as_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """One may have forked while we looked; one that may not be killed is not looked at for ever."""
    rounds = iter([[101, 102], [103, 102], [102]])
    killed: list[int] = []

    def kill(pid: int, number: int) -> None:
        if pid == 102:
            raise PermissionError
        killed.append(pid)

    monkeypatch.setattr(survivors, "_marked", lambda mark: iter(next(rounds)))
    monkeypatch.setattr(os, "kill", kill)
    assert survivors.sweep(OURS) == 2
    assert killed == [101, 103]

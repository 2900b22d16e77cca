"""A one-off whose client is awaited: it starts with it, or ends with R13."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from emulator import event
from emulator.dyno.machine import step
from emulator.dyno.runner import Runner
from emulator.dyno.slot import Exited, Expired, Kind, Phase, Report, Signal, Spawn, Spawned, State
from tests.dyno.specimen import moment, one


def test_nobody_came() -> None:
    """Source: Dev Center, error-codes, R13."""
    slot = one(Phase.BOOTING, kind=Kind.ONE_OFF, attached=True)
    assert slot.current
    slot, out = step(slot, Expired(), moment())
    assert out == [event.AttachFailed("run.1"), Signal("run.1@1", "KILL")]
    slot, out = step(slot, Exited("run.1@1", 137), moment())
    assert slot.shown is State.COMPLETE
    assert event.ProcessExited("run.1", 137) in out


def test_a_detached_one_off_does_not_wait_for_anybody() -> None:
    _, out = step(one(Phase.BOOTING, kind=Kind.ONE_OFF), Expired(), moment())
    assert event.AttachFailed("run.1") not in out


class Bench:
    """A runner, its reports, and a descriptor that it is lent."""

    def __init__(self) -> None:
        self.runner = Runner(os.curdir, 0o022, 256, "mark")
        self.runner.set_environment({"PATH": os.defpath})
        self.reports: list[Report] = []
        self.runner.report = self.reports.append

    def hear(self, count: int) -> list[Report]:
        """The reports, once there are so many."""
        while len(self.reports) < count:
            assert self.runner.receive()
        return self.reports


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.runner.close()


SPAWN = Spawn("run.1@1", "echo $DYNO; exit 3", 5000)


@pytest.mark.real
def test_a_held_launch_starts_once_it_has_its_descriptors(bench: Bench) -> None:
    reader, writer = os.pipe()
    bench.runner.hold("run.1")
    bench.runner.obey(SPAWN)
    assert bench.runner.living == set()
    bench.runner.lend("run.1", [writer], False)
    spawned, exited = bench.hear(2)
    assert isinstance(spawned, Spawned)
    assert exited == Exited("run.1@1", 3)
    with open(reader, "rb") as output:
        assert output.read() == b"run.1\n"


@pytest.mark.real
@pytest.mark.parametrize("name", ["TERM", "KILL"])
def test_a_held_launch_that_is_stopped_never_starts(bench: Bench, name: str) -> None:
    bench.runner.hold("run.1")
    bench.runner.obey(SPAWN)
    bench.runner.obey(Signal("run.1@1", name))
    assert bench.reports == [Exited("run.1@1", 137)]
    assert bench.runner.living == set()


@pytest.mark.real
def test_a_dyno_that_was_not_to_be_held_after_all(bench: Bench) -> None:
    bench.runner.hold("run.1")
    bench.runner.lend("run.1", [], False)
    bench.runner.obey(SPAWN)
    assert bench.hear(2)[1] == Exited("run.1@1", 3)

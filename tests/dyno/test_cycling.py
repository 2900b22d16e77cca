"""Months of daily cycles in milliseconds."""

from __future__ import annotations

import itertools

import pytest

from emulator.dyno.policy import HOUR, MINUTE, Policy
from emulator.dyno.slot import Spawn, State
from emulator.event import DynoCycling
from emulator.runtime import command as ask
from tests.simulation import Simulation

DAY = 24 * HOUR
LATEST = DAY + 216 * MINUTE


def cycles(app: Simulation, dyno: str) -> list[float]:
    return [at for at, it in app.story if it == DynoCycling(dyno)]


@pytest.mark.parametrize("policy", [Policy(), Policy().paced()], ids=["at once", "paced"])
def test_a_month_of_eight_dynos(policy: Policy) -> None:
    app = Simulation(policy)
    app.start("web=3 worker=4 clock=1")
    app.run(30 * DAY)
    assert len(app.world.slots) == 8
    assert all(slot.shown is State.UP for slot in app.world.slots.values())
    lives = []
    for dyno in app.world.slots:
        spawned = [
            at for at, it in app.orders if isinstance(it, Spawn) and it.launch.startswith(dyno)
        ]
        ends = cycles(app, dyno)
        assert len(ends) in (27, 28, 29)
        lives += [end - start for start, end in zip(spawned, ends, strict=False)]
    assert all(DAY <= life <= LATEST for life in lives)
    assert len(set(lives)) == len(lives), "drawn anew for every launch"
    assert max(lives) - min(lives) > 180 * MINUTE
    assert sum(lives) / len(lives) == pytest.approx(DAY + 108 * MINUTE, rel=0.01)


def test_dynos_of_an_app_do_not_cycle_together() -> None:
    app = Simulation()
    app.start("web=8")
    app.run(LATEST + 1)
    first = sorted(cycles(app, f"web.{n}")[0] for n in range(1, 9))
    assert all(after - before > 1 for before, after in itertools.pairwise(first))


@pytest.mark.parametrize("given", [ask.Restart(), ask.Cycle(), ask.SetConfig({"A": "1"})])
def test_a_restart_begins_the_day_anew(given: ask.Command) -> None:
    app = Simulation()
    app.start("worker=1")
    app.run(20 * HOUR)
    app.ask(given)
    app.forget()
    app.run(DAY - 1)
    assert app.story[0][1] != DynoCycling("worker.1")
    assert cycles(app, "worker.1") == []
    app.run(216 * MINUTE + 1)
    assert len(cycles(app, "worker.1")) == 1


def test_the_day_is_counted_from_the_spawn_and_not_from_coming_up() -> None:
    app = Simulation()
    app.start("worker=1 web=1")
    app.run(50)
    for slot in app.world.slots.values():
        assert slot.current and slot.current.spawned_at == 0.0 and slot.current.deadline
        assert slot.current.deadline <= LATEST


def test_a_cycle_is_no_release() -> None:
    app = Simulation()
    app.start("worker=1")
    before = app.world.releases
    app.run(10 * DAY)
    assert app.world.releases == before


def test_a_time_scale_makes_a_month_of_cycles_of_an_hour() -> None:
    app = Simulation(Policy().accelerated(720))
    app.start("worker=1")
    app.run(HOUR)
    ends = cycles(app, "worker.1")
    assert 26 <= len(ends) <= 30
    lives = [after - before for before, after in itertools.pairwise(ends)]
    assert all(DAY / 720 <= life <= LATEST / 720 + 1 for life in lives)


def test_a_time_scale_beyond_a_boot_cycles_after_the_boot_and_not_during_it() -> None:
    app = Simulation(Policy().accelerated(1_000_000))
    app.start("web=1")
    app.run(10)
    assert 8 <= len(cycles(app, "web.1")) <= 10

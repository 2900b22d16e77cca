"""Dyno hours: who is billed, for how long, and what it comes to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.app.formation import Quantity
from emulator.app.surroundings import Used
from emulator.dyno.slot import Slot, State
from emulator.runtime import command as ask
from emulator.runtime import metering
from emulator.runtime.world import World
from tests.simulation import EPOCH, Process, Simulation

MONTH = metering.month_of(EPOCH)


def hours(app: Simulation) -> dict[tuple[str, str], float]:
    found = metering.used(app.world, app.now, EPOCH + app.now)
    assert {one.month for one in found} <= {MONTH}
    return {(one.type, one.size): round(one.seconds / 3600, 6) for one in found}


def test_a_dyno_is_billed_while_it_is_scaled_up_crashed_or_not():
    app = Simulation()
    app.plays("worker.1", Process(exits=5.0, status=1))
    app.start("web=1 worker=1")
    app.run(3600)
    assert hours(app) == {("web", "Basic"): 1.0, ("worker", "Basic"): 1.0}
    app.scale("web=3 worker=0")
    app.run(1800)
    assert hours(app) == {("web", "Basic"): 2.5, ("worker", "Basic"): 1.0}


def test_a_new_size_is_billed_from_when_it_is_asked_for():
    app = Simulation()
    app.start("worker=2")
    app.run(3600)
    app.scale("worker=2:Standard-2X")
    app.run(3600)
    assert hours(app) == {("worker", "Basic"): 2.0, ("worker", "Standard-2X"): 2.0}


def test_a_restart_costs_nothing_although_two_processes_overlap():
    app = Simulation()
    app.plays("worker.1", Process(quits=20.0))
    app.start("worker=1")
    app.run(1800)
    app.ask(ask.Restart())
    app.run(1800)
    assert hours(app) == {("worker", "Basic"): 1.0}


def test_a_one_off_is_billed_while_it_runs():
    app = Simulation()
    app.plays("run.1", Process(exits=7.2, status=0))
    app.start("worker=0")
    app.ask(ask.Run("run.1", "rake", "Performance-M"))
    app.run(3600)
    assert hours(app) == {("run", "Performance-M"): 0.002}


def test_nothing_is_billed_once_the_app_stops_and_what_was_used_is_saved_then():
    app = Simulation()
    app.start("worker=1")
    app.run(7200)
    app.ask(ask.Shutdown())
    saved = app.world.usage
    app.run(3600)
    assert saved == (Used(MONTH, "worker", "Basic", pytest.approx(7200.0)),)
    assert hours(app) == {("worker", "Basic"): 2.0}


def test_what_was_used_is_saved_whenever_that_is_asked_for():
    app = Simulation()
    app.start("worker=1")
    app.run(300)
    assert not app.world.usage
    app.ask(ask.Meter())
    [one] = app.world.usage
    assert one.seconds == pytest.approx(300.0)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def world(*sizes: str, **fields: object) -> World:
    slots = {
        f"web.{n}": Slot(f"web.{n}", "x", size, shown=State.UP) for n, size in enumerate(sizes)
    }
    return World("a", "u", slots=slots, **fields)


def test_months_are_those_of_utc():
    found = metering.used(world("Eco"), 7200.0, at("2026-12-01T00:30:00"))
    assert found == (Used("2026-11", "web", "Eco", 5400.0), Used("2026-12", "web", "Eco", 1800.0))


def test_twelve_months_are_kept():
    old = tuple(Used(f"2025-{n:02}", "web", "Eco", 1.0) for n in range(1, 13))
    found = metering.used(world("Eco", usage=old), 60.0, at("2026-01-15T00:00:00"))
    assert [one.month for one in found] == [*(f"2025-{n:02}" for n in range(2, 13)), "2026-01"]


@settings(max_examples=50, deadline=None)
@given(some.floats(0, 4e9), some.floats(1, 40 * 86400), some.integers(1, 5))
def test_no_second_is_lost_between_months(wall, seconds, number):
    found = metering.used(world(*["Basic"] * number), seconds, wall + seconds)
    assert sum(one.seconds for one in found) == pytest.approx(number * seconds, abs=1e-3)
    assert all(one.seconds >= 0 for one in found)


def test_costs_are_those_of_the_price_list():
    items = [
        Used(MONTH, "web", "Basic", 720 * 3600.0),
        Used(MONTH, "worker", "Standard-2X", 36 * 3600.0),
        Used(MONTH, "clock", "Eco", 3600.0),
        Used(MONTH, "run", "Eco", 1.0),
    ]
    assert metering.cost(items) == pytest.approx(7 + 2.5 + 5)
    assert metering.cost([]) == 0
    formation = {"web": Quantity(2, "Standard-1X"), "worker": Quantity(0, "Performance-L")}
    assert metering.monthly(formation) == 50
    assert metering.monthly({"web": Quantity(1, "Eco"), "worker": Quantity(1, "Eco")}) == 5


def test_an_eco_dyno_that_sleeps_costs_no_hours():
    app = Simulation(address="http://localhost:5000")
    app.plays("web.1", Process(listens=1.0))
    app.start("web=1")
    app.scale("web=1:Eco")
    app.run(3 * 3600)
    assert app.slot("web.1").asleep
    assert hours(app)["web", "Eco"] == pytest.approx(0.5, abs=0.01)

"""What the platform decides about the whole of an app: its clock, its formation, its dynos."""

from __future__ import annotations

import pytest

from emulator import event
from emulator.dyno.policy import Policy
from emulator.dyno.slot import Exited, State
from emulator.runtime import command as ask
from emulator.runtime.world import Gap
from tests.simulation import EPOCH, Process, Simulation


def missing(app: Simulation) -> list[event.ClockMissing]:
    return [it for _, it in app.story if isinstance(it, event.ClockMissing)]


def test_the_first_boot_of_a_clock_is_not_a_gap() -> None:
    app = Simulation()
    app.start("clock=1")
    app.run(5)
    assert app.slot("clock.1").shown is State.UP
    assert missing(app) == [] and app.world.gaps == ()


def test_a_clock_that_never_came_up_was_not_missed() -> None:
    app = Simulation()
    app.plays("clock.1", Process(refused="too many processes"), Process())
    app.start("clock=1")
    app.run(5)
    assert missing(app) == []


@pytest.mark.parametrize(
    ("policy", "given", "seconds"),
    [
        (Policy(), ask.Restart(), 0.005),
        (Policy().paced(), ask.Restart(), 3.105),
        (Policy().paced(), ask.Cycle("clock"), 3.105),
    ],
)
def test_a_restart_records_the_time_in_which_no_clock_was_up(
    policy: Policy, given: ask.Command, seconds: float
) -> None:
    app = Simulation(policy)
    app.start("clock=1")
    app.run(5)
    app.ask(given)
    app.run(5)
    (told,) = missing(app)
    (gap,) = app.world.gaps
    assert (told.dyno, told.seconds) == ("clock.1", pytest.approx(seconds))
    assert gap.since == pytest.approx(EPOCH + 5, abs=0.001)
    assert gap.until == pytest.approx(EPOCH + 5 + seconds, abs=0.001)


def test_a_crashed_clock_is_missed_until_it_is_up_again() -> None:
    app = Simulation()
    app.plays("clock.1", Process(exits=60.0), Process(exits=0.001), Process())
    app.start("clock=1")
    app.run(3600)
    (told,) = missing(app)
    assert told.seconds == pytest.approx(0.001 + 20 * 60 + 0.005)


def test_no_clock_is_missed_while_another_is_up_or_none_is_wanted() -> None:
    app = Simulation()
    app.start("clock=2")
    app.run(5)
    app.ask(ask.Restart("clock.1"))
    app.run(5)
    app.scale("clock=0")
    app.run(60)
    app.scale("clock=1")
    app.run(5)
    assert missing(app) == []


def test_a_crashed_clock_that_is_not_wanted_any_more_is_not_missed() -> None:
    app = Simulation()
    app.plays("clock.1", Process(exits=1.0))
    app.start("clock=1")
    app.run(60)
    app.scale("clock=0")
    app.plays("clock.1", Process())
    app.forget()
    app.scale("clock=1")
    app.run(60)
    assert app.slot("clock.1").shown is State.UP
    assert missing(app) == []


def test_the_gaps_kept_are_the_newest_hundred() -> None:
    app = Simulation()
    app.start("clock=1")
    app.run(1)
    for _ in range(103):
        app.ask(ask.Restart())
        app.run(1)
    assert len(app.world.gaps) == 100
    assert isinstance(app.world.gaps[0], Gap)
    assert app.world.gaps[0].since == pytest.approx(EPOCH + 4, abs=0.001)


def test_a_report_of_a_dyno_long_gone_changes_nothing() -> None:
    app = Simulation()
    app.start("web=1")
    before = app.world
    app.ask(Exited("worker.1@9", 0))
    assert app.world == before


def test_a_dyno_that_comes_back_while_its_old_process_departs_is_started_once() -> None:
    app = Simulation()
    app.plays("worker.1", Process(quits=None), Process())
    app.start("web=1 worker=1")
    app.run(5)
    both, web = app.world.types, {"web": app.world.types["web"]}
    app.ask(ask.Deploy(web))
    app.run(1)
    app.forget()
    app.ask(ask.Deploy(both))
    started = [it for _, it in app.story if isinstance(it, event.ProcessStarting)]
    assert [it.dyno for it in started if it.dyno == "worker.1"] == ["worker.1"]
    assert event.DynoRestarting("worker.1") not in [it for _, it in app.story]
    app.run(40)
    assert app.slot("worker.1").shown is State.UP and not app.slot("worker.1").departing


def test_a_new_release_reaches_a_launch_that_was_not_spawned_yet() -> None:
    app = Simulation(Policy().paced())
    app.start("worker=1")
    app.run(5)
    app.ask(ask.Restart())
    app.run(1)
    app.ask(ask.Deploy({"worker": "python new.py"}))
    app.forget()
    app.run(5)
    assert event.ProcessStarting("worker.1", "python new.py", 20002) in [e for _, e in app.story]
    current = app.slot("worker.1").current
    assert current and current.release == app.world.release

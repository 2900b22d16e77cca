"""The platform's numbers, and what a time scale and pacing do to them."""

from __future__ import annotations

import itertools

import pytest

from emulator.app.formation import parse_changes
from emulator.dyno.policy import HOUR, MINUTE, Policy, chance
from emulator.dyno.slot import Spawn, State
from emulator.runtime import command as ask
from tests.simulation import Process, Simulation

GRANTED = ("boot_timeout", "exit_timeout", "kill_warning", "hangup_every", "memory_cadence")
WAITS = ("restart_delay", "term_delay", "up_delay", "retry_delay", "schedule_jitter")


def test_the_defaults_are_heroku_s() -> None:
    policy = Policy()
    assert (policy.boot_timeout, policy.exit_timeout) == (60, 30)
    assert (policy.cycle_after, policy.cycle_jitter) == (86_400, 12_960)
    assert policy.cool_off == (1200, 2400, 3600, 10_800, 19_200)
    assert (policy.memory_cadence, policy.vastly) == (20, 2)
    assert (policy.hangup_every, policy.hangups) == (5, 3)
    assert [getattr(policy, name) for name in WAITS] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("crashes", "minutes"), [(2, 20), (3, 40), (4, 60), (5, 180), (6, 320), (7, 320), (99, 320)]
)
def test_the_cool_off_grows_to_320_minutes_and_stays(crashes: int, minutes: int) -> None:
    assert Policy().cooling(crashes) == minutes * MINUTE


def test_a_time_scale_is_for_what_the_platform_decides_alone() -> None:
    fast, plain = Policy().accelerated(60), Policy()
    assert (fast.cycle_after, fast.cycle_jitter) == (24 * MINUTE, 216)
    assert (fast.rate, fast.accelerated(2).rate) == (60, 120)
    assert fast.cool_off == (20, 40, 60, 180, 320) and fast.forgive_after == 10
    assert all(getattr(fast, name) == getattr(plain, name) for name in (*GRANTED, *WAITS))


def test_paced_means_heroku_s_waits_and_nothing_else() -> None:
    paced = Policy().paced()
    assert all(getattr(paced, name) > 0 for name in WAITS)
    assert paced.term_delay < paced.restart_delay, "the old one is told before the new one starts"
    assert paced.replace(**dict.fromkeys(WAITS, 0.0)) == Policy()
    assert Policy().accelerated(60).paced() == paced.accelerated(60)


def test_chance_is_constant_even_and_different_for_neighbours() -> None:
    assert chance("web.1@1 20001") == chance("web.1@1 20001") == pytest.approx(0.1241, abs=1e-4)
    luck = [chance(f"web.{n}@{n} {20000 + n}") for n in range(1000)]
    assert all(0 <= value < 1 for value in luck) and len(set(luck)) == 1000
    for tenth in range(10):
        assert 70 < sum(tenth <= value * 10 < tenth + 1 for value in luck) < 130


def boots(app: Simulation) -> list[float]:
    return [at for at, it in app.orders if isinstance(it, Spawn)]


def rests(app: Simulation, life: float) -> list[int]:
    """Minutes between a death and the next boot, if each process lives so many seconds."""
    pairs = itertools.pairwise(boots(app))
    return [round((after - before - life) / MINUTE) for before, after in pairs]


def test_a_crash_loop_climbs_the_ladder_and_stays_at_its_end() -> None:
    app = Simulation()
    app.plays("worker.1", Process(exits=1.0))
    app.start("worker=1")
    app.run(40 * HOUR)
    assert rests(app, 1.0) == [0, 20, 40, 60, 180, *[320] * 6]


@pytest.mark.parametrize(("life", "minutes"), [(599.0, [0, 20, 40]), (600.1, [0, 0, 0])])
def test_only_ten_minutes_up_forgive(life: float, minutes: list[int]) -> None:
    app = Simulation()
    app.plays("worker.1", Process(exits=life))
    app.start("worker=1")
    app.run_until(lambda app: len(boots(app)) == 4)
    assert rests(app, life) == minutes


def test_a_time_scale_shortens_a_rest_and_not_a_boot() -> None:
    app = Simulation(Policy().accelerated(60))
    app.plays("web.1", Process(listens=None))
    app.start("web=1")
    app.run_until(lambda app: len(boots(app)) == 3)
    first, second, third = boots(app)
    assert second - first == pytest.approx(60.02) and third - second == pytest.approx(80.02)


@pytest.mark.parametrize(
    "commands",
    [
        [ask.SetConfig({"A": "1"})],
        [ask.Deploy({"worker": "python new.py"})],
        [ask.Restart()],
        [ask.Restart("worker.1")],
        [ask.Stop("worker.1")],
        [ask.Scale(parse_changes(["worker=0"])), ask.Scale(parse_changes(["worker=1"]))],
        [ask.Scale(parse_changes(["worker=1:Standard-1X"]))],
    ],
)
def test_what_starts_a_crashed_dyno_also_forgives(commands: list[ask.Command]) -> None:
    app = Simulation()
    app.plays("worker.1", Process(exits=1.0))
    app.start("worker=1")
    app.run(100)
    assert app.slot("worker.1").shown is State.CRASHED
    app.forget()
    for command in commands:
        app.ask(command)
    app.run(100)
    assert len(boots(app)) == 2, "the first crash after it is retried at once again"


@pytest.mark.parametrize("given", [ask.Restart(), ask.Cycle(), ask.SetConfig({"A": "1"})])
def test_what_restarts_a_dyno_that_is_up_forgives_its_last_crash(given: ask.Command) -> None:
    app = Simulation()
    app.plays("worker.1", Process(exits=1.0), Process(), Process(exits=1.0))
    app.start("worker=1")
    app.run(10)
    assert (app.slot("worker.1").shown, app.slot("worker.1").crashes) == (State.UP, 1)
    app.forget()
    app.ask(given)
    app.run(10)
    assert len(boots(app)) == 2, "the crash after it is retried at once"


def test_a_cycle_leaves_a_crashed_dyno_alone() -> None:
    app = Simulation()
    app.plays("worker.1", Process(exits=1.0))
    app.start("worker=1")
    app.run(100)
    app.forget()
    app.ask(ask.Cycle())
    assert app.story == []

"""Scheduled jobs run when they are due, and only then."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator import event
from emulator.addon.schedule import period
from emulator.app.surroundings import Addon, Attachment, Job
from emulator.dyno.policy import Policy
from emulator.dyno.slot import Instant
from emulator.errors import FormationError, NotFound, UserError
from emulator.runtime import command as ask
from emulator.runtime.addons import DestroyAddon
from emulator.runtime.decision import decide
from emulator.runtime.schedule import LOOK, AddJob, RemoveJob, RunJob
from emulator.runtime.world import World
from tests.simulation import EPOCH, Process, Simulation

BRIEF = Process(exits=1.0)


ADDON = Addon("1", "scheduler-flat-1", "scheduler", "standard", "", "", 0, 0, 1.0, 1.0)


def running(policy: Policy | None = None) -> Simulation:
    app = Simulation(policy, addons=(ADDON,))
    app.start("web=1")
    app.run(5)
    app.forget()
    return app


def starts(app: Simulation) -> list[float]:
    """When a job's dyno was created, in wall time."""
    return [EPOCH + at for at, it in app.story if isinstance(it, event.OneOffCreated)]


def missed(app: Simulation) -> list[event.JobsMissed]:
    return [it for _, it in app.story if isinstance(it, event.JobsMissed)]


def job(app: Simulation) -> Job:
    return app.world.jobs[0]


def test_a_job_runs_at_each_of_its_slots() -> None:
    app = running()
    app.ask(AddJob("report", "hour", ":30"))
    app.run(3 * 3600)
    assert [start % 3600 for start in starts(app)] == pytest.approx([1800] * 3, abs=0.01)
    assert job(app).last_at == pytest.approx(starts(app)[-1])
    assert job(app).dyno.startswith("scheduler.") and job(app).dyno in app.world.slots
    assert missed(app) == []


def test_a_run_is_stopped_when_its_interval_is_over() -> None:
    app = running()
    app.ask(AddJob("poll", "10m"))
    app.run(11 * 60)
    first = job(app).dyno
    app.run(10 * 60)
    assert first not in app.world.slots and job(app).dyno in app.world.slots
    assert f"heroku[{first}]: Stopping all processes with SIGTERM" in app.log
    assert f"heroku[{first}]: Cycling" not in app.log


def test_a_daily_run_has_until_the_daily_cycle() -> None:
    app = running(Policy(cycle_jitter=7200))
    app.ask(AddJob("export", "day", "00:00"))
    app.run(2 * 86_400)
    name = next(it.dyno for _, it in app.story if isinstance(it, event.DynoCycling) if it.dyno)
    assert name == "web.1"
    app.run(2 * 86_400)
    assert [d for d in app.log.split() if d.startswith("heroku[scheduler.")]
    assert "]: Cycling" in "".join(line for _, line in app.lines if "scheduler." in line)


def test_ten_jobs_are_not_late() -> None:
    app = running()
    for _ in range(10):
        app.ask(AddJob("report", "hour", ":30"))
    app.run(3600)
    assert [start % 3600 for start in starts(app)] == pytest.approx([1800] * 10, abs=0.01)


def test_more_jobs_than_can_take_turns_start_before_the_next_is_due() -> None:
    app = running(Policy().accelerated(600))
    for _ in range(50):
        app.ask(AddJob("poll", "10m"))
    app.run(5)
    assert len(starts(app)) in range(4 * 50, 6 * 50) and missed(app) == []


def test_the_platform_s_time_passes_faster() -> None:
    app = running(Policy().accelerated(600))
    app.ask(AddJob("poll", "10m"))
    app.run(10)
    gaps = [b - a for a, b in itertools.pairwise(starts(app))]
    assert len(gaps) >= 8 and gaps == pytest.approx([1.0] * len(gaps), abs=0.01)


def test_in_heroku_s_pace_a_run_is_late_by_seconds_to_minutes() -> None:
    app = running(Policy().paced())
    app.ask(AddJob("report", "hour"))
    app.run(12 * 3600)
    late = [start % 3600 for start in starts(app)]
    assert len(late) in (11, 12) and len(set(late)) == len(late)
    assert min(late) >= 0 and 60 < max(late) <= 361
    assert missed(app) == []


def test_what_was_due_while_no_emulator_ran_is_missed_and_told() -> None:
    app = running()
    app.ask(AddJob("report", "hour", ":00"))
    due = job(app).next_at
    app.run(60)
    kept = World("myapp", "U", jobs=app.world.jobs, releases=app.world.releases)
    later = Instant(50.0, due + 2.5 * 3600, itertools.count(1), itertools.count(1))
    world, out = decide(kept, ask.Start(app.world.types, {}, app.world.formation), later)
    found = [it for it in out if isinstance(it, event.JobsMissed)]
    assert found == [event.JobsMissed("report", 3, due, due + 2 * 3600)]
    assert not [it for it in out if isinstance(it, event.OneOffCreated)]
    kept_job = world.jobs[0]
    assert kept_job.next_at == due + 3 * 3600
    assert (kept_job.missed_since_at, kept_job.missed_until_at) == (due, due + 2 * 3600)


def test_a_slot_that_passed_a_moment_before_the_start_is_not_caught_up() -> None:
    app = running()
    app.ask(AddJob("report", "hour", ":00"))
    due = job(app).next_at
    kept = World("myapp", "U", jobs=app.world.jobs, releases=app.world.releases)
    later = Instant(50.0, due + 1, itertools.count(1), itertools.count(1))
    _, out = decide(kept, ask.Start(app.world.types, {}, app.world.formation), later)
    assert [type(it) for it in out if isinstance(it, event.JobsMissed | event.OneOffCreated)] == [
        event.JobsMissed
    ]


def test_after_sleep_only_a_slot_of_the_last_minute_is_run() -> None:
    app = running()
    app.ask(AddJob("report", "hour", ":00"))
    app.now = job(app).next_at - EPOCH + 2 * 3600 + 30
    app.ask(ask.Slept(7000))
    assert len(starts(app)) == 1
    assert [it.slots for it in missed(app)] == [2]


def test_a_clock_that_was_set_back_keeps_no_job_waiting_for_ever() -> None:
    app = running()
    app.ask(AddJob("poll", "10m"))
    far = job(app).replace(next_at=EPOCH + 9e6)
    app.world = app.world.replace(jobs=(far,))
    app.ask(ask.Expired("scheduler"))
    app.run(15 * 60)
    assert len(starts(app)) == 1


def test_a_look_at_nothing_due_leaves_the_jobs_as_they_are() -> None:
    """So that nothing has to be saved."""
    app = running()
    app.ask(AddJob("report", "day"))
    jobs = app.world.jobs
    app.run(10 * LOOK)
    assert app.world.jobs is jobs
    assert app.world.look_at == pytest.approx(app.now + LOOK, abs=LOOK)


def test_many_jobs_that_are_due_together_start_in_turn_and_none_is_missed() -> None:
    """They have one deadline, and names of their own. The last of a thousand starts after 99 s,
    later than which Heroku's may be, too."""
    app = running()
    for _ in range(200):
        app.ask(AddJob("report", "hour", ":30"))
    app.run_until(lambda app: len(starts(app)) == 200)
    late = [start % 3600 - 1800 for start in starts(app)]
    assert late == pytest.approx([number // 10 for number in range(200)], abs=0.01)
    names = [slot.name for slot in app.world.slots.values() if slot.type == "scheduler"]
    assert len(names) == 200 and missed(app) == []
    assert {each.dyno for each in app.world.jobs} == set(names)


NAPS = some.one_of(
    some.floats(0, 700), some.floats(3000, 4000), some.sampled_from([60.0, 600.0, 3600.0, 7200.0])
)


@settings(max_examples=25, deadline=None)
@given(some.sampled_from(["10m", "hour"]), some.lists(some.tuples(some.booleans(), NAPS)))
def test_each_slot_is_run_or_missed_exactly_once(
    every: str, naps: list[tuple[bool, float]]
) -> None:
    """Whether time passes while we watch, or while the machine sleeps."""
    app = running()
    app.plays(app.world.free_name("scheduler"), BRIEF)
    app.ask(AddJob("poll", every))
    first = job(app).next_at
    for is_asleep, seconds in naps:
        if is_asleep:
            app.now += seconds
            app.ask(ask.Slept(seconds))
        else:
            app.run(seconds)
    slots = round((job(app).next_at - first) / period(job(app)))
    assert len(starts(app)) + sum(it.slots for it in missed(app)) == slots
    assert EPOCH + app.now < job(app).next_at <= EPOCH + app.now + period(job(app))


def test_a_job_is_run_now() -> None:
    app = running()
    app.ask(AddJob("worker", "day", size="standard-2x"))
    app.plays(app.world.free_name("scheduler"), BRIEF)
    due = job(app).next_at
    app.ask(RunJob("1"))
    dyno = app.slot(job(app).dyno)
    assert (dyno.size, dyno.command, job(app).next_at) == ("Standard-2X", "worker", due)
    app.run(5)
    assert app.lines[0][1] == (
        "app[api]: Starting process with command `worker` by user scheduler@addons.heroku.com"
    )
    assert "State changed from up to complete" in app.log
    assert job(app).last_at > 0


def test_a_job_is_removed_and_its_run_goes_on() -> None:
    app = running()
    app.ask(AddJob("poll", "10m"))
    app.ask(RunJob("1"))
    app.ask(RemoveJob("1"))
    assert app.world.jobs == () and app.world.look_at is None
    app.run(300)
    assert len(starts(app)) == 1 and len(app.world.slots) == 2


def test_ids_are_not_those_of_other_jobs() -> None:
    app = running()
    for _ in range(3):
        app.ask(AddJob("poll", "10m"))
    app.ask(RemoveJob("2"))
    app.ask(AddJob("poll", "10m"))
    assert [each.id for each in app.world.jobs] == ["1", "3", "4"]


@pytest.mark.parametrize(
    "wrong",
    [
        AddJob("", "10m"),
        AddJob(" \n", "10m"),
        AddJob("x" * 10_001, "10m"),
        AddJob("report", "week"),
        AddJob("report", "10m", ":10"),
        AddJob("report", "10m", size="huge"),
        RemoveJob("2"),
        RunJob(""),
    ],
)
def test_wrong_input_changes_nothing(wrong: ask.Command) -> None:
    app = running()
    app.ask(AddJob("poll", "10m"))
    before = app.world
    with pytest.raises(UserError):
        app.ask(wrong)
    assert app.world is before


def test_who_asks_for_a_job_that_is_not_there_hears_which_are() -> None:
    app = running()
    with pytest.raises(NotFound, match="There is none"):
        app.ask(RunJob("1"))
    app.ask(AddJob("poll", "10m"))
    with pytest.raises(NotFound, match=r"\(2\)\. There are 1\."):
        app.ask(RunJob("2"))


def test_jobs_are_the_add_on_s() -> None:
    app = running()
    app.ask(AddJob("poll", "10m"))
    attachment = Attachment("2", "SCHEDULER", ADDON.id, 1.0)
    app.world = app.world.replace(attachments=(attachment,))
    app.ask(DestroyAddon(ADDON.id))
    assert (app.world.jobs, app.world.look_at) == ((), None)
    with pytest.raises(UserError, match="`hk-local addons:create scheduler` adds it"):
        app.ask(AddJob("poll", "10m"))


def test_no_job_starts_in_an_app_that_stops() -> None:
    app = running()
    app.ask(AddJob("poll", "10m"))
    app.ask(ask.Shutdown())
    with pytest.raises(FormationError):
        app.ask(RunJob("1"))
    app.run(3600)
    assert starts(app) == [] and app.world.is_gone and app.world.look_at is None

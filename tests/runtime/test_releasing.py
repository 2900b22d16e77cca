"""Releases and their release phase: what is current, what is refused, what a kill leaves."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.app.formation import Quantity
from emulator.app.release import Release, Status
from emulator.dyno.policy import Policy
from emulator.dyno.slot import Kind, Spawn
from emulator.errors import UserError
from emulator.fact import Fact
from emulator.runtime import command as ask
from emulator.runtime.releasing import ReleasePending, Stopping
from emulator.runtime.world import World
from tests.simulation import COMMANDS, Outcome, Process, Simulation

TYPES = {"web": COMMANDS["web"], "release": "python manage.py migrate"}
PASSES, FAILS = Process(exits=2.0), Process(exits=2.0, status=1)


def running(*commands: Process, formation: str = "web=1", **world: object) -> Simulation:
    """An app whose release command does this, the next time that."""
    app = Simulation(Policy(), **world)
    app.plays("release.*", PASSES)
    app.start(formation, types={**COMMANDS, **TYPES})
    app.run(5)
    app.forget()
    app.plays("release.*", *commands or (PASSES,))
    return app


def history(app: Simulation) -> list[tuple[int, str]]:
    return [(one.version, one.status.value) for one in app.world.releases]


def test_a_release_is_pending_until_its_command_has_ended() -> None:
    app = running()
    app.ask(ask.SetConfig({"A": "1"}))
    pending = app.world.pending
    assert pending and pending.status is Status.PENDING and pending.version == 4
    assert app.world.release == 3 and app.world.config == {} and not app.world.is_settled
    assert app.slot(pending.dyno).kind is Kind.ONE_OFF
    app.run(10)
    assert not app.world.pending and app.world.config == {"A": "1"} and app.world.release == 4
    assert app.slot("web.1").current.release == 4


@pytest.mark.parametrize(
    ("lapse", "end"), [(ask.Slept(4000.0), "failed"), (ask.Stalled(4000.0), "succeeded")]
)
def test_the_hour_of_a_release_command_is_one_in_which_it_can_work(lapse: Fact, end: str) -> None:
    """The clock stands still while the machine sleeps, and goes on while nobody watches."""
    app = running(Process(exits=5000.0))
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(10)
    app.ask(lapse)
    app.run(3500)
    assert app.world.pending and "SIGTERM" not in app.log
    app.run(4200)
    assert history(app)[-1] == (4, end)


def test_the_release_command_runs_with_what_it_releases() -> None:
    app = running()
    app.ask(ask.SetConfig({"A": "1"}))
    pending = app.world.pending
    assert pending and app.world.release_of(pending.dyno) is pending
    assert app.world.release_of("web.1") is app.world.current
    assert app.slot(pending.dyno).current.release == 4
    assert [it.command for _, it in app.orders if isinstance(it, Spawn)] == [TYPES["release"]]


def test_a_failed_release_changes_nothing() -> None:
    app = running(FAILS)
    before = app.slot("web.1").current
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(10)
    assert history(app)[-2:] == [(3, "succeeded"), (4, "failed")]
    assert app.world.config == {} and app.world.release == 3
    assert app.slot("web.1").current.id == before.id


@pytest.mark.parametrize(
    "command",
    [
        Process(exits=2.0, status=3),
        Process(refused="no memory"),
        Process(memory=lambda at: 2000),
    ],
)
def test_any_other_end_than_status_0_is_a_failure(command: Process) -> None:
    app = running(command)
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(60)
    assert history(app)[-1] == (4, "failed")


def test_there_is_one_release_at_a_time() -> None:
    app = running()
    app.ask(ask.SetConfig({"A": "1"}))
    for command in (
        ask.SetConfig({"B": "1"}),
        ask.Deploy({"web": "x"}),
        ask.Rollback(3),
        ask.Retry(3),
    ):
        before = app.world
        with pytest.raises(ReleasePending, match="v4 is pending: its release command runs in"):
            app.ask(command)
        assert app.world is before
    app.ask(ask.SetConfig({}))  # differs in nothing from the current one
    app.scale("web=2")
    app.run(10)
    assert app.world.release == 4 and app.states() == {"web.1": "up", "web.2": "up"}


def test_one_offs_go_on_and_crashed_dynos_only_start() -> None:
    app = running(formation="web=1 worker=1")
    app.plays("run.1", Process())
    app.ask(ask.Run("run.1", "bash"))
    app.plays("worker.1", FAILS, FAILS, Process())
    app.ask(ask.Restart("worker.1"))
    app.run(30)
    assert app.states() == {"web.1": "up", "worker.1": "crashed", "run.1": "up"}
    app.forget()
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(30)
    told = [line for _, line in app.lines if "worker.1" in line]
    assert told[0] == "heroku[worker.1]: State changed from crashed to starting"
    assert not any("run.1]" in line for _, line in app.lines)
    assert app.states() == {"web.1": "up", "worker.1": "up", "run.1": "up"}


def test_a_release_command_is_not_restarted_with_the_others() -> None:
    app = running(Process(exits=100.0))
    app.ask(ask.SetConfig({"A": "1"}))
    for command in (ask.Restart(), ask.Cycle()):
        app.ask(command)
        app.run(10)
    app.run(100)
    assert app.world.release == 4
    assert len([it for _, it in app.orders if isinstance(it, Spawn)]) == 4


def test_size_of_a_release_dyno() -> None:
    for size, expected in (("Basic", "Basic"), ("Eco", "Eco"), ("Performance-M", "Standard-1X")):
        app = running()
        app.scale(f"web=1:{size}")
        app.ask(ask.SetConfig({"A": "1"}))
        assert app.world.pending and app.slot(app.world.pending.dyno).size == expected


def test_only_a_release_that_succeeded_and_has_code_can_be_rolled_back_to() -> None:
    app = running(FAILS, PASSES)
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(10)
    for version in (1, 4, 99):
        with pytest.raises(UserError, match=f"v{version} is no release with code"):
            app.ask(ask.Rollback(version))
    app.ask(ask.Rollback(3))
    app.run(10)
    assert app.world.release == 5 and app.world.releases[-1].description == "Rollback to v3"


def test_a_retry_has_what_failed() -> None:
    app = running(FAILS, PASSES)
    app.ask(ask.SetConfig({"A": "1"}))
    app.run(10)
    app.ask(ask.Retry(4))
    app.run(10)
    last = app.world.releases[-1]
    assert (last.version, last.description) == (5, "Retry of v4: Set A config vars")
    assert app.world.config == {"A": "1"} and last.ended_at and last.ended_at > last.created_at


def test_what_has_no_release_command_cannot_be_retried() -> None:
    app = Simulation()
    app.start()
    with pytest.raises(UserError, match="App must have a release-phase command"):
        app.ask(ask.Retry(3))


def test_nothing_is_released_while_the_app_stops() -> None:
    app = running(Process(exits=60))
    app.ask(ask.SetConfig({"A": "1"}))
    app.ask(ask.Shutdown())
    app.run(60)
    assert history(app)[-1] == (4, "failed") and app.world.is_gone
    with pytest.raises(Stopping):
        app.ask(ask.SetConfig({"A": "2"}))


def test_no_dyno_boots_before_the_first_release_of_a_start_has_ended() -> None:
    app = Simulation()
    app.plays("release.*", Process(exits=30.0))
    app.start("web=1", types={**COMMANDS, **TYPES})
    app.run(20)
    assert [slot.type for slot in app.world.slots.values()] == ["release"]
    with pytest.raises(ReleasePending):
        app.scale("web=3")
    app.run(20)
    assert app.states() == {"web.1": "up"} and not app.world.starting


def test_an_app_whose_first_release_fails_runs_nothing() -> None:
    app = Simulation()
    app.plays("release.*", FAILS)
    app.start("web=1", types={**COMMANDS, **TYPES})
    app.run(20)
    assert app.world.slots == {} and app.world.types == {} and app.world.is_settled
    assert history(app)[-1] == (3, "failed")


def test_two_changes_at_a_start_are_one_release_where_a_release_command_decides() -> None:
    app = again(running().world)
    app.start("web=1", {"A": "1"}, {"web": "x", "release": "migrate --all"})
    app.run(20)
    (joint,) = app.world.releases[3:]
    assert joint.description.startswith("Deploy ")
    assert joint.description.endswith("; Set A config vars")
    assert [it.command for _, it in app.orders if isinstance(it, Spawn)] == ["migrate --all", "x"]
    assert app.world.config == {"A": "1"}


def test_of_two_changes_at_a_start_nothing_is_left_where_the_release_command_fails() -> None:
    app = again(running().world)
    before = app.world.current
    app.plays("release.*", FAILS)
    new = {"web": "x", "release": "migrate --all"}
    app.start("web=1", {"A": "1"}, new)
    app.run(20)
    assert app.world.current == before and history(app)[3:] == [(4, "failed")]
    ran = [it.command for _, it in app.orders if isinstance(it, Spawn)]
    assert ran == ["migrate --all", COMMANDS["web"]]
    app.plays("release.*", PASSES)
    app.ask(ask.Retry(4))
    app.run(20)
    assert dict(app.world.types) == new and app.world.config == {"A": "1"}


def test_two_changes_at_a_start_without_a_release_command_are_two_releases() -> None:
    app = again(running().world)
    app.start("web=1", {"A": "1"}, {"web": "x"})
    assert [one.description.split()[0] for one in app.world.releases[3:]] == ["Set", "Deploy"]


@pytest.mark.parametrize("types", [TYPES, {"web": COMMANDS["web"]}])
def test_a_start_with_another_commit_is_a_deploy(types: dict[str, str]) -> None:
    app = Simulation()
    app.plays("release.*", PASSES)
    start = ask.Start(types, {}, {"web": Quantity(1)}, revision="a" * 40)
    app.ask(start)
    app.run(10)
    for revision, description in (("a" * 40, None), ("b" * 40, "Deploy bbbbbbbb"), ("", None)):
        app = again(app.world)
        app.ask(start.replace(revision=revision))
        app.run(10)
        told = [line for _, line in app.lines if "app[api]: Deploy" in line]
        assert told == ([f"app[api]: {description} by user U"] if description else [])
        ran = [it.command for _, it in app.orders if isinstance(it, Spawn)]
        phase = [types["release"]] if description and types is TYPES else []
        assert ran == [*phase, types["web"]]
    for command in (ask.SetConfig({"A": "1"}), ask.Deploy({**types, "worker": "work"})):
        app.ask(command)
        app.run(10)
        assert app.world.current and app.world.current.revision == "b" * 40


# --- a kill, and any history -----------------------------------------------------------------


def again(world: World) -> Simulation:
    """The emulator was killed; this is the next one, with what was saved."""
    left = world.after_kill(1.0)
    app = Simulation(id=left.id, releases=left.releases, formation=left.formation)
    app.plays("release.*", PASSES)
    return app


def test_what_was_pending_at_a_kill_has_expired() -> None:
    app = running()
    app.ask(ask.SetConfig({"A": "1"}))
    for config, newest in (({"A": "1"}, 5), ({}, 4)):
        after = again(app.world)
        after.start("web=1", config, {**COMMANDS, **TYPES})
        assert history(after)[3] == (4, "expired")
        after.run(10)
        assert after.world.config == config and after.world.newest == newest
        assert after.states() == {"web.1": "up"}


STEPS = some.lists(
    some.one_of(
        some.builds(
            ask.SetConfig, some.dictionaries(some.sampled_from("AB"), some.sampled_from("12"))
        ),
        some.builds(
            ask.Deploy,
            some.sampled_from([TYPES, {"web": "x"}, {"web": "x", "release": "y"}, {"clock": "z"}]),
        ),
        some.builds(ask.Rollback, some.integers(1, 9)),
        some.builds(ask.Retry, some.integers(1, 9)),
        some.just(ask.Restart()),
        some.sampled_from([0.001, 1.0, 3.0]),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(STEPS, some.lists(some.sampled_from([PASSES, FAILS]), min_size=1, max_size=4))
def test_every_history_is_one_of_releases(
    steps: list[Fact | float], commands: list[Process]
) -> None:
    """And after a kill at any save an old or the new release is current, never none."""
    app = running(*commands)
    saves: list[World] = []
    app.checks += [keeps_history, lambda app, *_: saves.append(app.world)]
    for step in steps:
        if isinstance(step, float):
            app.run(step)
            continue
        try:
            app.ask(step)
        except UserError:
            pass
    for world in saves[:: max(1, len(saves) // 4)]:
        before = world.current
        after = again(world)
        assert before and before.types
        after.start("web=1", before.config, {**COMMANDS, **before.types} | before.types)
        assert after.world.current


def keeps_history(app: Simulation, before: World, given: Fact, out: list[Outcome]) -> None:
    releases, old = app.world.releases, before.releases
    assert [one.version for one in releases] == list(range(1, len(releases) + 1))
    assert releases[: len(old) - 1] == old[:-1], "only the newest ever changes"
    assert all(one.status is not Status.PENDING for one in releases[:-1])
    assert unchanged(old, releases)
    pending = app.world.pending
    dynos = [name for name in app.world.slots if name.startswith("release.")]
    assert dynos == ([pending.dyno] if pending else [])
    known = {one.version for one in releases if one.status is Status.SUCCEEDED}
    launched = [slot.current for slot in app.world.slots.values() if slot.kind is Kind.FORMATION]
    assert {launch.release for launch in launched if launch} <= known
    assert app.world.release >= before.release


def unchanged(old: tuple[Release, ...], new: tuple[Release, ...]) -> bool:
    """Nothing but how the release command ended."""
    pairs = itertools.takewhile(lambda pair: pair[0], zip(old, new, strict=False))
    return all(a == b or a.replace(status=b.status, ended_at=b.ended_at) == b for a, b in pairs)


# --- postdeploy ------------------------------------------------------------------------------


@pytest.mark.parametrize("types", [TYPES, {"web": COMMANDS["web"]}])
def test_postdeploy_runs_once_after_the_first_deploy(types: dict[str, str]) -> None:
    app = Simulation()
    app.plays("release.*", PASSES)
    app.plays("postdeploy.*", Process(exits=3.0, status=1))
    start = ask.Start(types, {}, {"web": Quantity(1)}, postdeploy="python seed.py")
    app.ask(start)
    app.run(20)
    texts = [line for _, line in app.lines]
    told = "app[api]: Starting process with command `python seed.py` by user U"
    assert texts.count(told) == 1
    deployed = next(n for n, line in enumerate(texts) if "Release v3 created" in line)
    assert texts.index(told) > deployed
    hint = (
        "scripts.postdeploy has failed, and runs at no later start; mend it, then hk-local run its"
    )
    assert len([line for line in texts if hint in line]) == 1
    assert app.states() == {"web.1": "up"} and app.world.release == 3
    after = again(app.world)
    after.ask(start)
    after.run(20)
    assert not any("seed.py" in line for _, line in after.lines)


@pytest.mark.parametrize("status", [0, 1])
def test_a_postdeploy_that_succeeds_or_is_stopped_with_the_app_is_no_failure(status: int) -> None:
    app = Simulation()
    app.plays("postdeploy.*", Process(exits=3.0, status=status))
    types = {"web": COMMANDS["web"]}
    app.ask(ask.Start(types, {}, {"web": Quantity(1)}, postdeploy="python seed.py"))
    if status:
        app.ask(ask.Shutdown())
    app.run(60)
    assert not any("postdeploy has failed" in line for _, line in app.lines)


def test_postdeploy_does_not_run_after_a_release_that_failed() -> None:
    app = Simulation()
    app.plays("release.*", FAILS)
    app.ask(ask.Start(TYPES, {}, {"web": Quantity(1)}, postdeploy="python seed.py"))
    app.run(20)
    assert app.world.slots == {} and not any("seed.py" in line for _, line in app.lines)


OLD = Release(3, "Deploy 1", "U", 0.0, {"web": "w", "worker": "k"}, {"A": "1"})
EARLIER = (Release(1, "Initial release", "U", 0.0, {}, {}), Release(2, "x", "U", 0.0, {}, {}), OLD)


def test_where_a_start_fails_the_old_code_runs_in_the_formation_that_was_asked_for() -> None:
    ones = {"web": Quantity(1), "worker": Quantity(1)}
    app = Simulation(releases=EARLIER, formation=ones)
    app.plays("release.*", FAILS)
    types = {"web": "w", "worker": "k", "release": "m"}
    only = {"web": Quantity(1), "worker": Quantity(0)}
    app.ask(ask.Start(types, {"A": "1"}, only, {"worker": Quantity(1)}))
    app.run(5)
    assert app.world.release == 3 and dict(app.world.formation) == only
    assert app.slot("web.1").current and "worker.1" not in app.world.slots
    assert dict(app.world.left_out) == {"worker": Quantity(1)}


def test_where_a_start_fails_a_remembered_type_that_no_code_has_is_forgotten() -> None:
    web = OLD.replace(types={"web": "w"})
    app = Simulation(
        releases=(*EARLIER[:2], web), formation={"web": Quantity(1), "worker": Quantity(1)}
    )
    app.plays("release.*", FAILS)
    app.ask(ask.Start({"web": "w2", "release": "m"}, {"A": "1"}, {"web": Quantity(1)}))
    app.run(5)
    assert not app.world.pending and dict(app.world.formation) == {"web": Quantity(1)}

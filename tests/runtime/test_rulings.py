"""What each command means: the log that it gives, and what it leaves."""

from __future__ import annotations

import pytest

from emulator import event
from emulator.app.formation import Quantity
from emulator.dyno.policy import Policy
from emulator.dyno.slot import Kind, Signal, Spawn, State
from emulator.errors import FormationError, NotFound
from emulator.runtime import command as ask
from emulator.runtime.command import Command
from emulator.runtime.rulings import RULINGS
from tests.simulation import COMMANDS, Process, Simulation


def running(formation: str = "web=1 worker=1", policy: Policy | None = None) -> Simulation:
    app = Simulation(policy)
    app.start(formation)
    app.run(5)
    app.forget()
    return app


def facts(app: Simulation, kind: type[event.Event]) -> list[event.Event]:
    return [it for _, it in app.story if isinstance(it, kind)]


def texts(app: Simulation) -> list[str]:
    return [line for _, line in app.lines]


def signals(app: Simulation) -> list[tuple[str, str]]:
    return [
        (it.launch.partition("@")[0], it.name) for _, it in app.orders if isinstance(it, Signal)
    ]


def test_every_command_has_its_ruling() -> None:
    assert set(RULINGS) == set(Command.__subclasses__())


def test_the_first_start_sets_config_then_builds_then_scales() -> None:
    app = Simulation()
    app.start("web=1 worker=0", {"B": "2", "A": "1"})
    assert texts(app)[:11] == [
        "app[api]: Initial release by user U",
        "app[api]: Release v1 created by user U",
        "app[api]: Enable Logplex by user U",
        "app[api]: Release v2 created by user U",
        "app[api]: Set A, B config vars by user U",
        "app[api]: Release v3 created by user U",
        "app[api]: Build started by user U",
        "app[api]: Deploy 6c397293 by user U",
        "app[api]: Release v4 created by user U",
        "app[api]: Scaled to web@1:Basic worker@0:Basic by user U",
        "app[api]: Build succeeded",
    ]
    assert app.world.config == {"B": "2", "A": "1"} and app.world.release == 4


def test_a_start_of_what_ran_before_is_no_release() -> None:
    app = running()
    app.ask(ask.Shutdown())
    app.run(40)
    again = Simulation()
    again.world = again.world.replace(releases=app.world.releases)
    again.start("web=1 worker=1")
    assert [line for line in texts(again) if line.startswith("app[api]")] == []
    assert again.world.release == 3


def test_a_start_with_new_code_or_config_is_a_release_but_no_scaling() -> None:
    app = Simulation()
    app.world = app.world.replace(releases=running().world.releases)
    app.start("web=1", {"A": "1"})
    assert [e.description[:6] for e in facts(app, event.ReleaseCreated)] == ["Set A ", "Deploy"]
    assert facts(app, event.FormationScaled) == []


def test_scaling_to_what_is_there_says_nothing() -> None:
    app = running()
    app.scale("web=1 worker+0")
    assert app.story == [] and app.orders == []


def test_a_new_size_restarts_the_dynos_of_the_type_and_no_other() -> None:
    app = running("web=2 worker=1")
    app.scale("web=3:Standard-2X")
    assert texts(app)[0] == "app[api]: Scaled to web@3:Standard-2X worker@1:Basic by user U"
    assert [e.dyno for e in facts(app, event.DynoRestarting)] == ["web.1", "web.2"]
    assert {s.size for s in app.world.slots.values() if s.type == "web"} == {"Standard-2X"}
    assert app.slot("worker.1").size == "Basic"
    assert [it.launch[:5] for _, it in app.orders if isinstance(it, Spawn)].count("web.3") == 1


def test_a_new_size_and_a_smaller_number_restart_only_what_stays() -> None:
    app = running("web=2")
    app.scale("web=1:Standard-1X")
    assert [e.dyno for e in facts(app, event.DynoRestarting)] == ["web.1"]
    assert signals(app) == [("web.2", "TERM"), ("web.1", "TERM")]


def test_scaling_an_unknown_type_changes_nothing() -> None:
    app = running()
    before = app.world
    with pytest.raises(NotFound, match="Couldn't find that process type"):
        app.scale("web=3 wroker=1")
    assert app.world == before and app.story == []


@pytest.mark.parametrize(
    ("before", "change", "hinted"),
    [
        ("clock=1", "clock=2", True),
        ("clock=0", "clock=2", True),
        ("clock=2", "clock=3", True),
        ("clock=3", "clock=2", False),
        ("clock=0", "clock=1", False),
        ("worker=1", "worker=2", False),
    ],
)
def test_a_second_clock_is_warned_of(before: str, change: str, hinted: bool) -> None:
    app = running(before)
    app.scale(change)
    hints = [line for line in texts(app) if line.startswith("hk-local[clock]: every clock")]
    assert len(hints) == hinted


@pytest.mark.parametrize(
    ("target", "dynos"),
    [
        (None, ["web.1", "web.2", "worker.1"]),
        ("web", ["web.1", "web.2"]),
        ("web.2", ["web.2"]),
    ],
)
@pytest.mark.parametrize(
    ("command", "fact"), [(ask.Restart, event.DynoRestarting), (ask.Cycle, event.DynoCycling)]
)
def test_a_target_is_a_dyno_a_type_or_all(
    command: type[ask.Restart | ask.Cycle],
    fact: type[event.DynoRestarting | event.DynoCycling],
    target: str | None,
    dynos: list[str],
) -> None:
    app = running("web=2 worker=1")
    app.ask(command(target))
    assert facts(app, fact) == [fact(name) for name in dynos]


def test_a_target_that_is_not_there_names_what_is() -> None:
    app = running("web=1 worker=1")
    with pytest.raises(NotFound, match=r"\(wroker\)\. There are web\.1, worker\.1"):
        app.ask(ask.Restart("wroker"))


def test_stop_ends_a_one_off_and_restarts_a_dyno_of_the_formation() -> None:
    app = running("web=1")
    app.ask(ask.Run("run.1234", "sleep 60"))
    app.run(1)
    app.forget()
    app.ask(ask.Stop("web.1"))
    assert app.slot("web.1").shown is State.STARTING
    app.ask(ask.Stop("run.1234"))
    assert texts(app)[-2:] == [
        "heroku[run.1234]: State changed from up to complete",
        "heroku[run.1234]: Stopping all processes with SIGTERM",
    ]
    app.run(1)
    assert list(app.world.slots) == ["web.1"]


@pytest.mark.parametrize(
    ("command", "runs"),
    [
        ("bash", "bash"),
        ("worker", "python worker.py"),
        ("worker --once 'a  b'", "python worker.py --once 'a  b'"),
        ("workers x", "workers x"),
    ],
)
def test_a_one_off_may_name_a_process_type(command: str, runs: str) -> None:
    app = running()
    app.ask(ask.Run("run.1", command, env=(("A", "1"),)))
    assert app.slot("run.1").kind is Kind.ONE_OFF
    assert facts(app, event.OneOffCreated) == [event.OneOffCreated(runs, "U")]
    (spawn,) = [it for _, it in app.orders if isinstance(it, Spawn)]
    assert (spawn.command, spawn.extra) == (runs, (("A", "1"),))


@pytest.mark.parametrize(("asked", "size"), [(None, "Basic"), ("standard-2x", "Standard-2X")])
def test_a_one_off_has_the_size_asked_for_or_that_of_the_app(asked: str | None, size: str) -> None:
    app = running()
    app.ask(ask.Run("run.1", "bash", size=asked))
    assert app.slot("run.1").size == size


def test_a_one_off_of_no_such_size_or_while_stopping_is_refused() -> None:
    app = running()
    with pytest.raises(FormationError, match="No such dyno size: huge"):
        app.ask(ask.Run("run.1", "bash", size="huge"))
    app.ask(ask.Shutdown())
    with pytest.raises(FormationError, match="stopping"):
        app.ask(ask.Run("run.1", "bash"))
    assert "run.1" not in app.world.slots


def test_a_hangup_of_a_one_off_that_has_gone_is_void() -> None:
    app = running()
    app.ask(ask.HangUp("run.1"))
    assert app.story == []


def test_a_deploy_of_the_same_code_is_none() -> None:
    app = running()
    app.ask(ask.Deploy(app.world.types))
    assert app.story == [] and app.world.release == 3


@pytest.mark.parametrize(("heroku", "quantity"), [(False, 1), (True, 0)])
def test_a_deploy_drops_old_types_and_starts_new_ones(heroku: bool, quantity: int) -> None:
    app = Simulation(heroku_formation=heroku)
    app.start("web=2 worker=1")
    app.run(5)
    app.ask(ask.Deploy({"web": COMMANDS["web"], "clock": COMMANDS["clock"]}))
    assert app.world.formation == {"web": Quantity(2), "clock": Quantity(quantity)}
    app.run(5)
    wanted = ["web.1", "web.2", "clock.1"][: 2 + quantity]
    assert app.states() == dict.fromkeys(wanted, "up")


@pytest.mark.parametrize(
    ("config", "description"),
    [
        ({"A": "1", "B": "2"}, None),
        ({"A": "1", "B": "3", "C": ""}, "Set B, C config vars"),
        ({"A": "1"}, "Remove B config vars"),
        ({"A": "2"}, "Set A config vars"),
        ({}, "Remove A, B config vars"),
    ],
)
def test_new_config_is_a_release_that_restarts_the_formation(
    config: dict[str, str], description: str | None
) -> None:
    app = Simulation()
    app.start("web=1 worker=1", {"A": "1", "B": "2"})
    app.run(5)
    app.ask(ask.Run("run.1", "bash"))
    app.forget()
    app.ask(ask.SetConfig(config))
    told = facts(app, event.ReleaseCreated)
    assert told == ([event.ReleaseCreated(5, description, "U")] if description else [])
    restarted = facts(app, event.DynoRestarting)
    names = ["web.1", "worker.1"] if description else []
    assert restarted == [event.DynoRestarting(name) for name in names]
    assert app.world.config == config


def test_shutdown_stops_everything_and_nothing_boots_any_more() -> None:
    app = running("web=2 worker=1")
    app.plays("worker.1", Process(quits=None))
    app.ask(ask.Run("run.1", "bash", attached=True))
    app.ask(ask.Restart("worker.1"))
    app.run(5)
    app.forget()
    app.ask(ask.Shutdown())
    assert {name for name, _ in signals(app)} == {"web.1", "web.2", "worker.1", "run.1"}
    app.scale("web=5")
    app.ask(ask.SetConfig({"A": "1"}))
    app.ask(ask.Restart())
    app.ask(ask.Shutdown())
    app.run(29)
    assert not app.world.is_gone and list(app.world.slots) == ["worker.1"]
    app.run(2)
    assert app.world.is_gone and not app.runner.alive
    assert [it for _, it in app.orders if isinstance(it, Spawn)] == []


@pytest.mark.parametrize("policy", [Policy(), Policy().paced()], ids=["at once", "paced"])
def test_abort_kills_at_once_what_still_runs(policy: Policy) -> None:
    app = running("web=1 worker=1", policy)
    app.plays("worker.1", Process(quits=None))
    app.ask(ask.Restart("worker"))
    app.run(5)
    app.forget()
    app.ask(ask.Abort())
    assert [s for s in signals(app) if s[1] == "KILL"] == [("web.1", "KILL"), ("worker.1", "KILL")]
    app.run(1)
    assert app.world.is_gone and not app.runner.alive


def test_what_an_abort_cannot_kill_is_spoken_of_ten_seconds_later() -> None:
    app = running("worker=1")
    app.runner.alive.clear()
    app.ask(ask.Abort())
    app.forget()
    app.run(9.9)
    assert app.story == []
    app.run(0.2)
    assert len(facts(app, event.ProcessLingers)) == 1


def test_sleep_counts_for_the_daily_cycle_and_not_for_what_a_process_is_granted() -> None:
    app = running("web=1")
    app.plays("web.1", Process(listens=None))
    app.ask(ask.Restart())
    app.ask(ask.Slept(100_000))
    assert app.slot("web.1").current and app.slot("web.1").deadline
    app.run(1)
    assert texts(app)[-1] == "heroku[web.1]: Process exited with status 143"
    grown = running("worker=1")
    grown.ask(ask.Slept(24 * 3600 + 216 * 60))
    grown.run(0)
    assert facts(grown, event.DynoCycling) == [event.DynoCycling("worker.1")]


def test_nobody_loses_time_that_nobody_watched() -> None:
    """Source of the 30 and 60 seconds: Dev Center, dyno-shutdown-behavior and error-codes."""
    app = Simulation()
    app.plays("worker.1", Process(quits=None), Process())
    app.plays("web.1", Process(listens=None))
    app.start("web=1 worker=1 clock=1")
    app.run(5)
    cycle = app.slot("clock.1").deadline
    app.ask(ask.Restart("worker"))
    app.run(5)
    app.ask(ask.Stalled(100.0))
    app.run(1000)
    told = {text.partition(" ->")[0]: at for at, text in app.lines}
    assert told["heroku[worker.1]: Error R12 (Exit timeout)"] == pytest.approx(5 + 30 + 100)
    first = min(at for at, text in app.lines if "Error R10" in text)
    assert first == pytest.approx(60 + 100)
    assert app.slot("clock.1").deadline == cycle


def test_a_stall_does_not_move_a_launch_that_waits_for_a_port() -> None:
    app = Simulation(web_port=5000)
    app.plays("web.1", Process(quits=4.0), Process())
    app.start("web=1")
    app.run(5)
    app.ask(ask.Restart())
    app.ask(ask.Stalled(60.0))
    app.run(5)
    assert app.slot("web.1").current and app.slot("web.1").shown is State.UP


def test_a_deadline_of_a_dyno_that_has_gone_is_void() -> None:
    app = running()
    app.ask(ask.Expired("worker.9"))
    assert app.story == []


def test_what_this_start_left_out_is_remembered_until_it_is_scaled() -> None:
    app = Simulation()
    idle = {"worker": Quantity(2, "Standard-2X"), "clock": Quantity(1)}
    formation = {"web": Quantity(1), "worker": Quantity(0), "clock": Quantity(0)}
    app.ask(ask.Start(COMMANDS, {}, formation, idle))
    assert app.world.left_out == idle
    app.scale("web=2")
    assert app.world.left_out == idle
    app.scale("worker=1")
    assert app.world.left_out == {"clock": Quantity(1)}


def test_a_rollback_brings_back_code_config_and_types() -> None:
    app = Simulation()
    app.start("web=2 worker=1", {"A": "1"})
    app.run(5)
    app.ask(ask.Deploy({"web": "run web $PORT", "clock": COMMANDS["clock"]}))
    app.ask(ask.SetConfig({"A": "2"}))
    app.run(5)
    app.forget()
    app.ask(ask.Rollback(4))
    assert facts(app, event.ReleaseCreated) == [event.ReleaseCreated(7, "Rollback to v4", "U")]
    assert texts(app)[:2] == [
        "app[api]: Rollback to v4 by user U",
        "app[api]: Release v7 created by user U",
    ]
    assert app.world.config == {"A": "1"} and app.world.types == app.world.releases[3].types
    app.run(60)
    assert app.states() == dict.fromkeys(["web.1", "web.2", "worker.1"], "up")
    assert {s.current.release for s in app.world.slots.values() if s.current} == {7}


@pytest.mark.parametrize("version", [1, 2, 9])
def test_what_has_no_code_cannot_be_rolled_back_to(version: int) -> None:
    app = running()
    with pytest.raises(FormationError, match=f"v{version} is no release with code"):
        app.ask(ask.Rollback(version))
    assert app.story == [] and app.world.release == 3

"""The world: what is known of an app, asked and answered."""

from __future__ import annotations

import pytest

from emulator.dyno.slot import State
from emulator.errors import NotFound
from emulator.runtime import command as ask
from emulator.runtime.world import World
from tests.simulation import Process, Simulation


def running(formation: str = "web=2 worker=1") -> Simulation:
    app = Simulation()
    app.start(formation)
    app.run(5)
    return app


def names(app: Simulation, target: str | None) -> list[str]:
    return [slot.name for slot in app.world.find(target)]


def test_a_world_before_its_first_release() -> None:
    world = World(app="myapp", user="U")
    assert (world.release, world.types, world.config) == (0, {}, {})
    assert world.is_settled and not world.is_gone
    assert world.replace(stopping=True).is_gone


def test_a_target_finds_what_lives() -> None:
    app = running()
    app.ask(ask.Run("run.1234", "bash"))
    assert names(app, None) == ["web.1", "web.2", "worker.1"]
    assert names(app, "web") == ["web.1", "web.2"]
    assert names(app, "run") == names(app, "run.1234") == ["run.1234"]


def test_a_dyno_that_is_down_is_not_found_though_its_process_departs() -> None:
    app = Simulation()
    app.plays("worker.1", Process(quits=None))
    app.start("web=1 worker=1")
    app.run(5)
    app.scale("worker=0")
    assert "worker.1" in app.world.slots
    assert names(app, None) == ["web.1"]
    with pytest.raises(
        NotFound, match=r"^Couldn't find that dyno \(worker\)\. There are web\.1\.$"
    ):
        app.world.find("worker")


def test_nothing_is_found_where_nothing_runs() -> None:
    with pytest.raises(NotFound, match=r"\(web\)\. No dyno is running\.$"):
        running("web=0").world.find("web")


def test_settled_is_up_or_crashed() -> None:
    app = Simulation()
    app.plays("worker.1", Process(exits=0.2, status=1))
    app.start("web=1 worker=1")
    assert not app.world.is_settled
    app.run_until(lambda app: app.world.is_settled, within=2)
    assert app.slot("web.1").shown is State.UP
    assert app.slot("worker.1").shown is State.CRASHED


def test_one_offs_in_a_row_and_at_once_have_names_of_their_own() -> None:
    app = running("web=1")
    seen = []
    for _ in range(40):
        seen.append(app.world.free_name("run"))
        app.plays(seen[-1], Process(exits=0.5 if len(seen) % 2 else 100.0))
        app.ask(ask.Run(seen[-1], "true"))
        app.run(1)
    assert len(set(seen)) == len(seen)
    assert all(name.startswith("run.") and 1000 <= int(name[4:]) <= 9999 for name in seen)


def test_a_name_has_five_digits_once_those_of_four_are_taken() -> None:
    app = running("web=1")
    slot = app.slot("web.1")
    app.world = app.world.replace(slots={f"run.{n}": slot for n in range(1000, 10_000)})
    assert len(app.world.free_name("run")) == len("run.12345")


def test_a_name_that_is_taken_is_not_free() -> None:
    app = running("web=1")
    name = app.world.free_name("run")
    app.ask(ask.Run(name, "bash"))
    app.world = app.world.replace(one_offs=0)
    assert app.world.free_name("run") != name

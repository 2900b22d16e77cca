"""How a launch comes to be up, or does not."""

from __future__ import annotations

import pytest

from emulator.dyno.policy import Policy
from emulator.dyno.slot import Phase, Spawn, State
from emulator.runtime import command as ask
from tests.simulation import Process, Simulation


def spawns(app: Simulation) -> list[tuple[float, int]]:
    return [(at - app.started_at, it.port) for at, it in app.orders if isinstance(it, Spawn)]


@pytest.mark.parametrize(
    ("policy", "quits", "at"),
    [
        (Policy(), 0.5, 0.5),
        (Policy(), None, 30.02),
        (Policy().paced(), 0.5, 2.5),
        (Policy().paced(), None, 30.72),
    ],
)
def test_a_launch_on_a_fixed_port_waits_for_its_predecessor(
    policy: Policy, quits: float | None, at: float
) -> None:
    app = Simulation(policy, web_port=5000)
    app.plays("web.1", Process(quits=quits), Process())
    app.start("web=2")
    app.run(5)
    app.forget()
    app.ask(ask.Restart("web.1"))
    app.run(40)
    assert spawns(app) == [(pytest.approx(at), 5000)]
    assert app.slot("web.1").shown is State.UP


@pytest.mark.parametrize("attached", [False, True])
def test_a_one_off_of_type_web_is_up_without_listening(attached: bool) -> None:
    """`run --type web` is reached by nobody, so there is no R10 for it."""
    app = Simulation()
    app.plays("web.4711", Process(listens=None))
    app.start("web=1")
    app.ask(ask.Run("web.4711", "bash", attached=attached))
    app.run(120)
    assert app.slot("web.4711").shown is State.UP
    assert "R10" not in app.log and "Stopping" not in app.log


def test_stopping_a_launch_that_waits_for_a_port_leaves_nothing() -> None:
    app = Simulation(web_port=5000)
    app.plays("web.1", Process(quits=None))
    app.start("web=1")
    app.run(5)
    app.ask(ask.Restart())
    waiting = app.slot("web.1").current
    assert waiting and (waiting.phase, waiting.deadline) == (Phase.WAITING, None)
    app.scale("web=0")
    assert app.slot("web.1").shown is State.DOWN
    app.run(31)
    assert not app.world.slots and not app.runner.alive

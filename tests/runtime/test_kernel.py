"""The single writer: decided, saved, obeyed, published, in that order, one input at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from emulator.app.formation import Change, Quantity, parse_changes
from emulator.app.surroundings import Addon
from emulator.clock import Clock
from emulator.dyno.policy import Policy
from emulator.dyno.slot import (
    Exited,
    Order,
    Phase,
    Ready,
    Report,
    Signal,
    Spawn,
    Spawned,
    SpawnFailed,
    State,
)
from emulator.errors import NotFound
from emulator.event import Event
from emulator.runtime.command import Restart, Scale, Shutdown, Start
from emulator.runtime.kernel import STALL, Kernel, NotSaved
from emulator.runtime.schedule import LOOK, AddJob
from emulator.runtime.world import World


class StoppedClock(Clock):
    """Stands still unless it is set."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1.7e9 + self.now


class Desk:
    """A kernel, and a diary of what it has done."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.clock = StoppedClock()
        self.diary: list[tuple[str, object]] = []
        self.alarms: list[float] = []
        self.answers: dict[str, Callable[[Order], Report | None]] = {}
        self.disk_is_full = False
        world = World("app", "me", policy=policy or Policy())
        self.kernel = Kernel(
            world, self.clock, itertools.count(20000), self.save, self.obey, self.publish
        )
        self.kernel.alarm = self.alarms.append

    def save(self, world: World) -> None:
        self.diary.append(("save", world))
        if self.disk_is_full:
            raise NotSaved("disk full")

    def obey(self, order: Order, world: World) -> None:
        self.diary.append(("obey", order))
        assert world is self.kernel.world
        answer = self.answers.get(type(order).__name__)
        if answer and (report := answer(order)):
            self.kernel.submit(report)

    def publish(self, events: list[Event]) -> None:
        self.diary.append(("publish", events))

    def start(self, **quantities: int) -> None:
        formation = {type_: Quantity(number) for type_, number in quantities.items()}
        self.kernel.submit(Start(dict.fromkeys(quantities, "run"), {}, formation))

    def up(self, dyno: str) -> str:
        """Its launch has been spawned; the launch's name."""
        launch = self.kernel.world.slots[dyno].current
        assert launch
        self.kernel.submit(Spawned(launch.id, 4711))
        return launch.id

    def orders(self, kind: type[Order]) -> list[str]:
        return [it.launch for what, it in self.diary if what == "obey" and isinstance(it, kind)]

    def phase(self, dyno: str) -> Phase | None:
        current = self.kernel.world.slots[dyno].current
        return current and current.phase


def test_saved_before_obeyed_before_published() -> None:
    desk = Desk()
    desk.start(worker=2)
    assert [what for what, _ in desk.diary] == ["save", "obey", "obey", "publish"]
    assert desk.diary[0][1] is desk.kernel.world


def test_a_wrong_input_changes_nothing_and_can_be_followed_by_a_right_one() -> None:
    desk = Desk()
    desk.start(worker=1)
    before, written = desk.kernel.world, len(desk.diary)
    with pytest.raises(NotFound):
        desk.kernel.submit(Restart("nobody.1"))
    assert desk.kernel.world is before and len(desk.diary) == written
    desk.up("worker.1")
    desk.kernel.submit(Restart("worker.1"))
    assert len(desk.orders(Spawn)) == 2


def test_an_answer_given_while_orders_are_obeyed_waits_for_its_turn() -> None:
    desk = Desk()
    desk.answers["Spawn"] = lambda order: SpawnFailed(order.launch, "no room")
    desk.start(worker=2)
    told = [what for what, _ in desk.diary]
    assert told[:4] == ["save", "obey", "obey", "publish"]
    # Twice each: the first failure is retried at once, the second after a cool-off.
    assert len(desk.orders(Spawn)) == 4
    assert {slot.shown for slot in desk.kernel.world.slots.values()} == {State.CRASHED}
    assert desk.kernel.inbox == [] and not desk.kernel.busy


def test_observers_see_each_change_once_and_complete() -> None:
    desk = Desk()
    seen: list[World] = []
    desk.answers["Spawn"] = lambda order: Spawned(order.launch, 1)
    desk.kernel.observers.append(lambda: seen.append(desk.kernel.world))
    desk.start(worker=3)
    assert len(seen) == 1
    assert {slot.shown for slot in seen[0].slots.values()} == {State.UP}


def test_an_observer_may_leave_while_it_looks() -> None:
    desk = Desk()
    looks: list[int] = []

    def once() -> None:
        looks.append(1)
        desk.kernel.observers.remove(once)

    desk.kernel.observers += [once, lambda: looks.append(2)]
    desk.start(worker=1)
    desk.up("worker.1")
    assert looks == [1, 2, 2]


def test_what_cannot_be_saved_is_in_force_all_the_same() -> None:
    desk = Desk()
    desk.start(worker=1)
    looks: list[object] = []
    desk.kernel.observers.append(lambda: looks.append(desk.kernel.unsaved))
    desk.disk_is_full = True
    desk.answers["Spawn"] = lambda order: SpawnFailed(order.launch, "no room")
    with pytest.raises(NotSaved, match=r"in force, but not saved \(disk full\)"):
        desk.kernel.submit(Scale(_change("worker", 2)))
    assert desk.kernel.world.formation["worker"].quantity == 2
    assert desk.diary[-1][0] == "publish" and desk.kernel.inbox == []
    assert len(looks) == 1 and looks[0] is desk.kernel.unsaved is not None


def test_a_later_save_that_succeeds_is_the_end_of_it() -> None:
    desk = Desk()
    desk.start(worker=1)
    desk.disk_is_full = True
    desk.kernel.take(Scale(_change("worker", 2)))
    assert desk.kernel.unsaved
    desk.disk_is_full = False
    desk.up("worker.1")
    assert desk.kernel.unsaved is None


def test_take_raises_what_is_wrong_with_the_input() -> None:
    desk = Desk()
    desk.start(worker=1)
    with pytest.raises(NotFound):
        desk.kernel.take(Scale(_change("nobody", 2)))


def test_the_alarm_is_that_of_the_earliest_deadline() -> None:
    desk = Desk(Policy(cycle_jitter=0.0))
    desk.start(web=1, worker=1)
    assert desk.alarms[-1] == 1060.0
    desk.clock.now += 5
    desk.up("worker.1")
    assert desk.alarms[-1] == 1060.0, "the web dyno's boot timeout comes before the daily cycle"


def test_deadlines_that_have_moved_on_are_dropped_and_the_rest_comes_in_order() -> None:
    desk = Desk()
    desk.start(worker=3)
    for name in ("worker.1", "worker.2", "worker.3"):
        desk.up(name)
        desk.clock.now += 1
    for _ in range(50):
        desk.kernel.submit(Restart("worker.1"))
        desk.up("worker.1")
    desk.clock.now = desk.alarms[-1] = desk.kernel.deadlines[0][0]
    before = len(desk.orders(Signal))
    desk.kernel.wake()
    # Of the fifty old launches of worker.1 each got its SIGTERM; now each gets its SIGKILL.
    assert len(desk.orders(Signal)) == before + 50
    assert desk.kernel.deadlines[0][0] > desk.clock.now


def test_an_alarm_that_comes_too_early_changes_nothing() -> None:
    desk = Desk()
    desk.start(web=1)
    written = len(desk.diary)
    desk.clock.now += 59.9
    desk.kernel.wake()
    assert len(desk.diary) == written and desk.alarms[-1] == 1060.0


def test_every_deadline_that_has_come_is_decided_on_in_one_wake() -> None:
    desk = Desk()
    desk.start(web=3)
    for name in ("web.1", "web.2", "web.3"):
        launch = desk.kernel.world.slots[name].current
        assert launch
        desk.kernel.submit(Spawned(launch.id, 1))
    desk.clock.now += 60 + STALL / 2
    desk.kernel.wake()
    assert len(desk.orders(Signal)) == 3


def test_one_deadline_that_cannot_be_saved_keeps_no_other_back() -> None:
    desk = Desk()
    desk.start(web=3)
    desk.disk_is_full = True
    desk.clock.now += 60
    desk.kernel.wake()
    assert len(desk.orders(Signal)) == 3 and desk.kernel.unsaved


def test_after_a_stall_deadlines_move_on_by_what_was_missed() -> None:
    desk = Desk()
    desk.start(web=1)
    desk.clock.now += 60 + 3600
    desk.kernel.wake()
    assert desk.phase("web.1") is Phase.BOOTING
    assert desk.alarms[-1] == desk.clock.now, "as soon as what happened meanwhile has been read"
    desk.kernel.wake()
    assert desk.phase("web.1") is Phase.KILLED


def test_what_came_about_during_a_stall_counts() -> None:
    desk = Desk()
    desk.start(web=1)
    launch = desk.up("web.1")
    desk.clock.now += 60 + 3600
    desk.kernel.wake()
    desk.kernel.submit(Ready(launch))
    desk.kernel.wake()
    assert desk.phase("web.1") is Phase.RUNNING, "no R10"


def test_a_stall_does_not_keep_a_daily_cycle_back() -> None:
    desk = Desk(Policy(cycle_jitter=0.0))
    desk.start(worker=1, web=1)
    desk.up("worker.1")
    desk.clock.now += 25 * 3600
    for _ in range(3):
        desk.kernel.wake()
    assert len(desk.orders(Spawn)) == 3, "the worker was cycled, once"


def test_a_dyno_that_is_gone_leaves_no_alarm() -> None:
    desk = Desk()
    desk.start(worker=1)
    launch = desk.up("worker.1")
    desk.kernel.submit(Shutdown())
    desk.kernel.submit(Exited(launch, 143))
    assert desk.kernel.world.is_gone
    desk.clock.now += 1e6
    written = len(desk.diary)
    desk.kernel.wake()
    assert desk.kernel.deadlines == [] and len(desk.diary) == written


def _change(type_: str, quantity: int) -> tuple[Change, ...]:
    return parse_changes((f"{type_}={quantity}",))


def test_all_scheduled_jobs_share_one_deadline_even_after_a_stall() -> None:
    desk = Desk()
    desk.start(worker=1)
    desk.up("worker.1")
    addon = Addon("1", "scheduler-flat-1", "scheduler", "standard", "", "", 0, 0, 1.0, 1.0)
    desk.kernel.world = desk.kernel.world.replace(addons=(addon,))
    for _ in range(3):
        desk.kernel.submit(AddJob("report", "10m"))
    assert desk.alarms[-1] == 1000 + LOOK
    for minute in range(1, 10):
        desk.clock.now = 1000 + 60.0 * minute
        desk.kernel.wake()
        assert desk.alarms[-1] == pytest.approx(desk.clock.now + LOOK)
    desk.clock.now = 1630.0
    desk.kernel.wake()
    spawned = [launch for launch in desk.orders(Spawn) if launch.startswith("scheduler.")]
    assert len(spawned) == 3
    assert len([one for one in desk.kernel.deadlines if one[1] == "scheduler"]) == 1

"""What holds of every dyno whatever happens to it: thousands of random histories.

A history is a string of bytes. Each byte is a thing that happens: time passes, somebody asks for
something, a process gets another character, or a report comes that nobody expected.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emulator import event
from emulator.app.formation import Change
from emulator.dyno.policy import Policy
from emulator.dyno.size import MIB
from emulator.dyno.slot import (
    Kind,
    Outcome,
    Phase,
    Ready,
    Report,
    Sampled,
    Signal,
    Slot,
    Spawn,
    Spawned,
    State,
    Strayed,
)
from emulator.errors import UserError
from emulator.fact import Fact
from emulator.runtime import command as ask
from emulator.runtime.world import World
from tests.dyno.specimen import assert_sound
from tests.simulation import Process, Simulation

CHARACTERS = (
    Process(),
    Process(exits=0.3, status=1),
    Process(exits=50.0),
    Process(exits=700.0),
    Process(quits=None),
    Process(quits=29.9, hangs_up=None),
    Process(quits=None, hangs_up=None),
    Process(listens=None),
    Process(listens=59.9),
    Process(loopback=True),
    Process(strays=3000),
    Process(refused="too many processes"),
    Process(memory=lambda at: 600, exits=45.0),
    Process(memory=lambda at: 100 * at, exits=90.0),
    Process(exits=0.0),
    Process(exits=60.0, quits=None),
)
STRETCHES = (0, 0.001, 0.1, 0.3, 0.7, 1, 2.5, 5, 15, 29.9, 30.1, 60, 601, 1300, 20_000, 95_000)
FORMATIONS = ((1, 0), (0, 1), (2, 2), (0, 0), (1, 3), (3, 1), (1, 1), (2, 0))
TARGETS = (None, "web", "worker", "web.1", "worker.1", "worker.2", "run", "run.1")
DYNOS = ("web.1", "web.2", "worker.1", "worker.2", "web.3", "worker.3")
CODES = (
    {"web": "serve $PORT", "worker": "work"},
    {"web": "serve2 $PORT", "worker": "work"},
    {"web": "serve $PORT"},
    {"worker": "work2"},
)
WORLDS: tuple[tuple[Policy, dict[str, object]], ...] = (
    (Policy(), {}),
    (Policy().paced(), {}),
    (Policy(), {"web_port": 5000}),
    (Policy().paced().replace(strict_bind=True), {"web_port": 5000}),
    (Policy().accelerated(4), {"heroku_formation": True}),
    (Policy().accelerated(60), {"address": "http://localhost:5000"}),
    (Policy().paced(), {"address": "http://localhost:5000", "features": ("preboot",)}),
)


class Witness:
    """Watches every decision, and knows the history of every launch and dyno."""

    def __init__(self) -> None:
        self.launches: set[str] = set()
        self.told: dict[str, set[str]] = {}
        self.shown: dict[str, str] = {}

    def __call__(self, app: Simulation, before: World, given: Fact, out: list[Outcome]) -> None:
        for name, slot in app.world.slots.items():
            if slot is not before.slots.get(name):
                assert_sound(slot)
        for outcome in out:
            if isinstance(outcome, event.DynoStateChanged):
                self.hear(outcome, before)
            elif isinstance(outcome, event.DynoRestarting | event.DynoCycling):
                assert self.shown.get(outcome.dyno, "starting") in ("starting", "up"), outcome
            elif isinstance(outcome, Spawn):
                self.see_spawn(outcome, app)
            elif isinstance(outcome, Signal):
                self.see_signal(outcome, given, out)
        self.compare(app.world)

    def hear(self, change: event.DynoStateChanged, before: World) -> None:
        """The chain of announced states of a dyno is unbroken."""
        assert change.before == self.shown.get(change.dyno, "starting"), change
        assert change.before != change.after
        self.shown[change.dyno] = change.after

    def see_spawn(self, order: Spawn, app: Simulation) -> None:
        """A launch is spawned once; all before it in its slot have ended or were told to."""
        assert order.launch not in self.launches
        self.launches.add(order.launch)
        self.told[order.launch] = set()
        dyno = order.launch.partition("@")[0]
        living = [one for one in app.runner.alive if one.startswith(f"{dyno}@")]
        slot = app.world.slots[dyno]
        retiring = {one.id for one in slot.departing if one.phase is Phase.RETIRING}
        others = [one for one in living if one not in (order.launch, *retiring)]
        assert all(self.told[one] & {"TERM", "KILL"} for one in others), others
        assert not (others and dyno == "web.1" and app.world.web_port), others

    def see_signal(self, order: Signal, given: Fact, out: list[Outcome]) -> None:
        """SIGTERM once; SIGKILL only after it, or for R10, R15, or an abort; SIGHUP to one-offs."""
        told = self.told[order.launch]
        if order.name == "TERM":
            assert not told & {"TERM", "KILL"}, order
        elif order.name == "KILL" and not isinstance(given, ask.Abort):
            at_once = (event.BootTimedOut, event.QuotaVastlyExceeded)
            assert "TERM" in told or any(isinstance(it, at_once) for it in out), order
            assert "KILL" not in told, order
        elif order.name == "HUP":
            assert order.launch.startswith("run."), order
        told.add(order.name)

    def compare(self, world: World) -> None:
        """The dynos are those wanted, and what was announced last is what they show."""
        formation = {} if world.stopping else world.formation
        wanted = {f"{t}.{n}" for t, q in formation.items() for n in range(1, q.quantity + 1)}
        slots = world.slots.values()
        assert wanted == {s.name for s in slots if is_living(s) and s.kind is Kind.FORMATION}
        for slot in slots:
            assert slot.shown and slot.shown.value == self.shown.get(slot.name, "starting"), slot
        for name in self.shown.keys() - world.slots.keys():
            assert self.shown.pop(name) in ("down", "complete"), name


def is_living(slot: Slot) -> bool:
    return slot.asleep or slot.shown in (State.STARTING, State.UP, State.CRASHED)


class History:
    """An app to which the bytes happen."""

    def __init__(self, policy: Policy, world: dict[str, object]) -> None:
        self.app = Simulation(policy, **world)
        self.app.checks.append(Witness())
        self.app.start("web=1 worker=1", types=CODES[0])
        self.runs = 0
        self.stalled = 0.0

    def live(self, tape: bytes) -> None:
        """It all happened; a command that is wrong changed nothing."""
        for byte in tape:
            before = self.app.world
            try:
                ACTIONS[byte % len(ACTIONS)](self, byte // len(ACTIONS))
            except UserError:
                assert self.app.world is before

    def settle(self) -> None:
        """Inputs have stopped: what is wanted is reached."""
        for dyno in (*DYNOS, *(f"run.{n}" for n in range(self.runs))):
            self.app.plays(dyno, Process())
        self.app.run_until(is_reached, within=2 * 86_400)

    def end(self) -> None:
        """After a shutdown nothing is left."""
        self.app.ask(ask.Shutdown())
        self.app.run(31 + self.stalled)
        assert self.app.world.is_gone and not self.app.world.slots, self.app.world.slots
        assert not self.app.runner.alive

    def ask(self, given: Fact) -> None:
        self.app.ask(given)

    def wait(self, number: int) -> None:
        self.app.run(STRETCHES[number])

    def wait_little(self, number: int) -> None:
        self.app.run(STRETCHES[number % 8])

    def tick(self, number: int) -> None:
        """The next thing happens, and so on, a few times."""
        for _ in range(number + 1):
            at = self.app.next_at
            if at - self.app.now < 100_000:
                self.app.run(at - self.app.now)

    def scale(self, number: int) -> None:
        web, worker = FORMATIONS[number % 8]
        self.ask(ask.Scale((Change("web", "=", web), Change("worker", "=", worker))))

    def resize(self, number: int) -> None:
        size = ("Basic", "Standard-2X", "Eco")[number // 3 % 3]
        self.ask(ask.Scale((Change(("web", "worker")[number % 3 == 0], "+", number // 8, size),)))

    def restart(self, number: int) -> None:
        self.ask(ask.Restart(TARGETS[number % 8]))

    def cycle(self, number: int) -> None:
        self.ask(ask.Cycle(TARGETS[number % 8]))

    def stop(self, number: int) -> None:
        self.ask(ask.Stop(TARGETS[number % 8] or "run.0"))

    def release(self, number: int) -> None:
        if number % 2:
            self.ask(ask.Deploy(CODES[number // 4]))
        else:
            self.ask(ask.SetConfig({"A": str(number // 4)}))

    def run(self, number: int) -> None:
        name = f"run.{self.runs}"
        self.runs += 1
        self.app.plays(name, CHARACTERS[number])
        self.ask(ask.Run(name, "worker x", attached=bool(number % 2)))

    def request(self, number: int) -> None:
        self.ask(ask.Requested())

    def hang_up(self, number: int) -> None:
        self.ask(ask.HangUp(f"run.{number % (self.runs + 1)}"))

    def recast_web(self, number: int) -> None:
        for dyno in ("web.1", "web.2"):
            self.app.plays(dyno, CHARACTERS[number])

    def recast_worker(self, number: int) -> None:
        self.app.plays("worker.1", CHARACTERS[number], Process())
        self.app.plays("worker.2", CHARACTERS[number])

    def surprise(self, number: int) -> None:
        """A report that nobody expected, of a launch that lives or has gone, or a deadline."""
        launches = sorted(self.app.runner.alive) or ["web.1@1"]
        about = launches[number % len(launches)]
        reports: tuple[Report, ...] = (
            *(Ready(about), Ready(about, loopback=True), Strayed(about, 99)),
            *(Sampled(about, 2000 * MIB), Spawned(about, 7), Ready("web.1@999"), Ready("web.9@1")),
        )
        self.ask(reports[number] if number < len(reports) else ask.Expired(DYNOS[number % 4]))

    def upset(self, number: int) -> None:
        stalls = number > 1 and number % 2
        self.stalled += STRETCHES[number] if stalls else 0
        self.ask(
            {0: ask.Shutdown(), 1: ask.Abort()}.get(number)
            or (ask.Slept, ask.Stalled)[number % 2](STRETCHES[number])
        )


ACTIONS = (
    *(History.wait, History.wait_little, History.wait_little, History.tick),
    *(History.scale, History.resize, History.restart, History.cycle, History.stop),
    *(History.release, History.run, History.hang_up, History.request),
    *(History.recast_web, History.recast_worker, History.surprise, History.upset),
)


def is_reached(app: Simulation) -> bool:
    """What the formation wants is up, in the newest release, and nothing departs."""
    slots = [slot for slot in app.world.slots.values() if slot.kind is Kind.FORMATION]
    return not any(slot.departing for slot in slots) and all(
        slot.asleep
        or (slot.shown is State.UP and slot.current and slot.current.release == app.world.release)
        for slot in slots
    )


@settings(max_examples=60, deadline=None)
@example(world=1, tape=b"\x04\x7fD")
@example(world=0, tape=b"J\x0f\x9f")
@given(st.integers(0, len(WORLDS) - 1), st.binary(max_size=24))
def test_any_history_is_sound_and_ends_well(world: int, tape: bytes) -> None:
    history = History(*WORLDS[world])
    history.live(tape)
    history.settle()
    history.end()


@pytest.mark.parametrize("world", range(len(WORLDS)))
def test_many_tapes_one_after_the_other_are_sound_and_settle(world: int) -> None:
    luck = random.Random(world)
    history = History(*WORLDS[world])
    for _ in range(50):
        history.live(luck.randbytes(luck.randrange(4, 16)))
        history.settle()
        if history.app.world.stopping:
            history.end()
            history = History(*WORLDS[world])
    history.end()

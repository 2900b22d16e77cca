"""A world under virtual time: `decide` on one side, scripted processes on the other.

Nothing sleeps: time jumps to the next deadline of a dyno or the next act of a process, so that a
month of cycling is simulated in milliseconds, to the word of the log.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from emulator.app.formation import RELEASE, Quantity, parse_changes
from emulator.dyno.policy import Policy
from emulator.dyno.size import MIB
from emulator.dyno.slot import (
    Exited,
    Instant,
    Order,
    Outcome,
    Ready,
    Report,
    Sampled,
    Signal,
    Slot,
    Spawn,
    Spawned,
    SpawnFailed,
    Strayed,
)
from emulator.event import Event
from emulator.fact import Fact
from emulator.logplex.narration import narrate
from emulator.runtime import command as ask
from emulator.runtime.decision import decide
from emulator.runtime.world import WHOLE, World

SPAWNING = 0.005
REAPING = 0.02
SAMPLING = 5.0
EPOCH = 1_700_000_000.0
NEVER = float("inf")

COMMANDS = {
    "web": "gunicorn app:app -b 0.0.0.0:$PORT",
    "worker": "python worker.py",
    "clock": "python clock.py",
}


class Process(Fact):
    """How a process behaves; seconds count from its spawn, or from the signal that they answer."""

    exits: float | None = None
    status: int = 0
    quits: float | None = 0.1
    """After SIGTERM; None: it ignores it."""
    quit_status: int = 143
    hangs_up: float | None = 0.1
    """After SIGHUP; None: it ignores it."""
    listens: float | None = 1.0
    """On $PORT, if it is a web process."""
    loopback: bool = False
    strays: int | None = None
    """Listens on this port instead, at the time given by `listens`."""
    memory: Callable[[float], float] | None = None
    """Megabytes by seconds from its spawn."""
    refused: str = ""
    """Why the machine cannot spawn it."""
    says: tuple[tuple[float, str], ...] = ()
    last_words: str = ""
    """What it says on SIGTERM."""


class Said(Report):
    text: str


class Routed(Fact):
    """A line of the router (see tests/visit.py)."""

    text: str


class ScriptedRunner:
    """Turns orders into the reports that scripted processes give rise to."""

    def __init__(self) -> None:
        self.script: dict[str, Sequence[Process]] = {}
        """By dyno name, or `release.*`: its first process, its second ...; the last one goes on
        for ever."""
        self.alive: dict[str, tuple[float, Process]] = {}
        self.spawned: dict[str, int] = {}
        self.acts: list[tuple[float, int, Report]] = []
        self.order = itertools.count()

    @property
    def next_at(self) -> float:
        return self.acts[0][0] if self.acts else NEVER

    def obey(self, order: Order, now: float) -> None:
        """The reports that the order gives rise to will come."""
        match order:
            case Spawn(launch=launch):
                self._spawn(launch, self._casting(launch), now)
            case Signal(launch=launch, name=name) if launch in self.alive:
                self._signal(launch, name, now)

    def pop(self) -> Report | None:
        """The next report, unless its process has gone before it could happen."""
        at, _, report = heapq.heappop(self.acts)
        if isinstance(report, SpawnFailed):
            return report
        if report.launch not in self.alive:
            return None
        since, process = self.alive[report.launch]
        if isinstance(report, Exited):
            del self.alive[report.launch]
        elif isinstance(report, Sampled) and process.memory:
            self._sample(report.launch, process.memory, since, at + SAMPLING)
        return report

    def _act(self, at: float, report: Report) -> None:
        heapq.heappush(self.acts, (at, next(self.order), report))

    def _casting(self, launch: str) -> Process:
        dyno = launch.partition("@")[0]
        if dyno not in self.script:
            dyno = dyno.partition(".")[0] + ".*"
        parts = self.script.get(dyno) or (Process(),)
        number = self.spawned.get(dyno, 0)
        self.spawned[dyno] = number + 1
        return parts[min(number, len(parts) - 1)]

    def _spawn(self, launch: str, process: Process, now: float) -> None:
        if process.refused:
            return self._act(now + SPAWNING, SpawnFailed(launch, process.refused))
        self.alive[launch] = (now, process)
        self._act(now + SPAWNING, Spawned(launch, 1000 + len(self.alive)))
        for after, text in process.says:
            self._act(now + after, Said(launch, text))
        if launch.startswith("web.") and process.listens is not None:
            listening = Ready(launch, process.loopback)
            stray = process.strays and Strayed(launch, process.strays)
            self._act(now + process.listens, stray or listening)
        if process.memory:
            self._sample(launch, process.memory, now, now + SAMPLING)
        if process.exits is not None:
            self._act(now + process.exits, Exited(launch, process.status))
        return None

    def _sample(
        self, launch: str, memory: Callable[[float], float], since: float, at: float
    ) -> None:
        self._act(at, Sampled(launch, int(memory(at - since) * MIB)))

    def _signal(self, launch: str, name: str, now: float) -> None:
        _, process = self.alive[launch]
        after, status = {
            "TERM": (process.quits, process.quit_status),
            "HUP": (process.hangs_up, 129),
            "KILL": (REAPING, 137),
        }[name]
        if name == "TERM" and process.last_words:
            self._act(now, Said(launch, process.last_words))
        if after is not None:
            self._act(now + after, Exited(launch, status))


Check = Callable[["Simulation", World, Fact, list[Outcome]], None]


class Simulation:
    """An app whose clock is a number."""

    def __init__(self, policy: Policy | None = None, **world: object) -> None:
        self.world = World(app="myapp", user="U", policy=policy or Policy(), **world)
        self.now = 0.0
        self.started_at = 0.0
        self.still = 0
        """How many things in a row have happened at the same instant."""
        self.runner = ScriptedRunner()
        self.story: list[tuple[float, Event | Said | Routed]] = []
        self.orders: list[tuple[float, Order]] = []
        self.checks: list[Check] = []
        self._due: dict[str, float] = {}
        self._ports: Iterator[int] = itertools.count(20001)
        self._serials: Iterator[int] = itertools.count(1)

    # What the developer does.

    def start(
        self,
        formation: str = "web=1",
        config: Mapping[str, str] | None = None,
        types: Mapping[str, str] = COMMANDS,
    ) -> None:
        """The app runs in that formation; `types` that it does not name are not in its Procfile."""
        wanted = {c.type: Quantity(c.amount) for c in parse_changes(formation.split())}
        used = {name: types[name] for name in types if name in wanted or name == RELEASE}
        self.ask(ask.Start(used, config or {}, wanted))

    def scale(self, changes: str) -> None:
        self.ask(ask.Scale(parse_changes(changes.split())))

    def plays(self, dyno: str, *processes: Process) -> None:
        """The next processes of the dyno are these; the last one goes on for ever."""
        self.runner.script[dyno] = processes
        self.runner.spawned[dyno] = 0

    # Time.

    def ask(self, given: Fact) -> None:
        """It is decided, and what comes of it is obeyed and told."""
        instant = Instant(self.now, EPOCH + self.now, self._ports, self._serials)
        before = self.world
        self.world, out = decide(before, given, instant)
        for outcome in out:
            if isinstance(outcome, Event):
                self.story.append((self.now, outcome))
            else:
                self.orders.append((self.now, outcome))
                self.runner.obey(outcome, self.now)
        self._due = {
            name: self._due[name] if slot is before.slots.get(name) else _due_at(slot.deadline)
            for name, slot in self.world.slots.items()
        }
        self._due |= {name: _due_at(self.world.deadline(name)) for name in WHOLE}
        for check in self.checks:
            check(self, before, given, out)

    def run(self, seconds: float) -> None:
        """So much time has passed, and all that was due in it has happened."""
        end = self.now + seconds
        while self.next_at <= end:
            self._tick()
        self.now = end

    def run_until(self, is_true: Callable[[Simulation], bool], within: float = 86_400.0) -> None:
        """It is true; AssertionError if it is not within so many seconds."""
        end = self.now + within
        while not is_true(self):
            assert self.next_at <= end, f"never came about:\n{self.log}\n{self.world}"
            self._tick()

    @property
    def next_at(self) -> float:
        """When something happens by itself again."""
        return min(self.runner.next_at, *self._due.values(), NEVER)

    def _tick(self) -> None:
        at = self.next_at
        self.still = 0 if at > self.now else self.still + 1
        assert self.still < 1000, f"time stands still:\n{self.log[-2000:]}"
        self.now = max(self.now, at)
        if self.runner.next_at <= self.now:
            report = self.runner.pop()
            if isinstance(report, Said):
                self.story.append((self.now, report))
            elif report:
                self.ask(report)
        else:
            self.ask(ask.Expired(min(self._due, key=self._due.__getitem__)))

    # What came of it.

    def forget(self) -> None:
        """The story begins here."""
        self.story.clear()
        self.orders.clear()
        self.started_at = self.now

    def slot(self, name: str) -> Slot:
        return self.world.slots[name]

    def states(self) -> dict[str, str | None]:
        return {name: s.shown and s.shown.value for name, s in self.world.slots.items()}

    @property
    def lines(self) -> list[tuple[float, str]]:
        """The log: seconds since the beginning of the story, and `heroku[web.1]: text`."""
        return [(at - self.started_at, line) for at, it in self.story for line in _tell(it)]

    @property
    def log(self) -> str:
        return "".join(f"+{at:.3f} {line}\n" for at, line in self.lines)


def _due_at(deadline: float | None) -> float:
    return NEVER if deadline is None else deadline


def _tell(it: Event | Said | Routed) -> Iterable[str]:
    if isinstance(it, Routed):
        return (f"heroku[router]: {it.text}",)
    if isinstance(it, Said):
        return (f"app[{it.launch.partition('@')[0]}]: {it.text}",)
    return (f"{line.source}[{line.dyno}]: {line.text}" for line in narrate(it))

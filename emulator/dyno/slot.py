"""A slot is a dyno name (`web.1`); a launch is one process of it, with an identity of its own.

Heroku starts the replacement without waiting for the old process, so a slot has at most one
current launch and any number of departing ones, each with its own 30 seconds. Only the current
launch can crash: an intended exit is always that of a departing one.
Source: Dev Center, dyno-shutdown-behavior and dyno-startup-behavior ($DYNO is not unique).
"""

from __future__ import annotations

from enum import Enum

from ..event import Event
from ..fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .policy import Policy


WEB = "web"
"""The process type that the router reaches. Source: Dev Center, procfile."""
RELEASE = "release"
"""The process type of the release command. Source: Dev Center, release-phase."""


class State(Enum):
    """What Heroku shows. Source: Platform API, dyno.state; log samples for complete."""

    STARTING = "starting"
    UP = "up"
    CRASHED = "crashed"
    DOWN = "down"
    COMPLETE = "complete"


class Phase(Enum):
    """What is true of a launch."""

    WAITING = "waiting"  # will be spawned at its deadline, or once its predecessor has gone
    BOOTING = "booting"  # spawned, not yet up
    RUNNING = "running"  # up; its deadline is the daily cycle
    HANGING = "hanging"  # up, but its client is gone: SIGHUP again at its deadline
    DOOMED = "doomed"  # departing: SIGTERM at its deadline
    STOPPING = "stopping"  # departing: SIGTERM was sent, SIGKILL at its deadline
    KILLED = "killed"  # SIGKILL was sent
    RETIRING = "retiring"  # departing, but serving till its deadline, while its successor boots
    ASLEEP = "asleep"  # there is no launch until a request comes


class Kind(Enum):
    FORMATION = "formation"
    ONE_OFF = "one-off"


class Launch(Fact):
    """One process (tree) of a slot. Times are monotonic seconds."""

    id: str
    phase: Phase
    port: int
    release: int
    host: str = "127.0.0.1"
    deadline: float | None = None
    spawned_at: float | None = None
    up_at: float | None = None
    pid: int | None = None
    warned_at: float | None = None
    hangups: int = 0

    @property
    def dyno(self) -> str:
        return self.id.rpartition("@")[0]


class Slot(Fact):
    """A dyno: what the formation wants and `ps` shows. `command` is as in the Procfile."""

    name: str
    command: str
    size: str
    kind: Kind = Kind.FORMATION
    shown: State | None = None
    changed_at: float = 0.0
    created_at: float = 0.0
    current: Launch | None = None
    departing: tuple[Launch, ...] = ()
    crashes: int = 0
    retry_at: float | None = None
    launches: int = 0
    hinted: bool = False
    fixed_port: int | None = None
    """The port that the user wants it on. Its launches may not overlap, then."""
    attached: bool = False
    extra: tuple[tuple[str, str], ...] = ()
    """Variables given with `run -e`."""
    lasts: float | None = None
    """So long a scheduled run or a release command may take; None: until the daily cycle."""
    asleep: bool = False
    """It is wanted, but rests until a request comes."""

    @property
    def phase(self) -> Phase | None:
        if self.current:
            return self.current.phase
        return Phase.ASLEEP if self.asleep else None

    @property
    def state(self) -> str:
        """What `ps` says: a sleeping dyno is idle there, though its log line says down.

        Source: Platform API schema, dyno.state; log sample (2025).
        """
        return "idle" if self.asleep else self.shown.value if self.shown else "down"

    @property
    def serving(self) -> tuple[Launch, ...]:
        """The launches that requests are for: of those that retire the current one is to come."""
        old = tuple(one for one in self.departing if one.phase is Phase.RETIRING)
        is_up = self.current and self.current.phase is Phase.RUNNING
        return old or ((self.current,) if self.current and is_up else ())

    @property
    def type(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def must_listen(self) -> bool:
        """It is up once it listens on $PORT; a one-off, whatever its type, is reached by nobody."""
        return self.type == WEB and self.kind is Kind.FORMATION

    @property
    def is_granted_its_time(self) -> bool:
        """A release command has its hour to work in; a scheduled run's interval just passes."""
        return self.type == RELEASE and self.lasts is not None

    @property
    def number(self) -> int:
        return int(self.name.rpartition(".")[2])

    @property
    def is_gone(self) -> bool:
        """Nothing is left of it and nothing more will come."""
        over = self.shown in (State.DOWN, State.COMPLETE, None)
        return over and self.current is None and not self.departing and not self.asleep

    @property
    def deadline(self) -> float | None:
        """The next instant at which something happens to it by itself."""
        all_launches = (*self.departing, self.current) if self.current else self.departing
        due = [launch.deadline for launch in all_launches if launch.deadline is not None]
        if self.retry_at is not None:
            due.append(self.retry_at)
        return min(due, default=None)


class Instant:
    """When an input is decided: `now` monotonic to decide by, `wall` to tell by.

    `ports` are free ports, `serials` numbers that no launch of this emulator has had.
    """

    __slots__ = ("now", "ports", "serials", "wall")

    def __init__(
        self, now: float, wall: float, ports: Iterator[int], serials: Iterator[int]
    ) -> None:
        self.now = now
        self.wall = wall
        self.ports = ports
        self.serials = serials


class Moment:
    """All that a step may look at besides the slot: time, rules, chance and the app's values.

    `preboots`: its launch serves on while the next one boots.
    """

    __slots__ = ("config", "now", "policy", "ports", "preboots", "release", "serials")

    def __init__(
        self,
        instant: Instant,
        policy: Policy,
        config: Mapping[str, str],
        release: int,
        preboots: bool = False,
    ) -> None:
        self.now = instant.now
        self.ports = instant.ports
        self.serials = instant.serials
        self.policy = policy
        self.config = config
        self.release = release
        self.preboots = preboots


class Order(Fact):
    """Do this."""


class Spawn(Order):
    launch: str
    command: str
    port: int
    extra: tuple[tuple[str, str], ...] = ()
    memory_mb: int = 512
    """The dyno size's quota, which the dyno is told."""


class Signal(Order):
    """To every process of the launch. `name` is TERM, KILL or HUP."""

    launch: str
    name: str


Outcome = Event | Order


class Input(Fact):
    """What can happen to a slot."""


class Boot(Input):
    """It is wanted: by the formation, by a release, or as a one-off."""


class Restart(Input):
    """By a release or by the user."""


class Cycle(Input):
    """The daily restart, due or asked for."""


class Stop(Input):
    """It is no longer wanted."""


class Idle(Input):
    """No request has come for so long that an Eco dyno sleeps."""


class Wake(Input):
    """A request has come."""


class Hangup(Input):
    """The client of an attached one-off went away."""


class Expired(Input):
    """A deadline of the slot has come."""


class Resumed(Input):
    """The machine slept so long, unseen by the monotonic clock."""

    seconds: float


class Report(Input):
    """What became of a launch."""

    launch: str


class Spawned(Report):
    pid: int


class SpawnFailed(Report):
    reason: str


class Ready(Report):
    """It listens on $PORT; `loopback`: on 127.0.0.1 or ::1 only. It is reached at `host`."""

    loopback: bool = False
    host: str = "127.0.0.1"


class Strayed(Report):
    """It listens on `port`, which is not $PORT."""

    port: int


class Exited(Report):
    status: int


class Sampled(Report):
    """Its process tree uses so many bytes of memory."""

    used: int

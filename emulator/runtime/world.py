"""All that is known of an app, as one immutable value, and what can be asked of it."""

from __future__ import annotations

from emulator.app.formation import DEFAULT_SIZE, Quantity
from emulator.app.release import Status
from emulator.dyno.policy import Policy, chance
from emulator.dyno.slot import Kind, Slot, State
from emulator.errors import NotFound
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.app.release import Release
    from emulator.app.surroundings import Addon, Attachment, Domain, Drain, Job, Used, Webhook

    from .command import Start

APP = ""
"""In the place of a dyno's name: the app as a whole."""

ECO = "Eco"
PREBOOT = "preboot"
AFFINITY = "http-session-affinity"
"""Features. Source: Heroku CLI, features."""

CLOCK = "clock"
"""The process type that must be a singleton. Source: Dev Center, scheduled-jobs-custom-clock."""

SCHEDULER = "scheduler"
"""The add-on, the process type of its dynos, and in the place of a dyno's name the scheduler."""

WHOLE = (APP, SCHEDULER)
"""What is no dyno and has deadlines, too."""


TRIES = 20
"""So many names that are taken in a row say that most are."""


class Gap(Fact):
    """No clock was up between these wall times (seconds)."""

    since: float
    until: float


class World(Fact):
    """`formation` is in Procfile order, `slots` by dyno name in order of creation."""

    app: str
    user: str
    id: str = ""
    given_name: str = ""
    """What `apps:rename` has made of the name that the folder gives."""
    formation: Mapping[str, Quantity] = {}
    left_out: Mapping[str, Quantity] = {}
    """What is remembered of process types that this run was told to leave out."""
    heroku_formation: bool = False
    releases: tuple[Release, ...] = ()
    maintenance: bool = False
    features: tuple[str, ...] = ()
    """Names of those that are enabled."""
    drains: tuple[Drain, ...] = ()
    domains: tuple[Domain, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    addons: tuple[Addon, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    jobs: tuple[Job, ...] = ()
    usage: tuple[Used, ...] = ()
    """What dynos have used until `metered_at` (monotonic)."""
    metered_at: float = 0.0
    started_at: float = 0.0
    """Wall time, from which on the platform's own time may run faster."""
    look_at: float | None = None
    """When the scheduler looks again at what is due."""
    slots: Mapping[str, Slot] = {}
    policy: Policy = Policy()
    web_port: int | None = None
    one_offs: int = 0
    """How many there have been, so that a name does not soon come again in the log."""
    address: str = ""
    """The URL at which the router takes the app's requests; empty without a router."""
    requested_at: float = 0.0
    """When the last request came (monotonic), as far as it matters."""
    starting: Start | None = None
    """A start whose first release is pending; until it has ended no dyno of the formation boots."""
    deferred: tuple[Fact, ...] = ()
    """Commands that wait until no release is pending."""
    stopping: bool = False
    clock_lost_at: float | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def current(self) -> Release | None:
        """The newest release that succeeded; None before the first."""
        for release in reversed(self.releases):
            if release.status is Status.SUCCEEDED:
                return release
        return None

    @property
    def pending(self) -> Release | None:
        """The release whose command runs; there is no more than one."""
        last = self.releases[-1] if self.releases else None
        return last if last and last.status is Status.PENDING else None

    def after_kill(self, now: float) -> World:
        """The world in which a killed emulator's pending release never is current."""
        if not self.pending:
            return self
        ended = self.pending.replace(status=Status.EXPIRED, ended_at=now)
        return self.replace(releases=(*self.releases[:-1], ended))

    def release_of(self, dyno: str) -> Release | None:
        """What the next launch of that dyno runs: the pending release, if that is its command."""
        pending = self.pending
        return pending if pending and pending.dyno == dyno else self.current

    @property
    def newest(self) -> int:
        """The number of the newest release, whatever became of it; 0 before the first."""
        return self.releases[-1].version if self.releases else 0

    @property
    def release(self) -> int:
        """The current release's number; 0 before the first."""
        return self.current.version if self.current else 0

    @property
    def types(self) -> Mapping[str, str]:
        return self.current.types if self.current else {}

    @property
    def config(self) -> Mapping[str, str]:
        return self.current.config if self.current else {}

    @property
    def slug(self) -> str:
        return self.current.slug if self.current else ""

    @property
    def one_off_size(self) -> str:
        """What a one-off gets that asks for no size."""
        return next((item.size for item in self.formation.values()), DEFAULT_SIZE)

    @property
    def addon_config(self) -> dict[str, str]:
        """The config vars that attachments of provisioned add-ons set."""
        addons = {addon.id: addon for addon in self.addons if addon.provisioned_at}
        found: dict[str, str] = {}
        for attachment in self.attachments:
            if attachment.addon in addons:
                found |= addons[attachment.addon].variables(attachment.name)
        return found

    @property
    def is_gone(self) -> bool:
        """No dyno is left and none will come."""
        return self.stopping and all(slot.is_gone for slot in self.slots.values())

    @property
    def is_settled(self) -> bool:
        """Every dyno that is wanted is up, or has crashed, and no release is pending."""
        return not self.pending and all(
            slot.shown is not State.STARTING for slot in self.slots.values()
        )

    @property
    def idle_at(self) -> float | None:
        """When the app's Eco dynos fall asleep if no request comes; None if they do not.

        Source: Dev Center, eco-dyno-hours: without a web dyno nothing does.
        """
        web = self.formation.get("web")
        if not self.address or web is None or web.size != ECO:
            return None
        launches = [slot.current for slot in self.slots.values() if slot.type == "web"]
        up = [one.up_at for one in launches if one and one.up_at is not None]
        return max(*up, self.requested_at) + self.policy.idle_after if up else None

    def deadline(self, name: str) -> float | None:
        """When something happens by itself to the dyno of that name, or to one of WHOLE."""
        if name == APP:
            return self.idle_at
        if name == SCHEDULER:
            return self.look_at
        slot = self.slots.get(name)
        return slot.deadline if slot else None

    def preboots(self, slot: Slot) -> bool:
        """Whether its old process serves on while the new one boots.

        Source: Dev Center, preboot: web dynos of the sizes Standard and Performance.
        """
        is_asked = PREBOOT in self.features and slot.must_listen and bool(self.address)
        return is_asked and self.is_professional(slot.size)

    def is_professional(self, size: str) -> bool:
        return size not in (ECO, "Basic")

    def find(self, target: str | None) -> list[Slot]:
        """The dynos that a name, a process type or None (the whole formation) means."""
        slots = self.slots.values()
        living = [slot for slot in slots if slot.asleep or slot.shown not in (State.DOWN, None)]
        if target is None:
            return [slot for slot in living if slot.kind is Kind.FORMATION]
        found = [slot for slot in living if target in (slot.name, slot.type)]
        if not found:
            raise NotFound(f"Couldn't find that dyno ({target}).{self._known(living)}")
        return found

    def _known(self, living: list[Slot]) -> str:
        names = ", ".join(slot.name for slot in living)
        return f" There are {names}." if names else " No dyno is running."

    def free_name(self, type: str) -> str:
        """A one-off's name, such as run.4711, that no dyno has. Source: log samples: 4 digits.

        Departs: it has more digits once most names of four are taken.
        """
        made, least = self.one_offs, 1000
        while True:
            drawn = chance(f"{self.id} {type} {self.release} {made}")
            name = f"{type}.{least + int(9 * least * drawn)}"
            if name not in self.slots:
                return name
            made += 1
            if (made - self.one_offs) % TRIES == 0:
                least *= 10

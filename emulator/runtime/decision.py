"""What Heroku decides: world and input in, world and outcomes (events and orders) out. Pure."""

from __future__ import annotations

from emulator import event
from emulator.app.release import Status
from emulator.dyno import slot as dyno
from emulator.dyno.machine import step
from emulator.dyno.slot import Instant, Kind, Moment, Outcome, Report, Slot, State

from . import releasing, rulings
from .metering import is_billed, used
from .world import CLOCK, Gap, World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.formation import Quantity
    from emulator.app.release import Release
    from emulator.fact import Fact

KEPT_GAPS = 100
POSTDEPLOY_FAILED = (
    "app.json's scripts.postdeploy has failed, and runs at no later start; mend it, then"
    " hk-local run its command"
)


class Decision:
    """One decision under way: the world before it and as it is so far, and what came of it."""

    def __init__(self, world: World, instant: Instant) -> None:
        self.world = world
        self.instant = instant
        self.slots = dict(world.slots)
        self.out: list[Outcome] = []
        self.bills = False
        """Other dynos are billed from now on."""

    def step(self, name: str, given: dyno.Input) -> None:
        """The dyno has had that input."""
        world, instant = self.world, self.instant
        before = self.slots[name]
        preboots = world.preboots(before)
        release = world.release_of(name)
        version, config = (release.version, release.config) if release else (0, {})
        moment = Moment(instant, world.policy, config, version, preboots)
        after, out = step(before, given, moment)
        self.out += out
        if after.is_gone:
            del self.slots[name]
        else:
            self.slots[name] = after
        self.bills |= is_billed(before) != is_billed(after)
        if after.is_gone and before.kind is Kind.ONE_OFF:
            self._conclude(before, out)
        if before.type == CLOCK and before.shown is not after.shown:
            self._watch_clock(name, before.shown)

    def _conclude(self, slot: Slot, out: list[Outcome]) -> None:
        """What was to follow when that one-off has ended does so."""
        exits = [one for one in out if isinstance(one, event.ProcessExited)]
        by_itself = slot.current is not None
        succeeded = by_itself and any(one.status == 0 for one in exits)
        if self.world.pending and self.world.pending.dyno == slot.name:
            releasing.conclude(self, succeeded)
        elif slot.type == releasing.POSTDEPLOY and not succeeded and not self.world.stopping:
            self.out.append(event.Hinted(slot.name, POSTDEPLOY_FAILED))

    def _watch_clock(self, name: str, before: State | None) -> None:
        """The time without any clock is measured, so that a missed run can be explained."""
        instant, lost_at = self.instant, self.world.clock_lost_at
        clocks = [slot for slot in self.slots.values() if slot.type == CLOCK]
        if any(slot.shown is State.UP for slot in clocks):
            if lost_at is not None:
                seconds = instant.now - lost_at
                gap = Gap(instant.wall - seconds, instant.wall)
                self.out.append(event.ClockMissing(name, seconds))
                gaps = (*self.world.gaps, gap)[-KEPT_GAPS:]
                self.world = self.world.replace(clock_lost_at=None, gaps=gaps)
        elif not any(slot.shown in (State.STARTING, State.CRASHED) for slot in clocks):
            self.world = self.world.replace(clock_lost_at=None)
        elif lost_at is None and before is State.UP:
            self.world = self.world.replace(clock_lost_at=instant.now)

    def release(self, description: str, code: Release, user: str | None = None) -> None:
        """A release with the code and config vars of that one is current now; it is by the app's
        user if no other is given."""
        world, user = self.world, user or self.world.user
        new = code.replace(
            version=world.newest + 1,
            description=description,
            user=user,
            created_at=self.instant.wall,
            status=Status.SUCCEEDED,
            dyno="",
            ended_at=None,
            attached=tuple(world.addon_config),
        )
        self.world = world.replace(releases=(*world.releases, new))
        self.out.append(event.ReleaseCreated(new.version, description, user))

    def reconcile(self) -> None:
        """The dynos are those that the formation wants; nothing boots in a stopping world."""
        wanted: dict[str, tuple[str, Quantity]] = {}
        if not self.world.stopping and not self.world.starting:
            for type_, quantity in self.world.formation.items():
                for number in range(1, quantity.quantity + 1):
                    wanted[f"{type_}.{number}"] = (type_, quantity)
        for name, slot in list(self.slots.items()):
            if slot.kind is Kind.FORMATION and name not in wanted:
                self.step(name, dyno.Stop())
        for name, (type_, quantity) in wanted.items():
            self._want(name, type_, quantity)

    def _want(self, name: str, type_: str, quantity: Quantity) -> None:
        slot = self.slots.get(name) or Slot(
            name, self.world.types[type_], quantity.size, created_at=self.instant.now
        )
        fixed = self.world.web_port if name == "web.1" else None
        self.slots[name] = slot.replace(
            command=self.world.types[type_], size=quantity.size, fixed_port=fixed
        )
        if slot.phase is None and slot.shown in (None, State.DOWN):
            self.step(name, dyno.Boot())

    def renew(self) -> None:
        """Every dyno of the formation has the new release; one-offs go on with theirs."""
        for name, slot in list(self.slots.items()):
            is_old = slot.current is None or slot.current.release != self.world.release
            if is_old and slot.kind is Kind.FORMATION and slot.shown is not State.DOWN:
                self.step(name, dyno.Restart())


def decide(world: World, given: Fact, instant: Instant) -> tuple[World, list[Outcome]]:
    """The world after the input and what came of it; a wrong input is a UserError."""
    doing = Decision(world, instant)
    if isinstance(given, Report):
        name = given.launch.rpartition("@")[0]
        if name in doing.slots:
            doing.step(name, given)
    else:
        rulings.ruling(given)(doing, given)
    after = doing.world.replace(slots=doing.slots)
    if doing.bills or after.formation is not world.formation:
        now, wall = instant.now, instant.wall
        after = after.replace(usage=used(world, now, wall), metered_at=now)
    return after, doing.out

"""What the commands that make releases mean, and how a release phase ends.

A release whose code has a `release` process type is pending while a one-off runs that command. It
is the current one only once the command has succeeded; until then, and if it fails, all goes on as
before. Source: Dev Center, release-phase; log samples.
"""

from __future__ import annotations

from emulator import event
from emulator.app import formation as formations
from emulator.app import release as releases
from emulator.app.formation import RELEASE, Quantity
from emulator.app.release import Release, Status
from emulator.dyno import slot as dyno
from emulator.dyno.slot import Kind, Slot
from emulator.errors import FormationError, UserError

from . import command as ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.fact import Fact

    from .decision import Decision

POSTDEPLOY = "postdeploy"
GOES_ON = (
    "v{} has failed, and the app goes on as v{}; hk-local releases:retry runs its command again"
)
SHARED = ("Eco", "Basic")
LARGER = "Standard-1X"
"""A release command runs in a dyno of the app's tier if that is one of these, else in this size.
Source: Dev Center, release-phase."""


class ReleasePending(UserError):
    """v{version} is pending: its release command runs in {dyno}. Try again once it has ended;
    `hk-local ps:stop {dyno}` ends it now, as failed."""

    # Departs: on Heroku several release commands may run at a time, and their order decides.

    def __init__(self, release: Release) -> None:
        super().__init__(version=release.version, dyno=release.dyno)


class Stopping(UserError):
    """The app is stopping; there are no more releases."""


def refuse_while_pending(doing: Decision) -> None:
    """Nothing, unless a release is pending: ReleasePending."""
    if doing.world.pending:
        raise ReleasePending(doing.world.pending)


def start(doing: Decision, given: ask.Start) -> None:
    """The app runs; what differs from the last time it ran is a release.

    If that is pending, dynos boot once it has ended, with the code that is the current one then.
    """
    if not doing.world.releases:
        for first in (releases.INITIAL, releases.LOGPLEX):
            doing.release(first, releases.NOTHING)
    world = doing.world
    config = {**given.config, **world.addon_config}
    change = releases.config_description(world.config, config)
    is_new = _is_new(doing, given)
    is_there = True
    if is_new:
        description = releases.deploy_description(given.types, given.revision)
        if change and world.types and RELEASE in given.types:
            # Departs: one release has both, so that its failure leaves nothing of either.
            description = f"{description}; {change}"
        elif change:
            doing.release(change, _current(doing).replace(config=config))
        code = _current(doing).replace(types=given.types, config=config)
        revision = given.revision or code.revision
        is_there = _build(doing, description, code.replace(revision=revision))
    elif change:
        is_there = propose(doing, change, _current(doing).replace(config=config))
    if is_there:
        _form(doing, given, is_first=not world.types)
    else:
        doing.world = doing.world.replace(starting=given)
    if is_new:
        doing.out.append(event.BuildSucceeded())
    doing.reconcile()
    if is_there and not world.types:
        _run_postdeploy(doing, given)
    doing.world = doing.world.replace(started_at=doing.instant.wall)
    if doing.world.jobs:
        from .schedule import resume

        resume(doing)
    _resume(doing)


def _is_new(doing: Decision, given: ask.Start) -> bool:
    """Whether the code is not that of the current release: a deploy."""
    current = _current(doing)
    is_other = bool(given.revision) and given.revision != current.revision
    return is_other or given.slug != current.slug or dict(given.types) != dict(current.types)


def _run_postdeploy(doing: Decision, given: ask.Start) -> None:
    """What app.json has run once, after the first deploy. Source: Dev Center, app-json-schema."""
    if given.postdeploy and not doing.world.stopping:
        from .rulings import run

        run(doing, ask.Run(doing.world.free_name(POSTDEPLOY), given.postdeploy))


def _form(doing: Decision, given: ask.Start, is_first: bool) -> None:
    """The formation is the one with which the app was started; a first one is told.

    A type that only the code has which runs on, because a release failed, is as it was.
    """
    wanted = {**doing.world.formation, **given.formation}
    formation = {t: wanted.get(t, Quantity(0)) for t in doing.world.types if t != RELEASE}
    doing.world = doing.world.replace(formation=formation, left_out=given.left_out)
    if is_first:
        tell_formation(doing)


def _current(doing: Decision) -> Release:
    assert doing.world.current
    return doing.world.current


def _build(doing: Decision, description: str, code: Release) -> bool:
    """The build succeeds after the release and what follows from it at once (log samples)."""
    doing.out.append(event.BuildStarted(doing.world.user))
    return propose(doing, description, code.replace(slug=""))


def tell_formation(doing: Decision) -> None:
    """`Scaled to web@1:Basic worker@0:Basic`, all of it, by name. Source: log samples."""
    formation = sorted(doing.world.formation.items())
    text = " ".join(f"{name}@{item.quantity}:{item.size}" for name, item in formation)
    doing.out.append(event.FormationScaled(text, doing.world.user))


def deploy(doing: Decision, given: ask.Deploy) -> None:
    """New code: a release, a restart of every dyno, and no dyno of a type that it lacks.

    Departs: a type that is new gets one dyno, as at the first start, where Heroku gives it none
    (which a world with Heroku's formation rule keeps to).
    """
    if dict(given.types) == dict(doing.world.types):
        return
    code = _current(doing).replace(types=given.types)
    if _build(doing, releases.deploy_description(given.types), code):
        take_effect(doing)
    doing.out.append(event.BuildSucceeded())


def set_config(doing: Decision, given: ask.SetConfig) -> None:
    """New config vars: a release and a restart of every dyno, unless nothing differs."""
    # What an add-on sets, nobody else does.
    config = {**given.config, **doing.world.addon_config}
    description = releases.config_description(doing.world.config, config)
    if description and propose(doing, description, _current(doing).replace(config=config)):
        take_effect(doing)


def rollback(doing: Decision, given: ask.Rollback) -> None:
    """A new release has the code and the config vars of an earlier one, and every dyno has it.

    Source: Dev Center, releases.
    """
    found = _release(doing, given.version)
    if not (found and found.types and found.status is Status.SUCCEEDED):
        raise FormationError(f"v{given.version} is no release with code to roll back to.")
    code = _with_addons(doing, found)
    if propose(doing, releases.rollback_description(given.version), code):
        take_effect(doing)


def retry(doing: Decision, given: ask.Retry) -> None:
    """A new release has the code and the config vars of that one, and its command runs once more.

    Source: Heroku CLI, releases:retry.
    """
    found = _release(doing, given.version)
    if not (found and RELEASE in found.types):
        raise UserError("App must have a release-phase command to use this command.")
    description = given.description or releases.retry_description(found)
    if propose(doing, description, _with_addons(doing, found)):
        take_effect(doing)


def _with_addons(doing: Decision, release: Release) -> Release:
    return release.replace(config={**release.own, **doing.world.addon_config})


def _release(doing: Decision, version: int) -> Release | None:
    return next((one for one in doing.world.releases if one.version == version), None)


def propose(doing: Decision, description: str, code: Release, user: str | None = None) -> bool:
    """The next release, with the code and config vars of that one; whether it is there already.

    If its code has a release command it is pending, and that runs. A release that is made without
    this function has no release phase, as those of an add-on that changes its own config vars.
    """
    refuse_while_pending(doing)
    if RELEASE not in code.types:
        doing.release(description, code, user)
        return True
    world = doing.world
    if world.stopping:
        raise Stopping
    pending = code.replace(
        version=world.newest + 1,
        description=description,
        user=user or world.user,
        created_at=doing.instant.wall,
        status=Status.PENDING,
        dyno=world.free_name(RELEASE),
        ended_at=None,
        attached=tuple(world.addon_config),
    )
    doing.world = world.replace(releases=(*world.releases, pending), one_offs=world.one_offs + 1)
    doing.out.append(event.ReleasePhaseStarted(pending.version, description, pending.user))
    _execute(doing, pending)
    return False


def _execute(doing: Decision, pending: Release) -> None:
    """The release command runs in a one-off.

    Departs: Heroku's log shows it wrapped in the shell script that carries its output away.
    """
    world, command = doing.world, pending.types[RELEASE]
    size = world.one_off_size if world.one_off_size in SHARED else LARGER
    doing.out.append(event.OneOffCreated(command, world.user))
    doing.slots[pending.dyno] = Slot(
        pending.dyno,
        command,
        size,
        kind=Kind.ONE_OFF,
        created_at=doing.instant.now,
        lasts=world.policy.release_timeout,
    )
    doing.step(pending.dyno, dyno.Boot())


def conclude(doing: Decision, succeeded: bool) -> None:
    """The release command has ended: its release is the current one, or nothing changes."""
    world, pending = doing.world, doing.world.pending
    assert pending
    status = Status.SUCCEEDED if succeeded else Status.FAILED
    ended = pending.replace(status=status, ended_at=doing.instant.wall)
    doing.world = world.replace(releases=(*world.releases[:-1], ended))
    if succeeded:
        doing.out.append(event.ReleasePhaseSucceeded(ended.version, ended.user))
    else:
        doing.out.append(event.ReleasePhaseFailed(ended.version, ended.user))
        if world.types and not world.stopping:
            doing.out.append(event.Hinted(RELEASE, GOES_ON.format(ended.version, world.release)))
    if world.starting:
        doing.world = doing.world.replace(starting=None)
        _form(doing, world.starting, is_first=succeeded and not world.types)
        doing.reconcile()
        if succeeded and not world.types:
            _run_postdeploy(doing, world.starting)
    elif succeeded:
        take_effect(doing)
    _resume(doing)


def defer(doing: Decision, given: Fact) -> bool:
    """Whether the command has to wait, for a pending release or the start: it is decided later."""
    waits = bool(doing.world.pending) or not doing.world.started_at
    if waits:
        doing.world = doing.world.replace(deferred=(*doing.world.deferred, given))
    return waits


def _resume(doing: Decision) -> None:
    from .rulings import ruling

    deferred, doing.world = doing.world.deferred, doing.world.replace(deferred=())
    for given in deferred:
        ruling(given)(doing, given)


def take_effect(doing: Decision) -> None:
    """The formation has the process types of the current release, and each dyno is of it."""
    world = doing.world
    fresh = formations.initial(world.types, world.heroku_formation)
    if world.heroku_formation:
        fresh = {name: Quantity(0) for name in fresh}
    formation = {name: world.formation.get(name, fresh[name]) for name in fresh}
    left_out = {name: item for name, item in world.left_out.items() if name in fresh}
    doing.world = doing.world.replace(formation=formation, left_out=left_out)
    doing.reconcile()
    doing.renew()

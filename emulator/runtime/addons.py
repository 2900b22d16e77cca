"""What can be asked about add-ons, and what each of it means for the world.

Whoever asks has imported this module, which makes its rulings known: an app without add-ons starts
without it. Wrong arguments are a UserError; then nothing changes.
"""

from __future__ import annotations

from emulator.app.release import NOTHING
from emulator.app.surroundings import Addon, Attachment
from emulator.errors import NotFound, UserError

from . import releasing
from .command import Command
from .rulings import RULINGS
from .world import SCHEDULER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .decision import Decision

MOST = 100
"""Add-ons of an app, and attachments: more is a script gone wild."""


class CreateAddon(Command):
    """It shall be there, attached under that name; `served` by a server of ours or by nobody."""

    addon: Addon
    attachment: Attachment
    served: bool = True
    has_tls: bool = False


class ProvisionedAddon(Command):
    """Its server is ready for the first time."""

    addon: str


class MoveAddon(Command):
    """Its port was taken by somebody else: it gets another one."""

    addon: str


class RenameAddon(Command):
    addon: str
    name: str


class ChangePlan(Command):
    """It has that plan, of the same service."""

    addon: str
    plan: str


class Attach(Command):
    """The add-on has that name too; `replaces` what has it now."""

    attachment: Attachment
    replaces: bool = False


class Detach(Command):
    """`config`: the user's own config vars, of which the add-on's may have hidden some."""

    attachment: str
    config: Mapping[str, str] | None = None


class DestroyAddon(Command):
    """It is gone with its attachments and its data; `config` as for Detach."""

    addon: str
    config: Mapping[str, str] | None = None


def create(doing: Decision, given: CreateAddon) -> None:
    """It is being provisioned; one that needs no server is provisioned.

    Departs: on Heroku the instance's state tells of a plan that costs; here nothing does.
    """
    world, new = doing.world, given.addon
    if len(world.addons) >= MOST:
        raise UserError(f"There are {MOST} add-ons already.")
    if any(one.name == new.name for one in world.addons):
        raise UserError(f"Name {new.name} is already taken by another add-on.")
    _check_free(doing, given.attachment.name)
    if given.served:
        new = new.replace(port=_port(doing), tls_port=_port(doing) if given.has_tls else 0)
    else:
        new = new.replace(provisioned_at=doing.instant.wall)
    doing.world = world.replace(
        addons=(*world.addons, new), attachments=(*world.attachments, given.attachment)
    )
    if not given.served:
        _release(doing, f"Attach {given.attachment.name} (@ref:{new.name})")


def _port(doing: Decision) -> int:
    """A free port that no other add-on has, whose server may be down at the moment."""
    taken = {port for one in doing.world.addons for port in (one.port, one.tls_port)}
    return next(port for port in doing.instant.ports if port not in taken)


def provisioned(doing: Decision, given: ProvisionedAddon) -> None:
    """Its config vars are set, by the add-on itself, and every dyno restarts with them (G20).

    Before that the release command runs. Source: Dev Center, release-phase.
    """
    found = [one for one in doing.world.addons if one.id == given.addon]
    if not found or found[0].provisioned_at or releasing.defer(doing, given):
        return
    addon = found[0].replace(provisioned_at=doing.instant.wall)
    _replace(doing, addon)
    names = {n: 0 for a in _of(doing, addon) for n in addon.variables(a.name)}
    setting = ", ".join(sorted(names))
    _release(
        doing,
        f"@ref:{addon.name} completed provisioning, setting {setting}.",
        f"{addon.service}@addons.heroku.com",
        runs_command=not doing.world.stopping,
    )


def move(doing: Decision, given: MoveAddon) -> None:
    """It will be at another port, which is a release as when Heroku moves a server."""
    found = [one for one in doing.world.addons if one.id == given.addon]
    if not found or (doing.world.pending and releasing.defer(doing, given)):
        return
    addon = found[0]
    moved = addon.replace(port=_port(doing), tls_port=_port(doing) if addon.tls_port else 0)
    _replace(doing, moved)
    if moved.provisioned_at:
        _update(doing, moved)


def change_plan(doing: Decision, given: ChangePlan) -> None:
    """Its limits are others, which is a release: its config vars are set anew, the dynos restart.

    Source: Dev Center, heroku-redis: plan changes. Here the config vars stay the same.
    """
    addon = find(doing, given.addon)
    if not addon.provisioned_at:
        raise UserError(f"{addon.name} is still being created. To wait for that: addons:wait")
    if addon.plan == given.plan:
        raise UserError(f"{addon.name} has the plan {addon.service}:{addon.plan} already.")
    _replace(doing, addon.replace(plan=given.plan))
    _update(doing, addon)


def _update(doing: Decision, addon: Addon) -> None:
    """A release by the add-on itself, with its config vars as they are now."""
    names = sorted(n for a in _of(doing, addon) for n in addon.variables(a.name))
    _release(doing, f"Update {', '.join(names)} config vars", f"{addon.service}@addons.heroku.com")


def rename(doing: Decision, given: RenameAddon) -> None:
    addon = find(doing, given.addon)
    if any(one.name == given.name and one.id != addon.id for one in doing.world.addons):
        raise UserError(f"Name {given.name} is already taken by another add-on.")
    _replace(doing, addon.replace(name=given.name))


def attach(doing: Decision, given: Attach) -> None:
    """The app knows the add-on under one more name, or under that of another one."""
    new = given.attachment
    addon = find(doing, new.addon)
    world = doing.world
    rest = world.attachments
    if given.replaces:
        rest = tuple(one for one in rest if one.name != new.name)
    else:
        _check_free(doing, new.name)
    if len(rest) >= MOST:
        raise UserError(f"There are {MOST} attachments already.")
    doing.world = world.replace(attachments=(*rest, new))
    _release(doing, f"Attach {new.name} (@ref:{addon.name})")


def detach(doing: Decision, given: Detach) -> None:
    """The app no longer knows the add-on under that name; the last one goes with the add-on."""
    world = doing.world
    found = [one for one in world.attachments if one.id == given.attachment]
    if not found:
        raise NotFound("Couldn't find that add-on attachment.")
    addon = find(doing, found[0].addon)
    if len(_of(doing, addon)) == 1:
        raise UserError(
            f"Cannot destroy last attachment to billing app for resource {addon.name}. "
            f"To be rid of it: addons:destroy {addon.name}"
        )
    doing.world = world.replace(
        attachments=tuple(one for one in world.attachments if one is not found[0])
    )
    _release(doing, f"Detach {found[0].name} (@ref:{addon.name})", own=given.config)


def destroy(doing: Decision, given: DestroyAddon) -> None:
    """Neither it nor its config vars are there any more; its server ends, its data are removed."""
    addon = find(doing, given.addon)
    world = doing.world
    names = ", ".join(one.name for one in _of(doing, addon))
    doing.world = world.replace(
        addons=tuple(one for one in world.addons if one.id != addon.id),
        attachments=tuple(one for one in world.attachments if one.addon != addon.id),
    )
    if addon.service == SCHEDULER:
        doing.world = doing.world.replace(jobs=(), look_at=None)
    if addon.provisioned_at:
        _release(doing, f"Detach {names} (@ref:{addon.name})", own=given.config)


def find(doing: Decision, id_: str) -> Addon:
    for one in doing.world.addons:
        if one.id == id_:
            return one
    raise NotFound("Couldn't find that add-on.")


def _of(doing: Decision, addon: Addon) -> list[Attachment]:
    return [one for one in doing.world.attachments if one.addon == addon.id]


def _replace(doing: Decision, addon: Addon) -> None:
    addons = tuple(addon if one.id == addon.id else one for one in doing.world.addons)
    doing.world = doing.world.replace(addons=addons)


def _check_free(doing: Decision, name: str) -> None:
    for one in doing.world.attachments:
        if one.name == name:
            addon = find(doing, one.addon)
            raise UserError(f"An add-on is already attached as {name} ({addon.name}).")


def _release(
    doing: Decision,
    description: str,
    user: str | None = None,
    runs_command: bool = False,
    own: Mapping[str, str] | None = None,
) -> None:
    """A release with the user's config vars and, in the stead of the old ones, the add-ons' new."""
    releasing.refuse_while_pending(doing)
    current = doing.world.current or NOTHING
    own = current.own if own is None else own
    code = current.replace(config={**own, **doing.world.addon_config})
    if not runs_command:
        doing.release(description, code, user)
    elif not releasing.propose(doing, description, code, user):
        return
    doing.renew()


RULINGS.update(
    {
        CreateAddon: create,
        ProvisionedAddon: provisioned,
        MoveAddon: move,
        RenameAddon: rename,
        ChangePlan: change_plan,
        Attach: attach,
        Detach: detach,
        DestroyAddon: destroy,
    }
)

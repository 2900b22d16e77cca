"""What builds mean for the world: code that becomes a slug, and a slug that becomes a release.

Whoever asks has imported this module, which makes its rulings known.
"""

from __future__ import annotations

from emulator import event
from emulator.app.formation import RELEASE
from emulator.app.release import DEPLOY, config_description

from .command import Command
from .releasing import propose, refuse_while_pending, take_effect
from .rulings import RULINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .decision import Decision

KEPT = 10
"""So many different slugs can be rolled back to. Heroku does not say how many it keeps."""


class Build(Command):
    """Code is being built."""


class FailBuild(Command):
    """Nothing comes of the code that was being built."""


class DeploySlug(Command):
    """Run that slug, made of the commit or other code that `code` names, with the user's config
    vars as they are in `.env`, or, for None, in the current release."""

    types: Mapping[str, str]
    slug: str
    code: str
    config: Mapping[str, str] | None = None


def build(doing: Decision, given: Build) -> None:
    doing.out.append(event.BuildStarted(doing.world.user))


def fail(doing: Decision, given: FailBuild) -> None:
    """Everything goes on as before. Source: log samples."""
    doing.out.append(event.BuildFailed())


def deploy(doing: Decision, given: DeploySlug) -> None:
    """A release of its own, even where the slug is that of the last one. Source: log samples.

    Config vars that were edited and are not released yet come with it, as at a start.
    """
    current, config = doing.world.current, given.config
    assert current, "an app that runs has had its initial release"
    config = current.config if config is None else {**config, **doing.world.addon_config}
    description, change = f"{DEPLOY}{given.code}", config_description(current.config, config)
    refuse_while_pending(doing)
    if change and RELEASE in given.types:
        description = f"{description}; {change}"
    elif change:
        doing.release(change, current.replace(config=config))
    code = current.replace(types=given.types, slug=given.slug, config=config)
    if propose(doing, description, code):
        take_effect(doing)
    doing.out.append(event.BuildSucceeded())


RULINGS.update({Build: build, FailBuild: fail, DeploySlug: deploy})

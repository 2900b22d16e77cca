"""Releases: what code (the Procfile's process types) and which config vars run, numbered."""

from __future__ import annotations

from enum import Enum

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

INITIAL = "Initial release"
LOGPLEX = "Enable Logplex"
"""An app's first two releases, before any deploy. Source: log samples (2021, 2023)."""


RETRY = "Retry of v"
DEPLOY = "Deploy "


class Status(Enum):
    """What became of a release. Source: Platform API schema, release.status."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"  # its release command runs; what ran before it goes on
    FAILED = "failed"
    EXPIRED = "expired"  # nobody saw how its release command ended


class Release(Fact):
    """One release. `types` is command by process type, times are wall seconds.

    `slug` names what was built of its code; without one its dynos run in the app's own folder.
    """

    version: int
    description: str
    user: str
    created_at: float
    types: Mapping[str, str]
    config: Mapping[str, str]
    slug: str = ""
    status: Status = Status.SUCCEEDED
    dyno: str = ""
    """The one-off of its release command (`release.1234`), if it has one."""
    ended_at: float | None = None
    """When its release command had ended."""
    revision: str = ""
    """The commit that was checked out in the app's folder, if its dynos run there."""
    attached: tuple[str, ...] = ()
    """Names of the config vars that add-ons had set."""

    @property
    def own(self) -> dict[str, str]:
        """The config vars that are the user's."""
        return {name: text for name, text in self.config.items() if name not in self.attached}


NOTHING = Release(0, "", "", 0.0, {}, {})
"""No code and no config vars, as in an app's first releases."""


def deploy_description(types: Mapping[str, str], revision: str = "") -> str:
    """`Deploy 6909d7c6`: eight hex digits that stand for the code: of the commit, if it is one.

    Source: log samples.
    """
    if revision:
        return f"{DEPLOY}{revision[:8]}"
    import zlib

    text = "\n".join(f"{name}: {command}" for name, command in types.items())
    return f"{DEPLOY}{zlib.crc32(text.encode()):08x}"


def rollback_description(version: int) -> str:
    """Source: log samples."""
    return f"Rollback to v{version}"


def retry_description(release: Release) -> str:
    """Source: Heroku CLI, releases:retry."""
    return f"{RETRY}{release.version}: {release.description}"


def config_description(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """`Set A, B config vars`, `Remove A config vars`, or None if nothing differs.

    Source: log samples; the removal's wording follows Heroku's API (not seen verbatim).
    """
    put = [name for name in after if after[name] != before.get(name)]
    removed = [name for name in before if name not in after]
    if put:
        return f"Set {', '.join(sorted(put))} config vars"
    return f"Remove {', '.join(sorted(removed))} config vars" if removed else None

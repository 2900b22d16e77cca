"""What can be asked of the kernel."""

from __future__ import annotations

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.app.formation import Change, Quantity
    from emulator.app.surroundings import Domain, Drain, Webhook


class Command(Fact):
    """Somebody asks for something."""


class Start(Command):
    """Run this Procfile with these config vars, in this formation; and a command after the first
    deploy. With a `slug` the types are that slug's; else the code is the folder's, which has that
    `revision` if it is in a repository."""

    types: Mapping[str, str]
    config: Mapping[str, str]
    formation: Mapping[str, Quantity]
    left_out: Mapping[str, Quantity] = {}
    postdeploy: str = ""
    slug: str = ""
    revision: str = ""


class Scale(Command):
    changes: tuple[Change, ...]


class Restart(Command):
    """`target`: a dyno (`web.1`), a process type, or None for all."""

    target: str | None = None


class Cycle(Command):
    target: str | None = None


class Stop(Command):
    """A one-off ends; a formation dyno is restarted. Source: Dev Center, dyno-restarts."""

    target: str


class Run(Command):
    """A one-off of that name (`run.1234`) runs the command, or the process type that it names."""

    name: str
    command: str
    size: str | None = None
    attached: bool = False
    env: tuple[tuple[str, str], ...] = ()
    user: str = ""
    """Who asks for it, if it is not the app's user."""
    lasts: float | None = None
    """It is stopped after so many seconds; None: only by the daily cycle."""


class HangUp(Command):
    """The client of that one-off is gone."""

    dyno: str


class Deploy(Command):
    """The code is new: the Procfile has these types now."""

    types: Mapping[str, str]


class SetConfig(Command):
    """The config vars are these now."""

    config: Mapping[str, str]


class Rollback(Command):
    """Code and config vars are those of that release again."""

    version: int


class Retry(Command):
    """Code and config vars of that release, which failed, are to be current after all."""

    version: int
    description: str = ""


class Rename(Command):
    """The app has that name, at later starts too."""

    name: str


class SetUp(Command):
    """These are the app's surroundings now; what is None stays as it is."""

    maintenance: bool | None = None
    features: tuple[str, ...] | None = None
    drains: tuple[Drain, ...] | None = None
    domains: tuple[Domain, ...] | None = None
    webhooks: tuple[Webhook, ...] | None = None
    address: str | None = None


class Requested(Command):
    """A request has come to the router, and waits for dynos that sleep if it is to wake them."""

    wakes: bool = True


class Meter(Command):
    """What dynos have used until now is to be saved."""


class Shutdown(Command):
    """Every dyno stops; nothing boots any more."""


class Abort(Command):
    """Whatever still runs is killed at once."""


class Stalled(Command):
    """We ourselves could do nothing for so long; no dyno shall pay for it."""

    seconds: float


class Slept(Command):
    """The machine was suspended for so long."""

    seconds: float


class Expired(Command):
    """A deadline of that dyno has come, or the scheduler's."""

    dyno: str

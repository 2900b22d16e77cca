"""What happened: frozen facts. Log lines, `ps` and webhooks are made of them; nobody writes them
but the kernel."""

from __future__ import annotations

from .fact import Fact


class Event(Fact):
    """Something that is true from now on."""


class DynoStateChanged(Event):
    dyno: str
    before: str
    after: str


class DynoRestarting(Event):
    dyno: str


class DynoCycling(Event):
    dyno: str


class DynoIdling(Event):
    dyno: str


class DynoUnidling(Event):
    dyno: str


class ProcessStarting(Event):
    """`command` is what the log shows: simple $VARs are expanded."""

    dyno: str
    command: str
    port: int


class ProcessesStopping(Event):
    """SIGTERM was sent to every process of the dyno."""

    dyno: str


class ProcessExited(Event):
    dyno: str
    status: int


class SpawnRefused(Event):
    """The machine would not start the process at all."""

    dyno: str
    reason: str


class BootTimedOut(Event):
    """R10; SIGKILL was sent."""

    dyno: str


class ExitTimedOut(Event):
    """R12; SIGKILL was sent to what remained."""

    dyno: str


class ProcessLingers(Event):
    """Killed, and still there."""

    dyno: str
    pid: int


class QuotaExceeded(Event):
    """R14."""

    dyno: str
    used: int
    quota: int


class QuotaVastlyExceeded(Event):
    """R15; SIGKILL was sent."""

    dyno: str
    used: int
    quota: int


class Hinted(Event):
    """Something that the developer should know and Heroku would not say; ours, not Heroku's."""

    dyno: str
    text: str


class ClientAwaited(Event):
    dyno: str


class AttachFailed(Event):
    """R13: nobody came to the terminal of `run`."""

    dyno: str


class ClientLost(Event):
    """The terminal of `run` went away; SIGHUP was sent."""

    dyno: str


class HangupIgnored(Event):
    """R16."""

    dyno: str


class OneOffCreated(Event):
    command: str
    user: str


class FormationScaled(Event):
    """`formation` is all of it: `web@1:Basic worker@0:Basic`."""

    formation: str
    user: str


class BuildStarted(Event):
    user: str


class BuildSucceeded(Event):
    pass


class BuildFailed(Event):
    pass


class ReleaseCreated(Event):
    version: int
    description: str
    user: str


class ReleasePhaseStarted(Event):
    """The release's command runs; the release is pending until it has ended."""

    version: int
    description: str
    user: str


class ReleasePhaseSucceeded(Event):
    """The release is the current one now."""

    version: int
    user: str


class ReleasePhaseFailed(Event):
    """The release never is the current one; what ran before it goes on."""

    version: int
    user: str


class ClockMissing(Event):
    """No clock was up for `seconds`; what was due then was not scheduled."""

    dyno: str
    seconds: float


class JobsMissed(Event):
    """So many runs of a scheduled job were due from `since` to `until` and are not made up for."""

    command: str
    slots: int
    since: float
    until: float

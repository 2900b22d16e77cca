"""Event to the sentence that Heroku writes, with its source and dyno.

Source: log samples 2014 to 2026 unless a line says otherwise; they differ from the samples that
Dev Center still prints.
"""

from __future__ import annotations

from emulator import event
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from emulator.event import Event

MIB = 1024 * 1024


class Sentence(Fact):
    """One line of the log: `heroku[web.1]: text`."""

    source: str
    dyno: str
    text: str


def narrate(happened: Event) -> tuple[Sentence, ...]:
    """The lines that the event means, in order."""
    return TELLERS[type(happened)](happened)


def _heroku(dyno: str, *texts: str) -> tuple[Sentence, ...]:
    return tuple(Sentence("heroku", dyno, text) for text in texts)


def _api(*texts: str) -> tuple[Sentence, ...]:
    return tuple(Sentence("app", "api", text) for text in texts)


def _ours(dyno: str, text: str) -> tuple[Sentence, ...]:
    return (Sentence("hk-local", dyno, text),)


def _state(e: event.DynoStateChanged) -> tuple[Sentence, ...]:
    return _heroku(e.dyno, f"State changed from {e.before} to {e.after}")


def _memory(e: event.QuotaExceeded | event.QuotaVastlyExceeded) -> str:
    """Truncated megabytes, and a percentage of the exact value: `mem=870M(170.1%)`."""
    return f"Process running mem={e.used // MIB}M({100 * e.used / e.quota:.1f}%)"


R10 = (
    "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch",
    "Stopping process with SIGKILL",
)
R12 = (
    "Error R12 (Exit timeout) -> At least one process failed to exit within 30 seconds of SIGTERM",
    "Stopping remaining processes with SIGKILL",
)
R14 = "Error R14 (Memory quota exceeded)"
R15 = "Error R15 (Memory quota vastly exceeded)"
R16 = (
    "Error R16 (Detached) -> An attached process is not responding to SIGHUP after its external "
    "connection was closed."
)
"""Source of R16 and of the sentence before it: Dev Center, error-codes and one-off-dynos."""
R13 = "Error R13 (Attach error) -> Failed to attach to process"
"""Source: Dev Center, error-codes."""

HANGUP = "Client connection closed. Sending SIGHUP to all processes"


def _vastly(e: event.QuotaVastlyExceeded) -> tuple[Sentence, ...]:
    return _heroku(e.dyno, _memory(e), R15, "Stopping process with SIGKILL")


def _release(e: event.ReleaseCreated) -> tuple[Sentence, ...]:
    return _api(
        f"{e.description} by user {e.user}", f"Release v{e.version} created by user {e.user}"
    )


def _missed(e: event.JobsMissed) -> tuple[Sentence, ...]:
    """Source: Dev Center, scheduler: a run may be missed; nothing makes up for it."""
    from .stamp import second

    first, last = (second(int(at) * 1_000_000_000).decode() for at in (e.since, e.until))
    due = f"due {first}" if e.slots == 1 else f"{e.slots} times, due {first} to {last}"
    return _ours("scheduler", f"missed `{e.command}` {due}; it is not made up for")


TELLERS: dict[type[Event], Callable[[Any], tuple[Sentence, ...]]] = {
    event.DynoStateChanged: _state,
    event.DynoRestarting: lambda e: _heroku(e.dyno, "Restarting"),
    event.DynoCycling: lambda e: _heroku(e.dyno, "Cycling"),
    event.DynoIdling: lambda e: _heroku(e.dyno, "Idling"),
    event.DynoUnidling: lambda e: _heroku(e.dyno, "Unidling"),
    event.ProcessStarting: lambda e: _heroku(
        e.dyno, f"Starting process with command `{e.command}`"
    ),
    event.ProcessesStopping: lambda e: _heroku(e.dyno, "Stopping all processes with SIGTERM"),
    event.ProcessExited: lambda e: _heroku(e.dyno, f"Process exited with status {e.status}"),
    event.SpawnRefused: lambda e: _ours(e.dyno, f"cannot start the process: {e.reason}"),
    event.BootTimedOut: lambda e: _heroku(e.dyno, *R10),
    event.ExitTimedOut: lambda e: _heroku(e.dyno, *R12),
    event.ProcessLingers: lambda e: _ours(
        e.dyno, f"pid {e.pid} was killed and is still there; the kernel has not let go of it"
    ),
    event.QuotaExceeded: lambda e: _heroku(e.dyno, _memory(e), R14),
    event.QuotaVastlyExceeded: _vastly,
    event.Hinted: lambda e: _ours(e.dyno, e.text),
    event.ClientAwaited: lambda e: _heroku(e.dyno, "Awaiting client"),
    event.AttachFailed: lambda e: _heroku(e.dyno, R13),
    event.ClientLost: lambda e: _heroku(e.dyno, HANGUP),
    event.HangupIgnored: lambda e: _heroku(e.dyno, R16),
    event.OneOffCreated: lambda e: _api(
        f"Starting process with command `{e.command}` by user {e.user}"
    ),
    event.FormationScaled: lambda e: _api(f"Scaled to {e.formation} by user {e.user}"),
    event.BuildStarted: lambda e: _api(f"Build started by user {e.user}"),
    event.BuildSucceeded: lambda e: _api("Build succeeded"),
    event.BuildFailed: lambda e: _api("Build failed -- check your build output"),
    event.ReleaseCreated: _release,
    event.JobsMissed: _missed,
    event.ReleasePhaseStarted: lambda e: _api(
        f"{e.description} by user {e.user}",
        f"Running release v{e.version} commands by user {e.user}",
    ),
    event.ReleasePhaseSucceeded: lambda e: _api(f"Release v{e.version} created by user {e.user}"),
    event.ReleasePhaseFailed: lambda e: _api(
        f"Release v{e.version} command failed by user {e.user}"
    ),
    event.ClockMissing: lambda e: _ours(
        e.dyno, f"no clock was up for {e.seconds:.3f} s; what was due then was not scheduled"
    ),
}

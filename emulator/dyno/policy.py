"""What the platform decides: how long everything takes and when it is too long.

Every number of the process model lives here, once, with its source. Durations are seconds.
"""

from __future__ import annotations

from ..fact import Fact

MINUTE = 60.0
HOUR = 3600.0


class Policy(Fact):
    """The rules of one app. The defaults are Heroku's, without its artificial waits."""

    boot_timeout: float = 60.0
    """Source: Dev Center, error-codes, R10: "within 60 seconds of launch"."""

    exit_timeout: float = 30.0
    """Source: Dev Center, dyno-shutdown-behavior: SIGKILL 30 seconds after SIGTERM."""

    kill_warning: float = 10.0
    """How often we say that a killed process still is there (state D)."""

    cycle_after: float = 24 * HOUR
    cycle_jitter: float = 216 * MINUTE
    """Source: Dev Center, dyno-restarts: every 24 hours plus up to 216 random minutes."""

    cool_off: tuple[float, ...] = tuple(m * MINUTE for m in (20, 40, 60, 180, 320))
    """After the second crash, the third … Source: Dev Center, dyno-restarts: "up to" these."""

    forgive_after: float = 10 * MINUTE
    """Up so long, a dyno's earlier crashes are forgotten. Heroku does not document the figure.

    Source: Dev Center, dynos (2014): only a crash within ten minutes of boot counted.
    """

    release_timeout: float = HOUR
    """Source: Dev Center, release-phase: a release command may run for one hour."""

    memory_cadence: float = 20.0
    """Source: log samples: the R14 pair is printed every 20 to 22 seconds."""

    vastly: float = 2.0
    """R15 at this multiple of the quota. Source: Dev Center, limits (2021), for 512 MB dynos."""

    hangup_every: float = 5.0
    hangups: int = 3
    """Source: Dev Center, error-codes, R16: SIGHUP every 5 seconds, R16 after 15 seconds."""

    idle_after: float = 30 * MINUTE
    """Source: Heroku Help, Q8OBM85C: an Eco app sleeps after 30 minutes without web traffic."""

    preboot_after: float = 3 * MINUTE
    """Source: Dev Center, preboot: the boot timeout and two minutes."""

    strict_bind: bool = False
    """Listening on loopback only does not count as bound to $PORT, as on Heroku."""

    rate: float = 1.0
    """How much faster than a clock's the platform's own time passes."""

    schedule_jitter: float = 0.0
    """So much later, at most, a scheduled job starts than it is due, in the platform's time."""

    restart_delay: float = 0.0
    term_delay: float = 0.0
    up_delay: float = 0.0
    retry_delay: float = 0.0

    def accelerated(self, rate: float) -> Policy:
        """The platform's own time passes `rate` times faster; what a process is granted stays."""
        return self.replace(
            cycle_after=self.cycle_after / rate,
            cycle_jitter=self.cycle_jitter / rate,
            cool_off=tuple(wait / rate for wait in self.cool_off),
            forgive_after=self.forgive_after / rate,
            idle_after=self.idle_after / rate,
            preboot_after=self.preboot_after / rate,
            rate=self.rate * rate,
        )

    def paced(self) -> Policy:
        """With the waits that Heroku's logs show between two lines (medians of log samples).

        Scheduled jobs started 4, 107, 176, 289 and 361 seconds after they were due.
        """
        return self.replace(
            restart_delay=2.5, term_delay=0.7, up_delay=0.6, retry_delay=2.5, schedule_jitter=360.0
        )

    def cooling(self, crashes: int) -> float:
        """How long a dyno rests after its nth crash (n >= 2)."""
        return self.cool_off[min(crashes - 2, len(self.cool_off) - 1)]


def chance(identity: str) -> float:
    """A number in [0, 1) that looks random and is always the same for the same identity."""
    value = 0xCBF29CE484222325
    for byte in identity.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    value = (value ^ value >> 32) * 0xD6E8FEB86659FD93 % 2**64
    return (value ^ value >> 32) % 2**32 / 2**32

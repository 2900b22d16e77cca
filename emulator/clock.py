"""Time: monotonic to decide by, wall to tell by."""

from __future__ import annotations

import sys
import time

WITH_SLEEP = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}
"""The clock that counts sleep too, by platform. Source: Linux, clock_gettime(2); macOS,
clock_gettime(3), and mach_absolute_time, which Python's monotonic clock is there, does not."""


class Clock:
    """The machine's clocks, in seconds."""

    def monotonic(self) -> float:
        """Runs evenly, and not while the machine sleeps."""
        return time.monotonic()

    def wall(self) -> float:
        """Since 1970, as the user sees it; it may jump."""
        return time.time()

    def wall_ns(self) -> int:
        return time.time_ns()

    def asleep(self) -> float:
        """How long the machine has slept since it was started; 0 where that cannot be told."""
        clock = getattr(time, WITH_SLEEP.get(sys.platform, ""), None)
        return time.clock_gettime(clock) - time.monotonic() if clock is not None else 0.0

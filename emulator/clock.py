"""Time: monotonic to decide by, wall to tell by."""

from __future__ import annotations

import time


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
        if not hasattr(time, "CLOCK_BOOTTIME"):
            return 0.0
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()

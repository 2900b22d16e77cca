"""The metrics of a dyno as Heroku logs them, when `log-runtime-metrics` is enabled.

Source: Dev Center, log-runtime-metrics; log samples (2015 to 2025): both lines every 20 seconds,
the load first.
"""

from __future__ import annotations

from math import exp

from ..fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .size import Size

MB = 1024 * 1024
PAGE = 4096

EVERY = 20.0
"""Source: Dev Center, log-runtime-metrics."""

MINUTES = (1, 5, 15)


class Measured(Fact):
    """What a dyno's process tree has used: bytes now; seconds of CPU and page faults so far."""

    resident: int = 0
    swapped: int = 0
    cpu: float = 0.0
    faults: int = 0


class Load(Fact):
    """How many of a dyno's tasks ran, on average over the last 1, 5 and 15 minutes.

    Departs: Heroku counts those that wait for a CPU, too; here the machine is the developer's, and
    what else it does is nothing of the dyno's.
    """

    averages: tuple[float, ...] = (0.0, 0.0, 0.0)

    def after(self, running: float, seconds: float) -> Load:
        """So many have run, on average, for so long. Source: Linux, kernel/sched/loadavg.c."""
        pairs = zip(self.averages, MINUTES, strict=True)
        kept = [(average, exp(-seconds / (60 * minutes))) for average, minutes in pairs]
        return Load(tuple(old * share + running * (1 - share) for old, share in kept))


def load_line(head: str, load: Load) -> str:
    """`source=web.1 dyno=heroku.1.UUID sample#load_avg_1m=0.00 …`."""
    pairs = zip(MINUTES, load.averages, strict=True)
    return f"{head} " + " ".join(f"sample#load_avg_{m}m={average:.2f}" for m, average in pairs)


def memory_line(head: str, measured: Measured, size: Size) -> str:
    """Departs: the page cache is not known by dyno, and page faults stand for pages charged."""
    total = measured.resident + measured.swapped
    pages = max(measured.faults, measured.resident // PAGE)
    samples = {
        "memory_total": f"{total / MB:.2f}MB",
        "memory_rss": f"{measured.resident / MB:.2f}MB",
        "memory_cache": "0.00MB",
        "memory_swap": f"{measured.swapped / MB:.2f}MB",
        "memory_pgpgin": f"{pages}pages",
        "memory_pgpgout": f"{pages - measured.resident // PAGE}pages",
        "memory_quota": f"{size.memory_mb:.2f}MB",
    }
    return f"{head} " + " ".join(f"sample#{name}={value}" for name, value in samples.items())

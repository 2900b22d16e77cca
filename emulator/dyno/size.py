"""Dyno sizes, and what a measured memory means under each.

Source: Dev Center, dyno-types (June 2024) and dyno-scaling-and-process-limits (December 2024);
prices: the official CLI's `ps:type` table (2026).
"""

from __future__ import annotations

from ..errors import FormationError
from ..fact import Fact

MIB = 1024 * 1024
PRICES_OF = "August 2026"


class Size(Fact):
    """One dyno size: memory quota in MB (2**20 bytes), price per month in US dollars at most."""

    name: str
    memory_mb: int
    monthly: int
    threads: int

    @property
    def quota(self) -> int:
        """Memory quota in bytes."""
        return self.memory_mb * MIB


SIZES = {
    size.name.lower(): size
    for size in (
        Size("Eco", 512, 5, 256),
        Size("Basic", 512, 7, 256),
        Size("Standard-1X", 512, 25, 256),
        Size("Standard-2X", 1024, 50, 512),
        Size("Performance-M", 2560, 250, 16384),
        Size("Performance-L", 14 * 1024, 500, 32768),
        Size("Performance-L-RAM", 30 * 1024, 500, 24576),
        Size("Performance-XL", 62 * 1024, 750, 32768),
        Size("Performance-2XL", 126 * 1024, 1500, 65536),
    )
}


def canonical(name: str) -> str:
    """The size's name as Heroku spells it; FormationError if there is no such size."""
    try:
        return SIZES[name.lower()].name
    except KeyError:
        known = ", ".join(size.name for size in SIZES.values())
        raise FormationError(f"No such dyno size: {name}. Sizes are {known}.") from None


def memory_mb(name: str) -> int:
    """The memory quota in MB of the size of that name."""
    return SIZES[name.lower()].memory_mb


def quota(name: str) -> int:
    """The memory quota in bytes of the size of that name."""
    return SIZES[name.lower()].quota

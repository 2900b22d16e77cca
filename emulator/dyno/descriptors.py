"""How many descriptors we may have, and how many of them are not for dynos."""

from __future__ import annotations

import resource

from emulator.errors import UserError

MOST = 65536
LEAST = 64
RESERVED = 40
"""For the control socket, the services and their clients; about 30 are always in use."""


class TooFew(UserError):
    """no more than {limit} files may be open (ulimit -n), and hk-local needs {least}. Raise the
    limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit, least=LEAST)


def raise_limit() -> int:
    """We may have as many as the system allows; answers the limit that dynos keep."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else MOST
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, MOST), hard))
    except (OSError, ValueError):
        pass
    if limit() < LEAST:
        raise TooFew(limit())
    return soft


def limit() -> int:
    """How many we may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else MOST

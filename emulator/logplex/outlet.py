"""What drains lead into: each kind connects, sends a batch, and closes, in the drain's thread."""

from __future__ import annotations

from emulator.logplex import address, frame
from emulator.logplex.address import Address, Scheme

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from emulator.logplex.backlog import Batch
    from emulator.logplex.block import Block, Stream

    class Outlet(Protocol):
        """`connect` and `send` raise OSError where trying again may help; each takes seconds at
        most. A batch is tried so often; `patience` is how long it may wait to become larger.
        """

        def framed(self, block: Block) -> bytes: ...
        def overhead(self, stream: Stream) -> int: ...
        @property
        def batch_bytes(self) -> int: ...
        @property
        def tries(self) -> int: ...
        @property
        def patience(self) -> float: ...
        def connect(self) -> None: ...
        def send(self, batch: Batch) -> None: ...
        def close(self) -> None: ...
        def delay(self, failures: int, luck: float) -> float: ...


PATIENCE = 0.01
"""What comes in so many seconds is sent together: a wake-up costs as much as many lines."""


class Refused(Exception):
    """The receiver will not have that batch, however often it is sent."""


class Torn(OSError):
    """The receiver may have so many of the batch's messages, and has none of the others."""

    def __init__(self, reason: OSError, taken: int) -> None:
        super().__init__(reason.errno, reason.strerror or str(reason))
        self.taken = taken


def outlet(where: Address, token: str) -> Outlet:
    """The outlet that leads there."""
    if where.scheme in (Scheme.HTTP, Scheme.HTTPS):
        from emulator.logplex.drain_https import HttpsOutlet

        return HttpsOutlet(where, token)
    if where.scheme is Scheme.FILE:
        from emulator.logplex.drain_file import ArchiveOutlet, FileOutlet

        return (ArchiveOutlet if where.target.endswith("/") else FileOutlet)(where.target)
    from emulator.logplex.drain_syslog import SyslogOutlet

    return SyslogOutlet(where, token)


def framing(where: Address, token: str) -> frame.Framing:
    if where.scheme in (Scheme.SYSLOG, Scheme.SYSLOG_TLS):
        return frame.syslog(token)
    return frame.RFC5424 if address.STRICT in where.options else frame.HTTPS

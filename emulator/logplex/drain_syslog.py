"""Syslog drains: frames in an endless stream over TCP or TLS, which nobody ever acknowledges.

Source: Dev Center, log-drains; RFC 6587, 3.4.1; Logplex, logplex_tcpsyslog_drain.erl.
"""

from __future__ import annotations

import socket

from emulator.logplex import frame, link
from emulator.logplex.outlet import PATIENCE, Torn, framing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.address import Address
    from emulator.logplex.backlog import Batch
    from emulator.logplex.block import Block, Stream

BATCH_BYTES = 512 * 1024
"""Departs: Heroku's 4,096 bytes cost a fast writer more; the receiver sees no difference."""

SEND_SECONDS = 4.0
"""Source: Logplex, logplex_tcpsyslog_drain.erl, SEND_TIMEOUT."""

FAREWELL_SECONDS = 0.5
MOST_SECONDS = 30.0
"""Departs: Heroku waits up to 5 minutes; a laptop's receiver is back sooner."""


class SyslogOutlet:
    """What the kernel has taken counts as delivered: there is no other way to know."""

    batch_bytes = BATCH_BYTES
    tries = 1
    patience = PATIENCE

    def __init__(self, where: Address, token: str) -> None:
        self._where = where
        self._framing = framing(where, token)
        self._context = link.tls(where)
        self._sock: socket.socket | None = None

    def framed(self, block: Block) -> bytes:
        return frame.framed(block, self._framing)

    def overhead(self, stream: Stream) -> int:
        return frame.overhead(stream, self._framing)

    def delay(self, failures: int, luck: float) -> float:
        """At once, then 2 s, 4 s and so on."""
        return 0.0 if failures < 2 else min(2.0 ** (failures - 1), MOST_SECONDS)

    def connect(self) -> None:
        """A connection is open that the receiver has not closed. Raises OSError."""
        if self._sock and not link.is_over(self._sock, 0.0):
            return
        if self._sock:
            self._sock.close()
            self._sock = None
        self._sock = link.connected(self._where, self._context)
        self._sock.settimeout(SEND_SECONDS)

    def send(self, batch: Batch) -> None:
        """The batch is on its way. Raises Torn."""
        assert self._sock
        body, sent = memoryview(batch.body), 0
        try:
            while sent < len(body):
                sent += self._sock.send(body[sent:])
        except OSError as error:
            raise Torn(error, frame.whole(batch.body, sent)) from None

    def close(self) -> None:
        """The receiver has read all, if it is quick: a close alone could cut its reading short."""
        if self._sock is None:
            return
        sock, self._sock = self._sock, None
        try:
            sock.shutdown(socket.SHUT_WR)
            link.is_over(sock, FAREWELL_SECONDS)
        except OSError:
            pass
        sock.close()

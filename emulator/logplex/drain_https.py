"""HTTPS drains: batches of frames, each a POST of type application/logplex-1.

Source: Dev Center, log-drains; Logplex, logplex_http_drain.erl and doc/README.http_drains.md.
"""

from __future__ import annotations

import os
import socket
from base64 import b64encode
from urllib.parse import unquote_to_bytes

from emulator.logplex import frame, link
from emulator.logplex.exchange import Exchange
from emulator.logplex.outlet import PATIENCE, Refused, framing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.address import Address
    from emulator.logplex.backlog import Batch
    from emulator.logplex.block import Block, Stream

BATCH_BYTES = 102_400
TRIES = 3
REQUEST_SECONDS = 5.0
"""Source: Logplex, http_drain_target_bytes, http_frame_retries, http_drain_request_timeout."""

STEP, MOST_DOUBLINGS = 0.01, 10
"""Of the wait before the next connection. Source: Logplex, logplex_http_drain.erl."""

TOO_MANY_REQUESTS = 429

SEND_BUFFER = 2 * BATCH_BYTES
"""A whole batch leaves at once: on a busy machine every wait for the receiver is a long one."""


class HttpsOutlet:
    """At most one request is under way."""

    batch_bytes = BATCH_BYTES
    tries = TRIES
    patience = PATIENCE

    def __init__(self, where: Address, token: str) -> None:
        self._where = where
        self._token = token
        self._framing = framing(where, token)
        self._context = link.tls(where)
        self._head = self._fixed()
        self._exchange: Exchange | None = None
        self._sent: Batch | None = None
        self._id = ""

    def framed(self, block: Block) -> bytes:
        return frame.framed(block, self._framing)

    def overhead(self, stream: Stream) -> int:
        return frame.overhead(stream, self._framing)

    def delay(self, failures: int, luck: float) -> float:
        """At once, then up to 5 s: 10 ms times a number that may double with each failure."""
        if failures < 2:
            return 0.0
        doublings = 1 + int(luck * min(MOST_DOUBLINGS, failures - 1))
        return STEP * float((2**doublings - 1) // 2)

    def connect(self) -> None:
        """A connection is open. Raises OSError."""
        if self._exchange and not link.is_over(self._exchange.sock, 0.0):
            return
        self.close()
        sock = link.connected(self._where, self._context)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._exchange = Exchange(sock, REQUEST_SECONDS)

    def send(self, batch: Batch) -> None:
        """The receiver has taken the batch. Raises OSError, or Refused for a status of 4xx."""
        assert self._exchange
        answer = self._exchange.ask(self._request(batch))
        is_taken = 200 <= answer.status < 300
        if answer.is_last or not is_taken:
            self.close()
        if is_taken:
            return
        text = f"it answered {answer.status} {answer.reason}".rstrip()
        if 400 <= answer.status < 500 and answer.status != TOO_MANY_REQUESTS:
            raise Refused(text)
        raise OSError(text)

    def _request(self, batch: Batch) -> bytes:
        """The frame id is the same for every try of a batch."""
        if batch is not self._sent:
            self._sent, self._id = batch, os.urandom(16).hex().upper()
        own = (
            f"Logplex-Msg-Count: {batch.messages}\r\nLogplex-Frame-Id: {self._id}\r\n"
            f"Content-Length: {len(batch.body)}\r\n\r\n"
        )
        return b"".join((self._head, own.encode(), batch.body))

    def _fixed(self) -> bytes:
        """What is the same in every request."""
        where = self._where
        lines = [
            f"POST {where.target} HTTP/1.1",
            f"Host: {where.place.partition('://')[2]}",
            "User-Agent: Logplex/hk-local",
            "Content-Type: application/logplex-1",
            f"Logplex-Drain-Token: {self._token}",
        ]
        if where.user:
            user = b64encode(unquote_to_bytes(where.user)).decode()
            lines.append(f"Authorization: Basic {user}")
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8")

    def close(self) -> None:
        if self._exchange:
            self._exchange.close()
            self._exchange = None

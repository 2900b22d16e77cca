"""HTTPS drains: batches of frames, each a POST of type application/logplex-1.

Source: Dev Center, log-drains; Logplex, logplex_http_drain.erl and doc/README.http_drains.md.
"""

from __future__ import annotations

import os
from base64 import b64encode
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import unquote_to_bytes

from emulator.logplex import frame, link
from emulator.logplex.outlet import PATIENCE, Refused, framing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.address import Address
    from emulator.logplex.backlog import Batch
    from emulator.logplex.block import Block

BATCH_BYTES = 102_400
TRIES = 3
REQUEST_SECONDS = 5.0
"""Source: Logplex, http_drain_target_bytes, http_frame_retries, http_drain_request_timeout."""

STEP, MOST_DOUBLINGS = 0.01, 10
"""Of the wait before the next connection. Source: Logplex, logplex_http_drain.erl."""

TOO_MANY_REQUESTS = 429
MOST_ANSWER = 64 * 1024


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
        self._connection: HTTPConnection | None = None
        self._sent: Batch | None = None
        self._id = ""

    def frames(self, block: Block) -> list[bytes]:
        return frame.frames(block, self._framing)

    def delay(self, failures: int, luck: float) -> float:
        """At once, then up to 5 s: 10 ms times a number that may double with each failure."""
        if failures < 2:
            return 0.0
        doublings = 1 + int(luck * min(MOST_DOUBLINGS, failures - 1))
        return STEP * float((2**doublings - 1) // 2)

    def connect(self) -> None:
        """A connection is open. Raises OSError."""
        connection = self._connection
        if connection and connection.sock and not link.is_over(connection.sock, 0.0):
            return
        self.close()
        sock = link.connected(self._where, self._context)
        sock.settimeout(REQUEST_SECONDS)
        self._connection = HTTPConnection(self._where.host, self._where.port)
        self._connection.sock = sock

    def send(self, batch: Batch) -> None:
        """The receiver has taken the batch. Raises OSError, or Refused for a status of 4xx."""
        connection = self._connection
        assert connection
        try:
            connection.request("POST", self._where.target, batch.body, self._headers(batch))
            answer = connection.getresponse()
            self._finish(answer)
        except (HTTPException, ValueError) as error:
            raise OSError(f"{type(error).__name__}: {error}") from None
        status = answer.status
        if 200 <= status < 300:
            return
        self.close()
        if 400 <= status < 500 and status != TOO_MANY_REQUESTS:
            raise Refused(f"it answered {status} {answer.reason}")
        raise OSError(f"it answered {status} {answer.reason}")

    def _finish(self, answer: HTTPResponse) -> None:
        """The connection can be used again, or is closed."""
        answer.read(MOST_ANSWER)
        if not answer.isclosed() or answer.will_close:
            self.close()

    def _headers(self, batch: Batch) -> dict[str, str]:
        """The frame id is the same for every try of a batch."""
        if batch is not self._sent:
            self._sent, self._id = batch, os.urandom(16).hex().upper()
        where = self._where
        headers = {
            "Host": where.place.partition("://")[2],
            "User-Agent": "Logplex/hk-local",
            "Content-Type": "application/logplex-1",
            "Logplex-Msg-Count": str(len(batch.frames)),
            "Logplex-Frame-Id": self._id,
            "Logplex-Drain-Token": self._token,
        }
        if where.user:
            user = b64encode(unquote_to_bytes(where.user)).decode()
            headers["Authorization"] = f"Basic {user}"
        return headers

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

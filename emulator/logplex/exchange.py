"""One HTTP/1.1 connection: a request, its answer, and if both want it the next request.

Not http.client: its requests and answers cost as much as framing 400 lines does.
"""

from __future__ import annotations

from io import BufferedReader, RawIOBase
from time import monotonic

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from typing_extensions import Buffer

MOST_LINE, MOST_LINES = 64 * 1024, 200
"""Of an answer's head."""

MOST_BODY = 64 * 1024
"""A connection whose answer is longer is not used again: reading on would cost more."""

_WITHOUT_BODY = (204, 304)


class Answer(Fact):
    status: int
    reason: str
    is_last: bool = False
    """The connection cannot be used again."""


class Incoming(RawIOBase):
    """What can be read of a connection until a certain moment."""

    def __init__(self, sock: socket.socket, clock: Callable[[], float]) -> None:
        super().__init__()
        self._sock = sock
        self._clock = clock
        self.until = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        left = self.until - self._clock()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._sock.recv_into(buffer)


class Exchange:
    """Whatever goes wrong is an OSError, and be it that an answer takes longer than `seconds`."""

    def __init__(
        self, sock: socket.socket, seconds: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self.sock = sock
        self._seconds = seconds
        self._clock = clock
        self._incoming = Incoming(sock, clock)
        self._reader = BufferedReader(self._incoming)

    def ask(self, request: bytes) -> Answer:
        """The answer, also if it came before all was sent: a receiver may hang up on what it does
        not want."""
        self._incoming.until = self._clock() + self._seconds
        self.sock.settimeout(self._seconds)
        try:
            self.sock.sendall(request)
        except OSError as failure:
            try:
                return self._answer().replace(is_last=True)
            except OSError:
                raise failure from None
        return self._answer()

    def close(self) -> None:
        self.sock.close()

    def _answer(self) -> Answer:
        while True:
            version, status, reason = _status(self._line())
            headers = self._headers()
            if status >= 200 or status == 101:
                break
        is_last = version == b"HTTP/1.0" or b"close" in headers.get(b"connection", b"").lower()
        if status in _WITHOUT_BODY:
            return Answer(status, reason, is_last)
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            was_read = self._drop_chunks()
        else:
            was_read = self._drop(headers.get(b"content-length", b""), MOST_BODY)
        return Answer(status, reason, is_last or not was_read)

    def _headers(self) -> dict[bytes, bytes]:
        headers: dict[bytes, bytes] = {}
        for _ in range(MOST_LINES):
            line = self._line()
            if not line:
                return headers
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        raise OSError("the head of its answer is too long")

    def _line(self) -> bytes:
        line = self._reader.readline(MOST_LINE)
        if not line:
            raise OSError("it closed the connection without an answer")
        if not line.endswith(b"\n"):
            raise OSError("its answer broke off")
        return line.rstrip(b"\r\n")

    def _drop_chunks(self) -> bool:
        """Whether they were read to their end."""
        left = MOST_BODY
        while left > 0:
            size = self._line().partition(b";")[0].strip()
            if size.strip(b"0") == b"":
                self._headers()  # trailers
                return True
            if not self._drop(size, left, 16) or self._line():
                return False
            left -= int(size, 16)
        return False

    def _drop(self, length: bytes, most: int, base: int = 10) -> bool:
        """Whether so many bytes were read."""
        try:
            size = int(length, base)
        except ValueError:  # up to the end of the connection
            return False
        return 0 <= size <= most and len(self._reader.read(size)) == size


def _status(line: bytes) -> tuple[bytes, int, str]:
    version, _, rest = line.partition(b" ")
    number, _, reason = rest.partition(b" ")
    if not version.startswith(b"HTTP/1.") or len(number) != 3 or not number.isdigit():
        raise OSError("its answer is not HTTP")
    return version, int(number), reason.decode("latin-1")

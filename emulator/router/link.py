"""The router's end of the link to the emulator."""

from __future__ import annotations

import socket

from . import wire
from .stream import HEAD_BYTES, Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .loop import Loop

MOST_UNSENT = 4 * 1024 * 1024
"""Log lines that the emulator does not take are dropped, and counted, beyond so many bytes."""

PAUSE = 0.02
"""Lines that come within so many seconds after others travel together."""


class Link(Stream):
    """Hears frames and says lines."""

    __slots__ = ("_data", "_hear", "_lines", "_said_at", "dropped", "is_over")

    def __init__(
        self, sock: socket.socket, loop: Loop, hear: Callable[[wire.Kind, bytes], None]
    ) -> None:
        sock.setblocking(False)
        self._data = bytearray()
        self._hear = hear
        self._lines: list[str] = []
        self._said_at = 0.0
        self.dropped = 0
        self.is_over = False
        self.read = self._read
        super().__init__(sock, loop)

    def _read(self) -> None:
        try:
            data = self.sock.recv(HEAD_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.is_over = True
            return
        self._data += data
        for kind, body in wire.frames(self._data):
            self._hear(kind, body)

    def broken(self) -> None:
        """Whoever cannot be understood is no emulator of ours."""
        self.is_over = True

    def say(self, line: str) -> None:
        self._lines.append(line)

    @property
    def due(self) -> float:
        """When `tell` has something to do."""
        return self._said_at + PAUSE if self._lines else float("inf")

    def tell(self) -> None:
        """All lines are on their way to the emulator, if it was not told just now."""
        if not self._lines or self.loop.now < self._said_at + PAUSE:
            return
        self._said_at = self.loop.now
        lines, self._lines = self._lines, []
        if len(self.pending) > MOST_UNSENT:
            self.dropped += len(lines)
        else:
            self.send(wire.frame(wire.Kind.LINES, "".join(lines).encode()))

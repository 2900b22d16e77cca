"""What is told only after a while, so that guessing is slow."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Response
    from .call import Timer

DELAY = 0.5
"""So long, in seconds, who has the wrong token waits for being told so, and for another try."""


class Late:
    """A stream that is a response and the end of the connection, after a while."""

    head = b""
    is_endless = True
    is_last = False

    def __init__(
        self, response: Response, later: Callable[[float, Callable[[], object]], Timer]
    ) -> None:
        self.response = response
        self._later = later
        self._parts: list[bytes | memoryview] | None = []

    def begin(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._timer = self._later(DELAY, self._tell)

    def _tell(self) -> None:
        self._parts = [*self.response.encoded(keeps_alive=False)]
        self._wake()

    def take(self, size: int) -> list[bytes | memoryview] | None:
        parts = self._parts
        if parts:
            self._parts = None
        return parts

    def end(self) -> None:
        self._timer.cancel()

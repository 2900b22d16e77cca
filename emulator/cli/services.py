"""What serves others once the dynos have been started: the API and the eyes on the app's files."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .emulator import Emulator


class Services:
    """They run until `close`."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def close(self) -> None:
        """They are gone, and so is the socket."""

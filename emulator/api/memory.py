"""Answers that hold for as long as the world is what it was."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.runtime.world import World

    from .answer import Response
    from .request import Request

MOST = 50
FIELDS = ("accept", "hk-color", "range")
"""What an answer depends on besides the world and what is asked for."""


class Memory:
    """Knows what was answered to a GET in the world as it is now. A world never changes: it is
    replaced."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._known: dict[tuple[str, ...], Response] = {}

    def recall(self, world: World, request: Request) -> Response | None:
        if request.method != "GET" or world is not self._world:
            return None
        return self._known.get(_asked(request))

    def keep(self, world: World, request: Request, response: Response) -> None:
        """It will be recalled until the world is another."""
        if world is not self._world or len(self._known) >= MOST:
            self._known = {}
        self._world = world
        self._known[_asked(request)] = response


def _asked(request: Request) -> tuple[str, ...]:
    head = request.head
    return (head.target, *(head.get(name) for name in FIELDS))

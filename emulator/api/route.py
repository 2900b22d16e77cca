"""A route: a method and a pattern of paths, and the endpoint that they lead to."""

from __future__ import annotations

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .answer import Answer, Response, Stream
    from .call import Call

    Endpoint = Callable[[Call], Answer | Response | Stream]


class Route(Fact):
    """`pattern` has the names of variable segments in braces."""

    method: str
    pattern: str
    endpoint: Endpoint

"""Where a launch gets its own copy of the app."""

from __future__ import annotations

from ..fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Place(Fact):
    """`path` will have the copy of `source` in its folder `app`; `is_slug`: all of it."""

    source: str
    path: str
    is_slug: bool
    env: Mapping[str, str] = {}

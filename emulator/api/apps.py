"""Endpoints: the app and the dyno sizes."""

from __future__ import annotations

from emulator.dyno.size import SIZES

from . import resource
from .answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call


def app(call: Call) -> Answer:
    return Answer(lambda: resource.app(call.view))


def apps(call: Call) -> Answer:
    """The one that there is."""
    return Answer(lambda: [resource.app(call.view)])


def dyno_sizes(call: Call) -> Answer:
    return Answer(lambda: [resource.dyno_size(size) for size in SIZES.values()])

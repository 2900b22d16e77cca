"""Endpoints: the app, its releases and the dyno sizes."""

from __future__ import annotations

from emulator.dyno.size import SIZES
from emulator.errors import NotFound

from . import ranges, resource, text
from .answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.release import Release

    from .call import Call
    from .view import View


def app(call: Call) -> Answer:
    return Answer(lambda: resource.app(call.view))


def apps(call: Call) -> Answer:
    """The one that there is."""
    return Answer(lambda: [resource.app(call.view)])


def releases(call: Call) -> Answer:
    """The releases in the range asked for, which is all of them, the oldest first, if none is."""
    view, wanted = call.view, ranges.parse(call.request.head.get("range"))
    items = view.world.releases
    if wanted.name == "version":
        keys = [str(item.version) for item in items]
    else:
        keys = [view.id("release", str(item.version)) for item in items]
    page = ranges.page(wanted, keys)
    chosen = [items[place] for place in page.places]
    return Answer(
        lambda: [resource.release(view, item) for item in chosen],
        lambda ink: text.releases(view, chosen, ink),
        status=page.status,
        fields=page.fields,
    )


def release(call: Call) -> Answer:
    view = call.view
    found = _release(view, call.params["release"])
    return Answer(
        lambda: resource.release(view, found), lambda ink: text.releases(view, [found], ink)
    )


def _release(view: View, name: str) -> Release:
    """The release of that version (`12`, `v12`) or id."""
    for item in view.world.releases:
        if name in (str(item.version), f"v{item.version}", view.id("release", str(item.version))):
            return item
    raise NotFound(
        f"Couldn't find that release ({name}). The current one is v{view.world.release}."
    )


def dyno_sizes(call: Call) -> Answer:
    return Answer(lambda: [resource.dyno_size(size) for size in SIZES.values()])

"""Endpoints: releases."""

from __future__ import annotations

from emulator.errors import NotFound

from . import ranges, resource, text
from .answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.release import Release

    from .call import Call
    from .view import View


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
    found = find(view, call.params["release"])
    return Answer(
        lambda: resource.release(view, found), lambda ink: text.releases(view, [found], ink)
    )


def find(view: View, name: str) -> Release:
    """The release of that version (`12`, `v12`) or id. Raises NotFound."""
    for item in view.world.releases:
        if name in (str(item.version), f"v{item.version}", view.id("release", str(item.version))):
            return item
    raise NotFound(
        f"Couldn't find that release ({name}). The current one is v{view.world.release}."
    )

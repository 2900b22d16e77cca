"""Endpoints: builds, as far as a release came of them, and slugs: the code of releases."""

from __future__ import annotations

from emulator.app.release import DEPLOY
from emulator.errors import NotFound

from .answer import Answer
from .resource import app_reference, named, slug_id, user
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.release import Release

    from .call import Call
    from .resource import Resource
    from .view import View

STACK = "heroku-24"


def builds(call: Call) -> Answer:
    """Departs: a build that failed has left nothing that could be listed."""
    view = call.view
    return Answer(lambda: [_build(view, item) for item in _deployed(view)])


def build(call: Call) -> Answer:
    view = call.view
    found = [one for one in _deployed(view) if call.params["build"] == _build_id(view, one)]
    if not found:
        raise NotFound("Couldn't find that build.")
    return Answer(lambda: _build(view, found[0]))


def slug(call: Call) -> Answer:
    """The code of the first release that had it."""
    view = call.view
    with_code = [one for one in view.world.releases if one.types]
    found = [one for one in with_code if call.params["slug"] == slug_id(view, one)]
    if not found:
        raise NotFound("Couldn't find that slug.")
    return Answer(lambda: _slug(view, found[0]))


def _deployed(view: View) -> list[Release]:
    return [item for item in view.world.releases if item.description.startswith(DEPLOY)]


def _build_id(view: View, item: Release) -> str:
    return view.id("build", str(item.version))


def _commit(item: Release) -> str | None:
    """In full, where the folder had it checked out; of a slug the digits that the release shows."""
    shown = item.description.removeprefix(DEPLOY).partition(";")[0]
    return item.revision or (shown if item.description.startswith(DEPLOY) else None)


def _build(view: View, item: Release) -> Resource:
    """It has succeeded, whatever became of its release. Source: Dev Center, release-phase.

    Departs: code does not come from a URL, and what a build printed its deployer has seen.
    """
    url = {"checksum": None, "url": "", "version": _commit(item), "version_description": None}
    return {
        "app": {"id": app_reference(view)["id"]},
        "buildpacks": None,
        "created_at": iso(item.created_at),
        "id": _build_id(view, item),
        "output_stream_url": "",
        "release": {"id": view.id("release", str(item.version))},
        "slug": {"id": slug_id(view, item)},
        "source_blob": url,
        "stack": STACK,
        "status": "succeeded",
        "updated_at": iso(item.created_at),
        "user": user(item.user),
    }


def _slug(view: View, item: Release) -> Resource:
    return {
        "blob": {"method": "GET", "url": ""},
        "buildpack_provided_description": None,
        "checksum": None,
        "commit": _commit(item),
        "commit_description": None,
        "created_at": iso(item.created_at),
        "id": slug_id(view, item),
        "process_types": dict(item.types),
        "size": None,
        "stack": named("stack", STACK),
        "updated_at": iso(item.created_at),
    }


ROUTES = (
    Route("GET", "/apps/{app}/builds", builds),
    Route("GET", "/apps/{app}/builds/{build}", build),
    Route("GET", "/apps/{app}/slugs/{slug}", slug),
)

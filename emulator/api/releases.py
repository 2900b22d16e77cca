"""Endpoints: releases, what their commands wrote, and new ones: rollback and retry."""

from __future__ import annotations

from emulator.app.release import RETRY, Release, Status
from emulator.errors import NotFound, UserError
from emulator.runtime.command import Retry, Rollback

from . import ranges, release_text, resource, text
from .answer import Answer
from .edits import made, submit
from .release_output import ReleaseOutput
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer import Stream
    from .call import Call
    from .ink import Ink
    from .view import View

CREATED = 201
NEWEST, PREVIOUS = "~", "previous"
"""Ours, for what the Heroku CLI looks for itself: the newest release of all, and the second of
those that can be rolled back to."""


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
        lambda ink: release_text.releases(view, chosen, ink),
        status=page.status,
        fields=page.fields,
    )


def release(call: Call) -> Answer:
    """With `shell` in the query its config vars are lines for a shell."""
    view = call.view
    found = find(view, call.params["release"])
    shell = "shell" in call.request.query
    return Answer(
        lambda: resource.release(view, found),
        lambda ink: release_text.info(view, found, shell, ink),
    )


def config(call: Call) -> Answer:
    """The config vars as of that release."""
    found = dict(sorted(find(call.view, call.params["release"]).config.items()))
    return Answer(lambda: found, lambda ink: text.fields(found, ink))


def output(call: Call) -> Stream:
    """What its release command has written, and writes until it ends. Raises NotFound if it has
    none."""
    found = find(call.view, call.params["release"])
    if not found.dyno:
        raise NotFound(f"Release v{found.version} has no release output available.")
    return ReleaseOutput(call.app, call.outside, found)


def open_output(call: Call) -> Stream:
    """The same at a URL that cannot be guessed: whoever has it may read."""
    for item in call.world.releases:
        if item.dyno and call.view.id("release-output", str(item.version)) == call.params["id"]:
            return ReleaseOutput(call.app, call.outside, item)
    raise NotFound("Couldn't find that release output.")


def create(call: Call) -> Answer:
    """A new release with an earlier one's code and config vars; the latter are in the file too.

    Departs: the Procfile is left as it is; its next edit, or the next start, deploys it again.
    """
    slug = call.payload.text("slug")
    return _retry(call, slug) if slug else _roll_back(call)


def _roll_back(call: Call) -> Answer:
    target = find(call.view, call.payload.text("release") or "")
    if not target.types or target.status is not Status.SUCCEEDED:
        raise UserError(f"v{target.version} has no code to roll back to.")
    _check_slug(call, target)
    warning = submit(call, _difference(call, target), target.types, Rollback(target.version))
    return _made(call, f"Rolling back {{app}} to v{target.version}", warning)


def _retry(call: Call, slug: str) -> Answer:
    """Source: Heroku CLI, releases:retry: the release is named in the description alone."""
    view, description = call.view, call.payload.text("description") or ""
    number = description.removeprefix(RETRY).partition(":")[0]
    found = [r for r in view.world.releases if slug in (resource.slug_id(view, r), NEWEST)]
    named = [one for one in found if description.startswith(RETRY) and str(one.version) == number]
    if not found:
        raise NotFound(f"Couldn't find that slug ({slug}).")
    target = (named or found)[-1]
    _check_slug(call, target)
    command = Retry(target.version, description)
    warning = submit(call, _difference(call, target), target.types, command)
    return _made(call, f"Retrying v{target.version} on {{app}}", warning)


def _check_slug(call: Call, target: Release) -> None:
    """Departs: Heroku does not say how long it keeps slugs."""
    if not call.app.has_slug(target.slug):
        raise UserError(
            f"The slug of v{target.version} is not kept any more. Deploy its code again."
        )


def _difference(call: Call, target: Release) -> dict[str, str | None]:
    """What makes the user's config vars those of that release; add-ons have theirs."""
    changes: dict[str, str | None] = dict.fromkeys(call.app.config_after({}))
    changes.update(target.own)
    kept = call.world.addon_config
    return {name: value for name, value in changes.items() if name not in kept}


def _made(call: Call, doing: str, warning: str) -> Answer:
    view, new = call.view, call.world.releases[-1]

    def message(ink: Ink) -> str:
        done = f"done, {ink.success(f'v{new.version}')}"
        return f"{doing.format(app=ink.app(view.world.app))}... {done}"

    data = resource.release(view, new)
    answer = Answer(
        lambda: data,
        status=CREATED,
        message=message,
        warning=warning,
        fields=(("HK-Version", str(new.version)),),
    )
    return made(call, answer)


def find(view: View, name: str) -> Release:
    """The release of that version (`12`, `v12`) or id, the newest or the previous. Raises
    NotFound."""
    items = view.world.releases
    for item in items:
        if name in (str(item.version), f"v{item.version}", view.id("release", str(item.version))):
            return item
    if name == NEWEST and items:
        return items[-1]
    if name == PREVIOUS:
        eligible = [one for one in items if one.types and one.status is Status.SUCCEEDED]
        if len(eligible) > 1:
            return eligible[-2]
        raise NotFound(f"No eligible release found for {view.world.app} to roll back to.")
    raise NotFound(
        f"Couldn't find that release ({name}). The current one is v{view.world.release}."
    )


ROUTES = (
    Route("GET", "/apps/{app}/releases", releases),
    Route("POST", "/apps/{app}/releases", create),
    Route("GET", "/apps/{app}/releases/{release}", release),
    Route("GET", "/apps/{app}/releases/{release}/config-vars", config),
    Route("GET", "/apps/{app}/releases/{release}/output", output),
    Route("GET", "/release-output/{id}", open_output),
)

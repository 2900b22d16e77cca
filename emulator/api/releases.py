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
    from emulator.fact import Fact

    from .answer import Stream
    from .call import Call
    from .ink import Ink
    from .view import View

CREATED = 201
NEWEST, PREVIOUS = "~", "previous"
"""Ours, for what the Heroku CLI looks for itself: the newest release of all, and the second of
those that can be rolled back to."""

EDITED = (
    "Edited by hand, and left in the file as it is: {}. Of that this release has nothing;"
    " config:set, deploy and the next start take it in."
)


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
    """A new release with an earlier one's code and config vars; the latter are in the file too,
    but for what was edited there by hand and is in no release that runs.

    Departs: the Procfile is left as it is; its next edit, or the next start, deploys it again.
    """
    slug = call.payload.text("slug")
    return _retry(call, slug) if slug else _roll_back(call)


def _roll_back(call: Call) -> Answer:
    call.app.take_edits()
    target = find(call.view, call.payload.text("release") or "")
    if not target.types or target.status is not Status.SUCCEEDED:
        raise UserError(f"v{target.version} has no code to roll back to.")
    _check_slug(call, target)
    warning = _submit(call, target, Rollback(target.version))
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
    warning = _submit(call, target, Retry(target.version, description))
    return _made(call, f"Retrying v{target.version} on {{app}}", warning)


def _check_slug(call: Call, target: Release) -> None:
    """Departs: Heroku does not say how long it keeps slugs."""
    if not call.app.has_slug(target.slug):
        raise UserError(
            f"The slug of v{target.version} is not kept any more. Deploy its code again."
        )


def _submit(call: Call, target: Release, command: Fact) -> str:
    """The command was decided, and the user's files are to say what that release has: where they
    say what runs. A line that nobody has released yet stays, and the warning names it."""
    runs, wanted = call.world.current, target.own
    before, file = runs.own if runs else {}, call.app.config_after({})
    names = [n for n in {**before, **file, **wanted} if n not in call.world.addon_config]
    differing = [name for name in names if file.get(name) != wanted.get(name)]
    edited = [name for name in differing if file.get(name) != before.get(name)]
    changes = {name: wanted.get(name) for name in differing if name not in edited}
    warnings = [submit(call, changes, target.types, command)]
    if edited:
        warnings.append(EDITED.format(", ".join(sorted(edited))))
    return "\n".join(filter(None, warnings))


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

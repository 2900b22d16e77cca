"""Endpoints: features and maintenance mode."""

from __future__ import annotations

from emulator.errors import NotFound, UserError
from emulator.runtime.command import SetUp
from emulator.runtime.world import AFFINITY, PREBOOT

from . import apps, resource, text
from .account import STACK
from .answer import Answer
from .identity import identity
from .resource import ALL_APPS
from .route import Route
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .ink import Ink
    from .resource import Resource
    from .view import View

GENERAL = "general"
"""Those that `features` lists; others are labs."""

ALWAYS_ON = "runtime-heroku-exec"
"""Or ps:exec would restart every dyno first."""
NO_SSH = "heroku ps:exec wants SSH at port 80, which is nobody's here. Use hk-local ps:exec."
"""The CLI asks for this feature first, and says nothing of ours when it then cannot connect."""
FEATURES = {
    AFFINITY: (GENERAL, "Sticky sessions"),
    PREBOOT: (GENERAL, "Seamless deploys: new web dynos start before old ones stop"),
    ALWAYS_ON: (GENERAL, "ps:exec"),
    "log-runtime-metrics": ("beta", "Load and memory of each dyno in the log"),
    "runtime-dyno-metadata": ("beta", "The app's name and release in each dyno's environment"),
    "runtime-heroku-metrics": ("beta", "Metrics of the language runtime"),
}
"""Source: Heroku CLI, features and labs (2026)."""

TOO_SMALL = "preboot is for Standard and Performance dynos: hk-local ps:type web=standard-1x"
ONE_STACK = f"build_stack: {STACK} is the only one here; the app runs with what this machine has."
NO_ROUTER = "without a router (--no-router) this changes nothing"


def features(call: Call) -> Answer:
    """All of them; as text the general ones, or those that are labs."""
    view, is_labs = call.view, call.request.query.get("view") == ["labs"]
    return Answer(
        lambda: [_feature(view, name) for name in FEATURES], lambda ink: _listed(view, is_labs, ink)
    )


def _listed(view: View, is_labs: bool, ink: Ink) -> str:
    """Source: Heroku CLI, src/commands/features/index.ts and labs/index.ts."""
    names = sorted(n for n, (state, _) in FEATURES.items() if (state != GENERAL) is is_labs)
    width = max(map(len, names))
    lines = []
    for name in names:
        mark = "[+]" if _is_enabled(view, name) else "[ ]"
        line = f"{mark} {name.ljust(width)}"
        shown = ink.success(line) if _is_enabled(view, name) else line
        lines.append(f"{shown}  {FEATURES[name][1]}\n")
    return ink.header(f"App Features {ink.app(view.world.app)}") + "".join(lines)


def feature(call: Call) -> Answer:
    view, name = call.view, _named_feature(call)
    warning = NO_SSH if name == ALWAYS_ON else ""
    return Answer(lambda: _feature(view, name), lambda ink: _told(view, name, ink), warning=warning)


def _told(view: View, name: str, ink: Ink) -> str:
    """Source: Heroku CLI, src/commands/features/info.ts."""
    enabled = ink.success("true") if _is_enabled(view, name) else "false"
    fields = {"Description": FEATURES[name][1], "Docs": _doc_url(name), "Enabled": enabled}
    return ink.header(name) + text.fields(fields, ink)


def change_feature(call: Call) -> Answer:
    name, enabled = _named_feature(call), call.payload.flag("enabled")
    if name == ALWAYS_ON and not enabled:
        raise UserError(f"{name} is always enabled here.")
    rest = tuple(one for one in call.world.features if one != name)
    warning = call.submit(SetUp(features=(*rest, name) if enabled else rest))
    view = call.view
    in_vain = _in_vain(view, name) if enabled else ""
    doing = "Enabling" if enabled else "Disabling"
    return Answer(
        lambda: _feature(view, name),
        message=lambda ink: f"{doing} {ink.name(name)} for {ink.app(view.world.app)}... done",
        warning="\n".join(filter(None, (warning, in_vain))),
    )


def _in_vain(view: View, name: str) -> str:
    """Why the feature changes nothing as the app is now, or an empty string."""
    world = view.world
    if name not in (PREBOOT, AFFINITY) or "web" not in world.formation:
        return ""
    if not world.address:
        return NO_ROUTER
    is_small = not world.is_professional(world.formation["web"].size)
    return TOO_SMALL if name == PREBOOT and is_small else ""


def _named_feature(call: Call) -> str:
    for name in FEATURES:
        if call.params["feature"] in (name, identity(ALL_APPS, "feature", name)):
            return name
    raise NotFound(f"Couldn't find that feature ({call.params['feature']}).")


def _is_enabled(view: View, name: str) -> bool:
    return name == ALWAYS_ON or name in view.world.features


def _doc_url(name: str) -> str:
    return f"https://devcenter.heroku.com/articles/{name}"


def _feature(view: View, name: str) -> Resource:
    state, description = FEATURES[name]
    since = iso(view.world.releases[0].created_at if view.world.releases else view.now)
    return {
        "created_at": since,
        "description": description,
        "display_name": name,
        "doc_url": _doc_url(name),
        "enabled": _is_enabled(view, name),
        "feedback_email": "",
        "id": identity(ALL_APPS, "feature", name),
        "name": name,
        "state": state,
        "updated_at": since,
    }


def change_app(call: Call) -> Answer:
    """Maintenance mode is on or off; the app has the name that was asked for.

    Departs: its stack is what it is."""
    payload = call.payload
    on = payload.flag("maintenance") if payload.get("maintenance") is not None else None
    if payload.text("build_stack") not in (None, STACK, identity(ALL_APPS, "stack", STACK)):
        raise UserError(ONE_STACK)
    renamed = apps.rename(call)
    if on is None:
        return renamed
    warning = call.submit(SetUp(maintenance=on)) or renamed.warning
    view = call.view

    def message(ink: Ink) -> str:
        doing = "Enabling" if on else "Disabling"
        return f"{doing} maintenance mode for {ink.app(view.world.app)}... done"

    return Answer(lambda: resource.app(view, call.app.sizes()), message=message, warning=warning)


ROUTES = (
    Route("PATCH", "/apps/{app}", change_app),
    Route("GET", "/apps/{app}/features", features),
    Route("GET", "/apps/{app}/features/{feature}", feature),
    Route("PATCH", "/apps/{app}/features/{feature}", change_feature),
)

"""Endpoints: config vars, which are the user's `.env`, now and as of each release; rollback."""

from __future__ import annotations

from emulator.app.config_vars import fault
from emulator.errors import UserError
from emulator.runtime.command import Rollback, SetConfig

from . import resource, text
from .answer import Answer
from .releases import find
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .call import Call
    from .ink import Ink

CREATED = 201


def config(call: Call) -> Answer:
    return _shown(call.world.config)


def change(call: Call) -> Answer:
    """The file was edited, and there is a new release if anything differs; all of it or nothing."""
    changes = {name: _value(name, value) for name, value in call.payload.fields.items()}
    warning = call.submit(SetConfig(call.app.edit_config(changes)))
    return _shown(call.world.config).replace(warning=warning)


def of_release(call: Call) -> Answer:
    return _shown(find(call.view, call.params["release"]).config)


def roll_back(call: Call) -> Answer:
    """A new release with an earlier one's code and config vars; the latter are in the file too.

    Departs: the Procfile is left as it is; its next edit, or the next start, deploys it again.
    """
    target = find(call.view, call.payload.text("release") or call.payload.text("slug") or "")
    if not target.types:
        raise UserError(f"v{target.version} has no code to roll back to.")
    changes: dict[str, str | None] = dict.fromkeys(call.world.config)
    changes.update(target.config)
    call.app.edit_config(changes)
    warning = call.submit(Rollback(target.version))
    view = call.view
    made = view.world.releases[-1]

    def message(ink: Ink) -> str:
        done = f"done, {ink.success(f'v{made.version}')}"
        return f"Rolling back {ink.app(view.world.app)} to v{target.version}... {done}"

    data = resource.release(view, made)
    return Answer(lambda: data, status=CREATED, message=message, warning=warning)


def _shown(config: Mapping[str, str]) -> Answer:
    return Answer(lambda: dict(config), lambda ink: text.fields(dict(sorted(config.items())), ink))


def _value(name: str, value: object) -> str | None:
    """The text to set, or None to unset; numbers and truth values are texts as well."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UserError(f"{name}: expected a text, or null to remove it")
    if name == "DYNO":
        raise UserError("DYNO is the platform's to set.")
    if reason := fault(name, str(value)):
        raise UserError(reason)
    return str(value)


ROUTES = (
    Route("GET", "/apps/{app}/config-vars", config),
    Route("PATCH", "/apps/{app}/config-vars", change),
    Route("GET", "/apps/{app}/releases/{release}/config-vars", of_release),
    Route("POST", "/apps/{app}/releases", roll_back),
)

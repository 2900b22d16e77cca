"""Endpoints: config vars, which are the user's `.env`."""

from __future__ import annotations

from emulator.app.config_vars import fault
from emulator.errors import UsageError, UserError

from . import text
from .answer import Answer
from .edits import EXECUTING, made, submit
from .route import Route

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .call import Call


def config(call: Call) -> Answer:
    return _shown(call.world.config)


def change(call: Call) -> Answer:
    """The file was edited, and there is a new release if anything differs; all of it or nothing.

    With a release command the answer shows what is still in force, and the file is edited later.
    Source: github.com/heroku/cli, issue 3345 (2025).
    """
    changes = {name: _value(name, value) for name, value in call.payload.fields.items()}
    warning = submit(call, _users(changes, call.world.addon_config), call.world.types)
    fields = (("X-Heroku-Warning", EXECUTING),) if call.world.pending else ()
    return made(call, _shown(call.world.config).replace(warning=warning, fields=fields))


def _users(changes: Mapping[str, str | None], kept: Mapping[str, str]) -> Mapping[str, str | None]:
    """Those that are the user's to make: what an add-on sets may only be named as it is."""
    wrong = [name for name, value in changes.items() if name in kept and value != kept[name]]
    if wrong:
        raise UserError(f"Cannot overwrite attachment values {', '.join(wrong)}.")
    return {name: value for name, value in changes.items() if name not in kept}


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
        raise UsageError(reason)
    return str(value)


ROUTES = (
    Route("GET", "/apps/{app}/config-vars", config),
    Route("PATCH", "/apps/{app}/config-vars", change),
)

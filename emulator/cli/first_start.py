"""The first start of an app that has an app.json: its defaults become the user's config vars."""

from __future__ import annotations

import os

from emulator.app.formation import apply
from emulator.dyno.size import canonical
from emulator.errors import AppJsonError, UserError
from emulator.runtime.files import edit_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.app.appjson import AppJson
    from emulator.app.formation import Change, Quantity
    from emulator.runtime.files import AppFiles

SECRET_BYTES = 32
"""64 hexadecimal digits, as Heroku's generator makes them."""


def formed(
    changes: Sequence[Change], formation: dict[str, Quantity], types: Sequence[str]
) -> dict[str, Quantity]:
    """The formation after these changes of app.json's. Raises AppJsonError, naming the key."""
    for change in changes:
        try:
            formation = apply((change,), formation, types, canonical)
        except UserError as error:
            raise AppJsonError(f"app.json: formation.{change.type}: {error}") from None
    return formation


def prepared(dir: str, env_names: Sequence[str], files: AppFiles, wanted: AppJson) -> AppFiles:
    """The app's files, with the config vars in `.env` that app.json has a value for and nobody has
    set, and with notices of what is left to the user."""
    missing = [var for var in wanted.env if var.name not in files.config]
    given = {
        var.name: os.urandom(SECRET_BYTES).hex() if var.is_secret else var.value for var in missing
    }
    changes = {name: value for name, value in given.items() if value is not None}
    config = files.config
    notices = []
    if changes:
        config = edit_config(dir, env_names, changes)
        notices.append(f"app.json: set {', '.join(changes)} in {(env_names or ('.env',))[-1]}")
    for var in missing:
        if var.name not in config and var.is_required:
            notices.append(f"app.json: {var.name} is required; set it in .env")
    if wanted.addons:
        asked = ", ".join(wanted.addons)
        notices.append(f"app.json: lists add-ons, which addons:create adds: {asked}")
    if wanted.unknown:
        notices.append(f"app.json: no such key: {', '.join(wanted.unknown)}")
    return files.replace(config=config, notices=(*files.notices, *notices))

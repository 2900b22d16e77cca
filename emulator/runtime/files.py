"""The app's own files, read: Procfile, `.env`, app.json."""

from __future__ import annotations

import os

from emulator.app import appjson, config_vars, procfile
from emulator.errors import NoSuchFile, UserError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.app.formation import Change

MOST_BYTES = 4 * 1024 * 1024
"""Larger, and it is not a Procfile or .env file."""


class CannotRead(UserError):
    """{path}: {reason}"""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class AppFiles(Fact):
    """What the app's files say: process types, config vars, and what was odd in the files."""

    types: Mapping[str, str]
    config: Mapping[str, str]
    notices: tuple[str, ...] = ()


def read_app(app_dir: str, procfile_name: str, env_names: Sequence[str]) -> AppFiles:
    """The files as they are now. Without `env_names` it is `.env`, which need not exist."""
    hint = "Each of its lines names a process type and its command, such as 'web: npm start'."
    types = procfile.parse(_read(app_dir, procfile_name, hint), procfile_name)
    names = list(env_names) or [n for n in (".env",) if os.path.exists(os.path.join(app_dir, n))]
    envs = [
        config_vars.parse(_read(app_dir, name, "It was named with --env."), name) for name in names
    ]
    env = config_vars.merge(envs)
    notices = (*types.notices, *env.notices, *config_vars.check(env.values))
    return AppFiles({t.name: t.command for t in types.types}, env.values, notices)


def read_app_json(app_dir: str) -> tuple[Change, ...]:
    """The formation that app.json asks for; nothing where there is no such file."""
    if not os.path.exists(os.path.join(app_dir, "app.json")):
        return ()
    return appjson.formation(_read(app_dir, "app.json", ""), "app.json")


def _read(app_dir: str, name: str, hint: str) -> bytes:
    path = os.path.join(app_dir, name)
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise NoSuchFile(path, hint) from None
    except OSError as error:
        raise CannotRead(path, error.strerror or str(error)) from None
    if len(data) > MOST_BYTES:
        raise CannotRead(path, "larger than 4 MB; is this the right file?")
    return data

"""The app's own files, read: Procfile, `.env`, app.json."""

from __future__ import annotations

import errno
import os
import stat

from emulator.app import appjson, config_vars, procfile
from emulator.app.appjson import AppJson
from emulator.errors import NoSuchFile, UsageError, UserError
from emulator.fact import Fact

from . import folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 4 * 1024 * 1024
"""Larger, and it is not a Procfile or .env file."""

DANGLING = "It is a link to what is not there."

EDITED = "edited"
"""A file as it is to be, in the state folder, before it takes its place."""

WRITABLE = 0o222


class CannotRead(UserError):
    """{path}: {reason}"""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class CannotWrite(UserError):
    """{path}: cannot be written: {reason}. The config vars are as they were."""

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
    names = list(env_names) or [n for n in (".env",) if os.path.lexists(os.path.join(app_dir, n))]
    hint = "It was named with --env." if env_names else DANGLING
    envs = [config_vars.parse(_read(app_dir, name, hint), name) for name in names]
    env = config_vars.merge(envs)
    notices = (*types.notices, *env.notices, *config_vars.check(env.values))
    return AppFiles({t.name: t.command for t in types.types}, env.values, notices)


def read_app_json(app_dir: str) -> AppJson:
    """What app.json asks for; nothing where there is no such file."""
    if not os.path.lexists(os.path.join(app_dir, "app.json")):
        return AppJson()
    return appjson.parse(_read(app_dir, "app.json", DANGLING), "app.json")


class Edited(Fact):
    """Files as they are to be, by name, and all config vars that they set then."""

    files: Mapping[str, bytes]
    config: Mapping[str, str]


def edit_config(
    app_dir: str, env_names: Sequence[str], changes: Mapping[str, str | None]
) -> Mapping[str, str]:
    """The files set these config vars now, or, for None, no longer do; `.env` is made if need be.

    Answers with all config vars that they set.
    """
    edited = edited_config(app_dir, env_names, changes)
    for name, data in edited.files.items():
        _replace(os.path.join(app_dir, name), data, os.path.join(app_dir, folder.NAME, EDITED))
    return edited.config


def edited_config(
    app_dir: str, env_names: Sequence[str], changes: Mapping[str, str | None]
) -> Edited:
    """What `edit_config` would make of the files.

    A value goes to the last file that sets the name, or else to the last one: that one counts.
    """
    from emulator.app.rewriting import rewritten

    names = list(env_names) or [".env"]
    texts = {n: _read(app_dir, n, "") if _exists(app_dir, n) else b"" for n in names}
    sets = {name: config_vars.parse(data, name).values for name, data in texts.items()}
    parts: dict[str, dict[str, str | None]] = {name: {} for name in names}
    for var, value in changes.items():
        places = [name for name in names if var in sets[name]]
        for place in places if value is None else (places or names)[-1:]:
            parts[place][var] = value
    edited = {name: rewritten(texts[name], name, parts[name]) for name in names}
    after = config_vars.merge([config_vars.parse(data, name) for name, data in edited.items()])
    files = {name: data for name, data in edited.items() if data != texts[name]}
    for name in files:
        _check_writable(os.path.join(app_dir, name))
    return Edited(files, after.values)


def _check_writable(path: str) -> None:
    """CannotWrite if its owner has forbidden to change it, which a new file in its place would."""
    if os.path.exists(path) and not os.stat(path).st_mode & WRITABLE:
        raise CannotWrite(path, "it is read-only (chmod u+w makes it writable)")


def _exists(app_dir: str, name: str) -> bool:
    return os.path.exists(os.path.join(app_dir, name))


def _replace(path: str, data: bytes, hidden: str) -> None:
    """The file has those contents, all of them or the old ones; its mode stays, a link one too.

    They are written at `hidden` first, where nobody looks; beside the file, if that is another
    file system or there is no such folder.
    """
    path = os.path.realpath(path)
    try:
        try:
            _write_and_move(path, data, hidden)
        except OSError:
            _write_and_move(path, data, f"{path}.hk-local")
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from None


def _write_and_move(path: str, data: bytes, new: str) -> None:
    """As `_replace`; nothing is left at `new`."""
    mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o600
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(new, flags, 0o600)
    try:
        with open(fd, "wb") as file:
            file.write(data)
            os.fchmod(fd, mode)
            file.flush()
            os.fsync(fd)
        os.rename(new, path)
    except OSError:
        os.unlink(new)
        raise


def _read(app_dir: str, name: str, hint: str) -> bytes:
    if not name:
        raise UsageError("'': the name of a file is expected for --procfile and for --env")
    path = os.path.join(app_dir, name)
    try:
        with open(path, "rb", opener=no_pipe) as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise NoSuchFile(path, hint) from None
    except OSError as error:
        raise CannotRead(path, error.strerror or str(error)) from None
    if len(data) > MOST_BYTES:
        raise CannotRead(path, "larger than 4 MB; is this the right file?")
    return data


def no_pipe(path: str, flags: int) -> int:
    """The file was opened, at once. Raises OSError for a named pipe: whoever reads one waits for
    its writer, maybe for ever, and can change nothing in it."""
    fd = os.open(path, flags | os.O_NONBLOCK)
    if stat.S_ISFIFO(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "a named pipe; a regular file is expected", path)
    return fd

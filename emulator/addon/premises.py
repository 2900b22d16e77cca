"""A server's folder: what it needs is put there before it starts, its data stay there after it."""

from __future__ import annotations

import os
import sys

from emulator.errors import UserError

from . import binaries
from .catalog import POSTGRES, REDIS
from .recipe import AUTHORITY, recipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.surroundings import Addon

    from .catalog import Service
    from .recipe import Recipe

LAST_WORDS = 4096


class DataOfOtherVersion(UserError):
    """its data are of PostgreSQL {version}, which is not on this machine (there is {found}). \
Install that version, or start afresh: hk-local addons:destroy {name}"""

    def __init__(self, name: str, version: str, found: str) -> None:
        super().__init__(name=name, version=version or "?", found=found or "none")


class CannotPrepare(UserError):
    """{path}: {reason}. A server's data are kept there."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


def check(service: Service, version: int = 0) -> None:
    """Such a server can be run on this machine. Raises UserError: what to install."""
    if service.name == REDIS:
        binaries.redis()
    elif service.name == POSTGRES:
        binaries.as_user()
        binaries.postgres(version)


def prepare(
    folder: str, addon: Addon, service: Service, key: bytes, called: str = "DATABASE"
) -> Recipe:
    """All that the server needs lies in the folder. Raises UserError.

    `key` are private key and certificate; without them there is no TLS. `called`: its attachment.
    """
    program, as_user, owner, has_tls = "", "", None, True
    locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    if service.name == REDIS:
        program = binaries.redis()
    elif service.name == POSTGRES:
        as_user, owner = binaries.as_user()
        postgres = _postgres(folder, addon)
        program = postgres.folder
        has_tls = not (key and addon.tls_port) or binaries.has_tls(postgres)
    found = recipe(addon, service, program, locale, folder, has_tls, called)
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        for name, text in found.files.items():
            _write(os.path.join(folder, name), text.encode())
        if service.name == POSTGRES:
            _write(os.path.join(folder, AUTHORITY), key)
            forget_stranger(os.path.join(folder, "data"))
    except OSError as error:
        raise CannotPrepare(folder, error.strerror or str(error)) from None
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "LANG": locale,
        "AS": as_user,
        "OWNER": "" if owner is None else str(owner),
        **found.env,
    }
    return found.replace(env=env)


def _postgres(folder: str, addon: Addon) -> binaries.Postgres:
    """The programs that the data, or the version that was asked for, want."""
    try:
        with open(os.path.join(folder, "data", "PG_VERSION"), errors="replace") as file:
            version = file.readline(20).strip()
    except FileNotFoundError:
        return binaries.postgres(int(addon.version or 0))
    except OSError as error:
        raise CannotPrepare(folder, error.strerror or str(error)) from None
    found = list(binaries.every_postgres())
    for one in found:
        if str(one.major) == version:
            return one
    majors = ", ".join(str(one.major) for one in found)
    raise DataOfOtherVersion(addon.name, version if version.isprintable() else "", majors)


def _write(path: str, data: bytes) -> None:
    """For our eyes only, whole or not at all."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(f"{path}.new", flags, 0o600), "wb") as file:
        file.write(data)
    os.rename(f"{path}.new", path)


def forget_stranger(data: str) -> None:
    """A lock of a killed Postgres does not hold because its number is another process's now.

    Postgres itself only looks whether there is a process of that number, as after every restart of
    the machine there well may be.
    """
    lock = os.path.join(data, "postmaster.pid")
    try:
        with open(lock) as file:
            pid, written_at = int(file.readline()), os.fstat(file.fileno()).st_mtime
    except (OSError, ValueError):
        return
    if _started_at(pid) > written_at + 1:
        os.unlink(lock)


def _started_at(pid: int) -> float:
    """When the process of that number started; 0 if there is none, of which Postgres knows."""
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def last_words(folder: str) -> str:
    """The last line that a server wrote to a file of its own instead of the log."""
    try:
        with open(os.path.join(folder, "server.log"), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LAST_WORDS))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")

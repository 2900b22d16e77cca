"""What hk-local keeps for its user, not for an app: files of a folder that nobody else reads."""

from __future__ import annotations

import errno
import os
import sys

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class FolderUnusable(UserError):
    """{path}: {reason}. hk-local keeps a certificate there and needs to write to it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class NotOurs(UserError):
    """{path} belongs to another user or is a link; hk-local does not trust it. Remove it."""

    def __init__(self, path: str) -> None:
        super().__init__(path=path)


def place(env: Mapping[str, str], platform: str = sys.platform) -> str:
    """Where the platform has a program's own data.

    Source: XDG Base Directory Specification; Apple, File System Programming Guide.
    """
    home = env.get("HOME") or os.path.expanduser("~")
    if platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "hk-local")
    data = env.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):
        data = os.path.join(home, ".local", "share")
    return os.path.join(data, "hk-local")


def folder() -> str:
    """The folder's path; it exists and is ours alone. Who has no home that can be written, as in a
    container, has one beside other temporary files."""
    try:
        return _made(place(os.environ))
    except FolderUnusable:
        temporary = os.environ.get("TMPDIR") or "/tmp"
        return _made(os.path.join(temporary, f"hk-local-{os.geteuid()}"))


def _made(path: str) -> str:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            status = os.lstat(path)
            if status.st_uid != os.geteuid() or os.path.islink(path):
                raise NotOurs(path) from None
            if status.st_mode & 0o077:
                os.chmod(path, 0o700)
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise FolderUnusable(path, error.strerror or str(error)) from None
    return path


def write(path: str, data: bytes) -> None:
    """The file has these bytes, for our eyes only; who opens it never sees a part of them."""
    new = f"{path}.{os.getpid()}"
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(fd, "wb") as file:
        file.write(data)
    os.rename(new, path)


def read(path: str) -> bytes:
    """What is in the file; nothing if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""

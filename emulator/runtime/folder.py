"""An app's state folder, `.hk-local`: where it is, who may have it, and its lock."""

from __future__ import annotations

import fcntl
import os

from emulator.errors import UserError

NAME = ".hk-local"
"""Ignored by git through a file of its own, readable by its owner only."""

IGNORE_ALL = b"*\n"
"""Git's word for that."""

LONGEST = 504
"""Bytes. Source: sqlite, os_unix.c: 512 with what it appends to the path of a database."""
TOO_LONG = f"the path of state.db in it is longer than the {LONGEST} bytes that SQLite takes"

COPIES = "dynos"
"""In it: the dynos' own copies of the app."""
SLUGS = "slugs"
SPARES = "spares"
"""Where copies of a slug wait for the next launch."""

PATIENCE = 200
"""Hundredths of a second."""


class AlreadyRunning(UserError):
    """{path}: hk-local already runs here (pid {pid}). Use `hk-local stop` to stop it, or
    `hk-local logs --tail` to watch it."""

    def __init__(self, path: str, pid: str) -> None:
        super().__init__(path=path, pid=pid or "unknown")


class FolderUnusable(UserError):
    """{path}: {reason}. hk-local keeps its state there and needs to write to it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class NotOurs(UserError):
    """{path} belongs to another user or is a link; hk-local does not trust it. Remove it."""

    def __init__(self, path: str) -> None:
        super().__init__(path=path)


def is_signed(app_dir: str) -> bool:
    """An emulator runs there, or was killed there."""
    try:
        return os.stat(os.path.join(app_dir, NAME, "lock")).st_size > 0
    except OSError:
        return False


class Folder:
    """The state folder of the app in `app_dir`; it exists and is ours alone."""

    def __init__(self, app_dir: str) -> None:
        self.app_dir = app_dir
        self.path = os.path.join(app_dir, NAME)
        self.was_killed = False
        """The emulator that had the lock last did not stop in an orderly way."""
        self.is_doomed = False
        """The app was destroyed: nothing of the folder is left once it is unlocked."""
        self._lock = -1
        if len(os.fsencode(self.file("state.db"))) > LONGEST:
            raise FolderUnusable(self.path, TOO_LONG)
        try:
            self._make()
        except OSError as error:
            raise FolderUnusable(self.path, error.strerror or str(error)) from None

    def _make(self) -> None:
        try:
            os.mkdir(self.path, 0o700)
        except FileExistsError:
            status = os.lstat(self.path)
            if status.st_uid != os.getuid() or os.path.islink(self.path):
                raise NotOurs(self.path) from None
            if status.st_mode & 0o077:
                os.chmod(self.path, 0o700)
        self._hide()

    def _hide(self) -> None:
        """Git ignores the folder, whatever became of an earlier start that was to see to that."""
        ignore = self.file(".gitignore")
        new = f"{ignore}.{os.getpid()}"
        try:
            with open(ignore, "rb") as file:
                if file.read() == IGNORE_ALL:
                    return
        except FileNotFoundError:
            pass
        try:
            with open(new, "wb") as file:
                file.write(IGNORE_ALL)
            os.rename(new, ignore)
        except OSError:
            if os.path.exists(new):
                os.unlink(new)
            raise

    def file(self, name: str) -> str:
        return os.path.join(self.path, name)

    def put_aside(self, name: str) -> None:
        """There is nothing of that name; what there was is one of `old`, to be removed."""
        number = 1
        while os.path.exists(self.file(name)):
            try:
                os.rename(self.file(name), self.file(f"{name}.old-{number}"))
            except OSError:  # there is such a folder with something in it
                number += 1

    def old(self, name: str) -> list[str]:
        """The paths of what was put aside."""
        found = [one for one in os.listdir(self.path) if one.startswith(f"{name}.old-")]
        return [self.file(one) for one in found]

    def lock(self) -> None:
        """We are the one emulator of this app; AlreadyRunning (with its pid) if there is another.

        The file stays the same for ever: a lock on a file that was deleted would lock nothing.
        """
        fd = self._take()
        self.was_killed = bool(os.read(fd, 32).strip())
        self._lock = fd
        self.sign()

    def look(self) -> None:
        """AlreadyRunning if there is an emulator of this app; nothing has changed."""
        os.close(self._take())

    def _take(self) -> int:
        """Who has the lock and no name there is about to end or has just begun: we see which."""
        import select

        path = self.file("lock")
        patience = PATIENCE
        while True:
            try:
                fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise FolderUnusable(path, error.strerror or str(error)) from None
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = os.read(fd, 32).decode(errors="replace").strip()
                os.close(fd)
                if pid or not patience:
                    raise AlreadyRunning(self.app_dir, pid) from None
                patience -= 1
                select.select([], [], [], 0.01)
                continue
            if os.path.exists(path) and os.stat(path).st_ino == os.fstat(fd).st_ino:
                return fd
            os.close(fd)

    def sign(self) -> None:
        """The lock file names this process, until `unlock`."""
        name = f"{os.getpid()}\n".encode()
        try:
            os.pwrite(self._lock, name, 0)
            os.ftruncate(self._lock, len(name))
        except OSError as error:
            raise FolderUnusable(self.file("lock"), error.strerror or str(error)) from None

    @property
    def is_deleted(self) -> bool:
        """Somebody deleted the folder, or the lock in it: nobody can find us any more."""
        return os.fstat(self._lock).st_nlink == 0

    def unlock(self) -> None:
        """The next emulator may come, and knows that we stopped in an orderly way."""
        if self.is_doomed:
            from emulator.dyno.warden.copying import discard

            discard(self.path)
        os.ftruncate(self._lock, 0)
        os.close(self._lock)

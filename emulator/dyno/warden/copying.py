"""A launch's own copy of its app: made before it starts, and gone, with what it wrote, at its end.

Every file is a clone where the file system has them, else a copy; never a hard link, through which
a dyno would write into the original. Imported by a shim only when there is something to copy.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import time

from .wire import LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

FICLONE = 0x40049409
"""Of Linux (linux/fs.h): the file shares the other's blocks until one of the two is written to."""

NOT_COPIED = (".git", ".hk-local")
"""At the top of an app's folder: what no dyno is given."""

LINKED = ("node_modules", ".venv", "venv")
"""Installed dependencies, which no app writes to: a link to the original does."""

MOST_FILES = 200_000
MOST_NAMED = 5
CHUNK = 1 << 30
LONG = 1.0
"""Seconds of copying that are worth a word."""

NO_LOSS = (".pyc", ".pid", ".sock")
NO_LOSS_IN = ("__pycache__", "tmp", "node_modules")
"""What a program writes for itself and makes again without a word."""


class Copy:
    """`target` does not exist yet, or is a spare of that source, which has everything but what is
    missing. `is_whole`: the source is a slug, of which all is copied.

    `look` is called at every folder, and may raise to end it.
    """

    __slots__ = ("clones", "files", "folders", "is_whole", "look", "since", "source", "target")

    def __init__(
        self,
        source: str,
        target: str,
        is_whole: bool = True,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self.source = source
        self.target = target
        self.is_whole = is_whole
        self.look = look
        self.clones = True
        self.files = 0
        self.folders: set[int] = set()
        """Hashes of those of a slug: the names of thousands would be megabytes for each dyno."""
        self.since = 0
        """When it was complete; 0 until then."""

    def make(self) -> None:
        """The copy is there. Raises OSError; then a part of it may be."""
        os.makedirs(os.path.dirname(self.target), 0o700, exist_ok=True)
        is_spare = os.path.isdir(self.target)
        left_out = () if self.is_whole else NOT_COPIED
        self._folder(self.source, self.target, "", is_spare, left_out)

    def _folder(
        self, source: str, target: str, within: str, is_there: bool, left_out: Collection[str] = ()
    ) -> None:
        self.look()
        if not is_there:
            os.mkdir(target, 0o755)
        there = set(os.listdir(target)) if is_there else left_out
        if self.is_whole:
            self.folders.add(identity(within, target))
        with os.scandir(source) as entries:
            for entry in entries:
                if entry.name not in left_out:
                    name = entry.name
                    self._entry(entry, f"{target}/{name}", f"{within}{name}/", name in there)

    def _entry(self, entry: os.DirEntry[str], target: str, within: str, is_there: bool) -> None:
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), target)
        elif entry.is_dir():
            if entry.name in LINKED and not self.is_whole:
                os.symlink(entry.path, target)
            else:
                self._folder(entry.path, target, within, is_there)
        elif entry.is_file():
            self.files += 1
            if self.files > MOST_FILES:
                raise OSError(0, f"more than {MOST_FILES} files; too many for a dyno's own copy")
            if not is_there:
                self.clones = copy_file(entry.path, target, self.clones)


def identity(within: str, path: str) -> int:
    """The same for the same folder with the same mode at the same place in the copy."""
    found = os.lstat(path)
    return hash((within, found.st_ino, found.st_mode))


def copy_file(source: str, target: str, clones: bool) -> bool:
    """The file is there with its mode and time; whether the next one is worth cloning.

    Raises OSError.
    """
    if clones and sys.platform == "darwin":
        if _clonefile(source, target):
            return True
        clones = False
    reader = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = os.fstat(reader)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        writer = os.open(target, flags, found.st_mode & 0o777)
        try:
            clones = clones and _clone(reader, writer)
            if not clones:
                _copy(reader, writer)
            os.utime(writer, ns=(found.st_atime_ns, found.st_mtime_ns))
        finally:
            os.close(writer)
    finally:
        os.close(reader)
    return clones


def _clone(reader: int, writer: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        fcntl.ioctl(writer, FICLONE, reader)
    except OSError:
        return False
    return True


def _clonefile(source: str, target: str) -> bool:
    """Of macOS, with mode and time. Source: clonefile(2)."""
    import ctypes

    clone = ctypes.CDLL(None).clonefile
    return bool(clone(os.fsencode(source), os.fsencode(target), 0) == 0)


def _copy(reader: int, writer: int) -> None:
    if hasattr(os, "copy_file_range"):
        try:
            while os.copy_file_range(reader, writer, CHUNK):
                pass
            return
        except OSError:  # not between these two file systems; what is written so far stays
            pass
    while data := os.read(reader, 1 << 20):
        while data:
            data = data[os.write(writer, data) :]


def settle(source: str, place: str, is_whole: bool, told: int) -> Copy:
    """The copy, which is there and the working directory. That it took long was told. Raises
    OSError, also where the shim hears anything meanwhile: it is to end."""
    poll = select.poll()
    poll.register(LINK, select.POLLIN)

    def look() -> None:
        if poll.poll(0):
            raise InterruptedError(0, "told to stop while its files were being copied")

    begun = time.monotonic()
    copy = Copy(source, f"{place}/app", is_whole, look)
    os.makedirs(place, 0o700, exist_ok=True)
    if is_whole:
        from .spare import claim

        claim(source, place)
    copy.make()
    seconds = time.monotonic() - begun
    if seconds > LONG:
        how = "cloned" if copy.clones else "copied, for this file system has no clones,"
        os.write(told, f"hk-local: {copy.files} files {how} in {seconds:.1f} s\n".encode())
    os.chdir(f"{place}/app")
    copy.since = stamp(place)
    return copy


def stamp(folder: str) -> int:
    """Now, by the file system's own clock, in nanoseconds."""
    path = f"{folder}/copied"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    found = os.stat(path).st_ctime_ns
    os.unlink(path)
    return found


class Removal:
    """Removes a tree and notes what was written in it after the `since` of `stamp`."""

    def __init__(self, since: int) -> None:
        self.since = since
        self.lost: list[str] = []
        self.count = 0

    def remove(self, path: str, within: str = "") -> None:
        """It is gone, but not what it leads to where somebody has put a link in its place.

        Raises OSError.
        """
        if os.path.islink(path):
            return os.unlink(path)
        try:
            names = os.listdir(path)
        except PermissionError:
            os.chmod(path, 0o700)
            names = os.listdir(path)
        if names:
            os.chmod(path, 0o700)
        for name in names:
            self.remove_file(f"{path}/{name}", f"{within}{name}")
        return os.rmdir(path)

    def remove_file(self, path: str, name: str) -> None:
        """The same of a file, or whatever it is; its name was noted."""
        found = os.lstat(path)
        if found.st_mode & 0o170000 == 0o040000:
            return self.remove(path, f"{name}/")
        if found.st_ctime_ns > self.since and not _is_no_loss(name):
            self.count += 1
            if len(self.lost) < MOST_NAMED:
                self.lost.append(name)
        return os.unlink(path)


def discard(path: str) -> None:
    """The tree is gone, with folders in it that nobody was to write to, if that can be."""
    try:
        Removal(0).remove(path)
    except (OSError, RecursionError):
        pass


def _is_no_loss(name: str) -> bool:
    """Nobody would miss it; what begins with a dot at the top is a program's, in its $HOME."""
    parts = name.split("/")
    is_own = any(part in NO_LOSS_IN for part in parts[:-1])
    return name.startswith(".") or is_own or name.endswith(NO_LOSS)


def leave(place: str, copy: Copy | None) -> None:
    """The copy in that place, if it was completed, is gone, but for what may be a spare. If files
    are lost with it, the file `lost` there names some, one a line, after their number; else the
    place is gone too.

    What cannot be removed the next start removes.
    """
    removal = Removal(copy.since if copy else 0)
    try:
        os.chdir("/")
        if copy:
            from .spare import keep

            keep(copy, place, removal)
        if os.path.lexists(f"{place}/app"):
            removal.remove(f"{place}/app")
        if copy and removal.lost:
            with open(f"{place}/lost", "w", errors="replace") as file:
                file.write("\n".join((str(removal.count), *removal.lost)))
        else:
            os.rmdir(place)
    except (OSError, RecursionError):
        pass

"""Copies of a slug whose launch has ended, kept for the next launch of that slug.

To make thousands of files, and to remove them, costs a file system much more than to look at them
(on ext4, which does not use an inode again for minutes, many times more). So what a launch has not
touched is as good for the next one; all that it may have touched is gone with it, as ever.

A file was not touched if it is in a folder of which that can be said, has the original's size and
time of change, and its status (ctime, which nobody can set) last changed before the launch began.
A folder is the one that was made if it has the same inode: then nobody has put another there.
(That tmpfs tells nothing of writes through a shared map is the one gap known.)
"""

from __future__ import annotations

import os
import sys

from .copying import Copy, Removal, identity

MOST = 10
"""So many are kept for an app."""
FOLDER = "spares"


def claim(source: str, place: str) -> bool:
    """There is `place`/app, a spare of the slug `source`, if there was one."""
    spares = _spares(place)
    try:
        names = os.listdir(spares)
    except FileNotFoundError:
        return False
    slug = os.path.basename(source)
    fitting = [name for name in names if name.startswith(f"{slug}.")]
    return any(_moved(f"{spares}/{name}", f"{place}/app") for name in fitting)


def keep(copy: Copy, place: str, removal: Removal) -> None:
    """What was not touched of the copy is a spare now, if there is room for it."""
    if not copy.is_whole or sys.platform != "linux":
        return  # not every file system of macOS tells all changes
    spares = _spares(place)
    try:
        if _has_room(spares):
            _prune(copy, removal, copy.target, "")
            os.rename(copy.target, f"{spares}/{os.path.basename(copy.source)}.{os.getpid()}")
    except OSError:
        pass  # whoever called us removes what is there


def _has_room(spares: str) -> bool:
    """It is a folder with room for one more; not in a state folder that somebody has deleted."""
    try:
        os.mkdir(spares, 0o700)
    except FileExistsError:
        pass
    return len(os.listdir(spares)) < MOST


def _spares(place: str) -> str:
    return os.path.join(os.path.dirname(os.path.dirname(place)), FOLDER)


def _moved(path: str, target: str) -> bool:
    """Another launch may have been faster."""
    try:
        os.rename(path, target)
    except OSError:
        return False
    return True


def _prune(copy: Copy, removal: Removal, path: str, within: str) -> None:
    """Of the folder only that is left which nobody has touched."""
    if identity(within, path) not in copy.folders:
        return removal.remove(path, within)
    with os.scandir(path) as entries:
        for entry in entries:
            name = f"{within}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                _prune(copy, removal, entry.path, f"{name}/")
            elif not _is_untouched(entry, f"{copy.source}/{name}", copy.since):
                removal.remove_file(entry.path, name)
    return None


def _is_untouched(entry: os.DirEntry[str], source: str, since: int) -> bool:
    """Links are made anew: they have no time of change to compare."""
    found = entry.stat(follow_symlinks=False)
    if not entry.is_file(follow_symlinks=False) or found.st_ctime_ns >= since:
        return False
    try:
        original = os.lstat(source)
    except OSError:
        return False
    same = (original.st_size, original.st_mtime_ns)
    return (found.st_size, found.st_mtime_ns) == same and found.st_nlink == 1

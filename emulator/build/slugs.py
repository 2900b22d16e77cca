"""The slugs of an app on disk: sealed, told apart by their contents, and cleared away."""

from __future__ import annotations

import hashlib
import os
from json import dumps, loads

from emulator.dyno.warden.copying import Removal, discard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

DIGITS = 16
"""Hex digits of a slug's name."""
SHARED = 4096
"""Smaller files than this are not worth a link to the same file of the last slug."""

Files = dict[str, list[str]]
"""By path: kind and mode, and the digest of the contents."""


def seal(tree: str, slugs: str, last: str, shared: Collection[str] = ()) -> tuple[str, int, int]:
    """The tree is a slug: its name, how many files it has and how many bytes.

    Where there is such a slug already the tree is gone. Files that are as they were in the `last`
    slug share its space; the `shared` ones do so already.
    """
    before = _listed(slugs, last) if last else {}
    files, size = _files(tree, {path: before[path] for path in shared if path in before})
    text = dumps(files, sort_keys=True, separators=(",", ":"))
    name = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
    target = os.path.join(slugs, name)
    if os.path.isdir(target):
        Removal(0).remove(tree)
        return name, len(files), size
    rest = {path: file for path, file in files.items() if path not in shared}
    _share(tree, os.path.join(slugs, last), rest, before)
    with open(f"{target}.json.new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(f"{target}.json.new", f"{target}.json")
    os.rename(tree, target)
    return name, len(files), size


def _files(tree: str, known: Files) -> tuple[Files, int]:
    files: Files = {}
    size = 0
    for entry, path in _entries(tree, ""):
        if entry.is_symlink():
            files[path] = ["link", os.readlink(entry.path)]
            continue
        found = entry.stat(follow_symlinks=False)
        size += found.st_size
        if path in known:
            files[path] = known[path]
            continue
        with open(entry.path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        files[path] = [f"{found.st_mode & 0o111:o}", digest]
    return files, size


def _entries(folder: str, within: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Every file and link, in the order of their names; what is neither is no part of a slug."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = f"{within}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, f"{path}/")
        elif entry.is_symlink() or entry.is_file():
            yield entry, path


def _listed(slugs: str, name: str) -> Files:
    try:
        with open(os.path.join(slugs, f"{name}.json"), encoding="ascii") as file:
            found: Files = loads(file.read())
    except (OSError, ValueError):
        return {}
    return found


def _share(tree: str, last: str, files: Files, before: Files) -> None:
    """No slug is ever written to, so two of them can have a file in common: a hard link.

    A dyno's copy is never one.
    """
    for path, file in files.items():
        if file[0] == "link" or before.get(path) != file:
            continue
        try:
            ours, theirs = os.path.join(tree, path), os.path.join(last, path)
            if os.lstat(ours).st_size >= SHARED:
                os.link(theirs, f"{ours}.hk-local")
                os.replace(f"{ours}.hk-local", ours)
        except OSError:
            return  # the file system has no links, or too many of this file


def note_sizes(slugs: str, slug: str, size: int, repository: str) -> None:
    """How many bytes the slug has, and that repository by now, can be looked up."""
    with open(os.path.join(slugs, f"{slug}.sizes"), "w", encoding="ascii") as file:
        file.write(dumps([size, _size(repository)]))


def _size(folder: str) -> int:
    """Of all files in it; 0 if there is none."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except FileNotFoundError:
                continue  # a git that runs has removed it
    return total


def sizes(slugs: str, slug: str) -> tuple[int, int]:
    """What was noted; 0 and 0 if nothing was."""
    try:
        with open(os.path.join(slugs, f"{slug}.sizes"), encoding="ascii") as file:
            size, repository = loads(file.read())
    except (OSError, ValueError):
        return 0, 0
    return int(size), int(repository)


def prune(slugs: str, kept: Iterable[str]) -> None:
    """Only those are left, and nothing of builds that did not end."""
    wanted = {f"{slug}{suffix}" for slug in kept for suffix in ("", ".json", ".blobs", ".sizes")}
    for name in os.listdir(slugs):
        if name in wanted:
            continue
        path = os.path.join(slugs, name)
        if os.path.isdir(path) and not os.path.islink(path):
            discard(path)
        else:
            os.unlink(path)

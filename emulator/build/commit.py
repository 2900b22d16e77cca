"""The files of a commit, laid out in a folder; those of the last slug are not made once more."""

from __future__ import annotations

import os
import subprocess
from json import dumps, loads

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

SCRIPTS = ("bin/build", "bin")
"""What a commit has that has a bin/build: that, or a link to the folder that it is in."""
ATTRIBUTES = ".gitattributes"
"""Says how git writes other files."""

MODULE = "160000 "
"""What is a submodule's commit. Source: gitsubmodules(7)."""
OWN = ("GIT_DIR", "GIT_INDEX", "GIT_OBJECT", "GIT_ALTERNATE", "GIT_QUARANTINE")
"""Variables that are about one repository."""

UNWRITTEN = "unable to write"
"""Source: git, entry.c."""
LITTLE = 1024 * 1024
"""So many bytes are no room for a file."""

Blobs = dict[str, str]
"""By path: mode and name of what the commit has there."""


class NoCommit(UserError):
    """commit {commit} cannot be read: {reason}"""

    def __init__(self, commit: str, reason: str) -> None:
        super().__init__(commit=commit, reason=reason)


class NotWritten(UserError):
    """the files of commit {commit} cannot be written: {reason}"""

    def __init__(self, commit: str, reason: str) -> None:
        super().__init__(commit=commit, reason=reason)


class Commit:
    """A commit of the repository `git_dir`; `env` is git's. Commits of its submodules are looked
    for where those are checked out in `folder`: nothing is fetched."""

    def __init__(self, git_dir: str, name: str, env: Mapping[str, str], folder: str) -> None:
        self.name = name
        self.env = {**env, "GIT_DIR": git_dir}
        self.folder = folder
        self.missing: list[str] = []
        """Paths of submodules of which nothing was found."""

    def lay_out(self, target: str, slugs: str, last: str) -> tuple[Blobs, set[str]]:
        """The folder has the files of the commit; what is in it, and which of the files it has in
        common with the last slug. Raises NoCommit."""
        os.makedirs(target)
        blobs = self._blobs(target)
        shared = _link(target, os.path.join(slugs, last), _unchanged(blobs, slugs, last))
        self._check_out(target, blobs, shared)
        return blobs, shared

    def _check_out(self, target: str, blobs: Blobs, but: Collection[str] = ()) -> None:
        """The folder has those files but these, and those of submodules."""
        self.env["GIT_INDEX_FILE"] = f"{target}.index"
        modules = {path: blob for path, blob in blobs.items() if blob.startswith(MODULE)}
        try:
            self._git(target, "read-tree", self.name)
            rest = "".join(f"{path}\0" for path in blobs if path not in {*but, *modules})
            how = ("-c", "core.autocrlf=false", f"--work-tree={target}")
            self._git(target, *how, "checkout-index", "-z", "--stdin", given=os.fsencode(rest))
        finally:
            if os.path.exists(f"{target}.index"):
                os.unlink(f"{target}.index")
        for path, blob in modules.items():
            self._add_module(os.path.join(target, path), path, blob.removeprefix(MODULE))

    def _add_module(self, target: str, path: str, name: str) -> None:
        """The folder has the files of that commit of the submodule, if it is in the app's folder.

        Departs: Heroku fetches it from where .gitmodules says that it is.
        """
        os.makedirs(target, exist_ok=True)
        place = os.path.join(self.folder, path)
        env = {one: text for one, text in self.env.items() if not one.startswith(OWN)}
        found = Commit(os.path.join(place, ".git"), name, env, place)
        try:
            found._check_out(target, found._blobs(target))
        except NoCommit:
            self.missing.append(path)
        self.missing += [f"{path}/{one}" for one in found.missing]

    def _blobs(self, cwd: str) -> Blobs:
        found: Blobs = {}
        for line in self._git(cwd, "ls-tree", "-r", "-z", "--full-tree", self.name).split(b"\0"):
            what, tab, path = line.partition(b"\t")
            mode, kind, blob = what.decode().split(" ") if tab else ("", "", "")
            if kind in ("blob", "commit"):
                found[os.fsdecode(path)] = f"{mode} {blob}"
        return found

    def _git(self, cwd: str, *words: str, given: bytes = b"") -> bytes:
        try:
            done = subprocess.run(
                ("git", *words), cwd=cwd, env=self.env, input=given, capture_output=True
            )
        except FileNotFoundError:
            raise NoCommit(self.name, "git is not installed") from None
        if done.returncode:
            reason = done.stderr.decode("utf-8", "replace").strip()
            if UNWRITTEN in reason:
                raise NotWritten(self.name, _cause(cwd) or reason)
            raise NoCommit(self.name, reason)
        return done.stdout


def _cause(folder: str) -> str:
    """Why nothing can be written there, if the disk is full: git does not say."""
    disk = os.statvfs(folder)
    return "the disk is full" if disk.f_bavail * disk.f_frsize < LITTLE else ""


def _is_written(blobs: Blobs) -> bool:
    """A build may write to the slug, also where case makes no other name (macOS)."""
    return any(path.lower() in SCRIPTS for path in blobs)


def remember(blobs: Blobs, slugs: str, slug: str) -> None:
    """The next commit may have files in common with this slug, unless a build wrote to it."""
    if not _is_written(blobs):
        with open(os.path.join(slugs, f"{slug}.blobs"), "w", encoding="ascii") as file:
            file.write(dumps(blobs))


def _unchanged(blobs: Blobs, slugs: str, last: str) -> list[str]:
    """Paths of files that the last slug has exactly so; none that a build could write to."""
    if not last or _is_written(blobs):
        return []
    try:
        with open(os.path.join(slugs, f"{last}.blobs"), encoding="ascii") as file:
            before: Blobs = loads(file.read())
    except (OSError, ValueError):
        return []
    same = {path for path, blob in blobs.items() if before.get(path) == blob}
    told = {path for path in (*blobs, *before) if path.rpartition("/")[2] == ATTRIBUTES}
    return [path for path in same if blobs[path].startswith("100")] if told <= same else []


def _link(target: str, last: str, paths: Iterable[str]) -> set[str]:
    """Those of the paths that are in the folder now, being the same files as in the last slug."""
    linked: set[str] = set()
    made = {target}
    for path in paths:
        place = os.path.join(target, path)
        parent = os.path.dirname(place)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        try:
            os.link(os.path.join(last, path), place)
        except OSError:
            continue  # it was ignored there, or the file system has no links
        linked.add(path)
    return linked

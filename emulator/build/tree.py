"""The code in an app's folder, laid out in a folder of its own."""

from __future__ import annotations

import os
import subprocess

from emulator.dyno.warden.copying import copy_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Missing = Callable[[str], object]
    """Told of a submodule whose files are not there."""

STATE = ".hk-local"
ENV = ".env"
"""Where config vars are, of which a slug knows nothing."""

NOT_CODE = (".git", STATE, "node_modules", ".venv", "venv", "__pycache__")
"""Left out where no git says what is code."""


def from_folder(
    folder: str,
    target: str,
    env: Mapping[str, str],
    is_ignored: Callable[[str], bool],
    missing: Missing,
) -> bool:
    """The folder `target` has the code in `folder`: what git tracks and what it does not ignore,
    as it is now, in submodules too; whether git told. Without a repository it is all but what
    never is code.
    """
    os.makedirs(target)
    listed = _listed(folder, env)
    names = _walked(folder) if listed is None else _with_submodules(folder, "", listed, env)
    clones = True
    made = {target}
    for name in names:
        if name == ENV or is_ignored(name):
            continue
        if name.endswith("/"):
            missing(name[:-1])
            continue
        path = os.path.join(target, name)
        parent = os.path.dirname(path)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        clones = _copy(os.path.join(folder, name), path, clones)
    return listed is not None


def _copy(source: str, target: str, clones: bool) -> bool:
    """A file that was deleted, or is none (a socket), is no part of the code."""
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
    elif os.path.isfile(source):
        return copy_file(source, target, clones)
    return clones


def _listed(folder: str, env: Mapping[str, str]) -> list[str] | None:
    """Paths of what is tracked, or untracked and not ignored; None if git cannot tell."""
    words = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        done = subprocess.run(words, cwd=folder, env=env, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    if done.returncode:
        return None
    return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})


def _with_submodules(
    folder: str, within: str, listed: list[str], env: Mapping[str, str]
) -> Iterator[str]:
    """Paths of files, of submodules as well; of one that was not checked out its own, with `/`."""
    for name in listed:
        path = f"{within}{name}"
        place = os.path.join(folder, path)
        if name.endswith("/"):
            continue  # a repository that nobody has added
        if not os.path.isdir(place) or os.path.islink(place):
            yield path
        elif os.path.exists(f"{place}/.git"):
            yield from _with_submodules(folder, f"{path}/", _listed(place, env) or [], env)
        elif not os.listdir(place):
            yield f"{path}/"


def _walked(folder: str, within: str = "") -> Iterator[str]:
    for entry in sorted(os.scandir(os.path.join(folder, within)), key=lambda entry: entry.name):
        if entry.name in NOT_CODE:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walked(folder, f"{within}{entry.name}/")
        else:
            yield f"{within}{entry.name}"

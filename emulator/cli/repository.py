"""The repository to which `git push hk-local main` goes: `.hk-local/repo.git`."""

from __future__ import annotations

import os
import subprocess
import sys
from shlex import quote

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "repo.git"
BRANCHES = ("main", "master")
"""The ones that are deployed. Source: Dev Center, git."""
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = "import sys; sys.path[:0] = [{root!r}]; from emulator.cli.push import main; main()"
HOOK = """#!/bin/sh
# Written anew whenever hk-local starts to serve this repository.
exec {python} -I -S -c {source} {app_dir}
"""
SETTINGS = {
    "http.receivepack": "true",
    "receive.autogc": "false",  # it would go on in the background after a push
    "gc.auto": "0",
    "core.logAllRefUpdates": "true",
}


class NoGit(UserError):
    """git cannot make a repository: {reason}"""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


def environment(state_dir: str) -> dict[str, str]:
    """For a git of ours: nothing that the user has set up for their own has a say in it."""
    path = os.environ.get("PATH", os.defpath)
    return {
        "PATH": path,
        "HOME": state_dir,
        "XDG_CONFIG_HOME": state_dir,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LANG": "C.UTF-8",
    }


def prepare(app_dir: str, state_dir: str) -> str:
    """The repository is there, and a push to it deploys; its path. Raises NoGit."""
    path = os.path.join(state_dir, NAME)
    env = environment(state_dir)
    if not os.path.exists(os.path.join(path, "HEAD")):
        _git(("init", "--quiet", "--bare", f"--initial-branch={BRANCHES[0]}", path), env)
    for name, value in SETTINGS.items():
        _git(("-C", path, "config", name, value), env)
    hooks = os.path.join(path, "hooks")
    _git(("-C", path, "config", "core.hooksPath", hooks), env)
    os.makedirs(hooks, exist_ok=True)
    source = SOURCE.format(root=ROOT)
    text = HOOK.format(python=quote(sys.executable), source=quote(source), app_dir=quote(app_dir))
    hook = os.path.join(hooks, "pre-receive")
    fd = os.open(f"{hook}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o700)
    with open(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    os.rename(f"{hook}.new", hook)
    return path


def _git(words: tuple[str, ...], env: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(("git", *words), env=env, capture_output=True, check=False)
    except FileNotFoundError:
        raise NoGit("git is not installed") from None
    if done.returncode:
        raise NoGit(done.stderr.decode("utf-8", "replace").strip())

"""Which commit is checked out in the app's folder, read as git keeps it, without running git."""

from __future__ import annotations

import os

HEX = frozenset(b"0123456789abcdef")
LENGTHS = (40, 64)
"""Of a commit's name in SHA-1 and in SHA-256. Source: git, Documentation/gitrepository-layout."""
MOST_BYTES = 16 * 1024 * 1024


def revision(dir: str) -> str:
    """The commit's name; "" where there is none, or none that can be read."""
    try:
        git = _repository(dir)
        return _commit(git) if git else ""
    except (OSError, ValueError):
        return ""


def _repository(dir: str) -> str:
    """The repository that the folder is in; "" if it is in none."""
    at = os.path.abspath(dir)
    while not os.path.exists(git := os.path.join(at, ".git")):
        if at == os.path.dirname(at):
            return ""
        at = os.path.dirname(at)
    if os.path.isdir(git):
        return git
    return os.path.join(at, os.fsdecode(_line(git).removeprefix(b"gitdir: ")))


def _commit(git: str) -> str:
    head = _line(os.path.join(git, "HEAD"))
    if not head.startswith(b"ref: "):
        return _named(head)
    common, name = git, head[5:]
    if os.path.exists(link := os.path.join(git, "commondir")):  # of a worktree
        common = os.path.join(git, os.fsdecode(_line(link)))
    for place in (git, common):
        if os.path.exists(loose := os.path.join(place, os.fsdecode(name))):
            return _named(_line(loose))
    for line in _read(os.path.join(common, "packed-refs")).split(b"\n"):
        commit, _, packed = line.partition(b" ")
        if packed == name:
            return _named(commit)
    return ""


def _named(commit: bytes) -> str:
    return commit.decode() if len(commit) in LENGTHS and HEX.issuperset(commit) else ""


def _line(path: str) -> bytes:
    return _read(path).strip()


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MOST_BYTES)

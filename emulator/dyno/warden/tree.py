"""Who descends from a process: the way to signal every process of a dyno."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PR_SET_CHILD_SUBREAPER = 36
"""Source: prctl(2), linux/prctl.h."""


def _find_prctl() -> Callable[..., object] | None:
    if sys.platform != "linux":
        return None
    import ctypes

    return ctypes.CDLL(None).prctl


_prctl = _find_prctl()


def become_subreaper() -> None:
    """Orphans among our descendants become our children (Linux; elsewhere there is no such thing).

    So a daemon that forked twice is still found in our tree. On macOS it is found only as long as
    its ancestry or its process group tells.
    """
    if _prctl:
        _prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root: int) -> list[int]:
    """The pids of all living descendants of `root`, parents before children."""
    if sys.platform == "linux":
        return from_proc(root)
    return from_rows(root, _ps_rows())


def from_proc(root: int) -> list[int]:
    """Read along the tree: a scan of all of /proc misses a process that forks away all the time."""
    found: list[int] = []
    todo = [root]
    while todo:
        children = _children(todo.pop())
        found += children
        todo += children
    return found


def _children(pid: int) -> list[int]:
    children: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", "rb") as file:
                children += map(int, file.read().split())
    except (FileNotFoundError, ProcessLookupError):
        pass
    return children


def from_rows(root: int, rows: Iterable[tuple[int, int, int]]) -> list[int]:
    """The same from (pid, parent, process group): by ancestry, and by a descendant's group."""
    rows = list(rows)
    found: list[int] = []
    groups: set[int] = set()
    before = -1
    while before != len(found):
        before = len(found)
        for pid, parent, group in rows:
            if pid not in found and pid != root and (parent in (root, *found) or group in groups):
                found.append(pid)
                groups.add(group)
    return found


def _ps_rows() -> list[tuple[int, int, int]]:
    """`ps`, started without subprocess (15 ms to import), as there is no /proc on macOS."""
    reader, writer = os.pipe()
    argv = ["ps", "-A", "-o", "pid=,ppid=,pgid="]
    ps = os.posix_spawn("/bin/ps", argv, {}, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)])
    os.close(writer)
    with open(reader) as out:
        rows = [line.split() for line in out.read().splitlines()]
    os.waitpid(ps, 0)
    return [(int(a), int(b), int(c)) for a, b, c in rows if int(a) != ps]

"""Who descends from a process: the way to signal every process of a dyno."""

from __future__ import annotations

import os
import sys
from os import O_RDONLY, close, listdir, open, read

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


CHILDREN_FILE = os.path.exists(f"/proc/self/task/{os.getpid()}/children")
"""Linux says whose children are whose; macOS, and a Linux built without it, do not."""


def descendants(root: int, group: int = 0) -> list[int]:
    """The pids of all living descendants of `root`, parents before children.

    Where orphans do not come back to us, those that stayed in that process group are found by it.
    """
    if CHILDREN_FILE:
        return from_proc(root)
    return from_rows(root, _ps_rows(), group)


def from_proc(root: int) -> list[int]:
    """Read along the tree: a scan of all of /proc misses a process that forks away all the time."""
    found: list[int] = []
    todo = [root]
    while todo:
        pids = children(todo.pop())
        found += pids
        todo += pids
    return found


def children(pid: int) -> list[int]:
    """The pids of its children, dead or alive, as far as the kernel tells."""
    pids: list[int] = []
    try:
        for task in listdir(f"/proc/{pid}/task"):
            pids += map(int, _read(f"/proc/{pid}/task/{task}/children").split())
    except OSError:
        pass  # it has gone, or (hidepid) its children are not for us to see
    return pids


def _read(path: str) -> bytes:
    fd = open(path, O_RDONLY)
    try:
        data = b""
        while part := read(fd, 65536):
            data += part
        return data
    finally:
        close(fd)


def from_rows(root: int, rows: Iterable[tuple[int, int, int]], group: int = 0) -> list[int]:
    """The same from (pid, parent, process group): by ancestry, by that group, and by the group of
    a descendant, unless it is still the one that `root` is in."""
    rows = list(rows)
    strange = {0, *(its_group for pid, _, its_group in rows if pid == root)}
    groups = {group} - strange
    known = {root}
    found: list[int] = []
    while new := [row for row in rows if row[0] not in known and _is_one(row, known, groups)]:
        found += (pid for pid, _, _ in new)
        known.update(pid for pid, _, _ in new)
        groups |= {its_group for _, _, its_group in new} - strange
    return found


def _is_one(row: tuple[int, int, int], known: set[int], groups: set[int]) -> bool:
    _, parent, group = row
    return parent in known or group in groups


def _ps_rows() -> list[tuple[int, int, int]]:
    """`ps`, started without subprocess (15 ms to import), as there is no /proc on macOS.

    Zombies are left out: an orphan's is init's to bury, and who waits for it waits for init.
    """
    reader, writer = os.pipe()
    argv = ["ps", "-A", "-o", "pid=,ppid=,pgid=,stat="]
    ps = os.posix_spawn("/bin/ps", argv, {}, file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1)])
    os.close(writer)
    with os.fdopen(reader) as out:
        rows = [line.split() for line in out.read().splitlines()]
    os.waitpid(ps, 0)
    return [
        (int(pid), int(parent), int(group))
        for pid, parent, group, state, *_ in rows
        if int(pid) != ps and not state.startswith("Z")
    ]

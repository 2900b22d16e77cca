"""Who descends from whom, read from the kernel or from rows of ps."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as some

from emulator.dyno.warden import tree

INIT, WARDEN, SHIM, SIBLING = 1, 10, 20, 30
"""Each a process; warden and shims are of one process group, as they are in one session."""

OURS = [(INIT, 0, INIT), (WARDEN, INIT, WARDEN), (SHIM, WARDEN, WARDEN), (SIBLING, WARDEN, WARDEN)]


def found(*rows: tuple[int, int, int], group: int = 0) -> set[int]:
    return set(tree.from_rows(SHIM, [*OURS, *rows], group))


def test_by_ancestry() -> None:
    assert found((21, SHIM, 21), (22, 21, 21), (31, SIBLING, 31)) == {21, 22}


def test_a_session_of_its_own_does_not_hide_a_child() -> None:
    assert found((21, SHIM, 21), (22, 21, 22), (23, 22, 22)) == {21, 22, 23}


def test_an_orphan_is_found_by_the_group_of_a_descendant() -> None:
    assert found((21, SHIM, 21), (22, INIT, 21), (23, 22, 23)) == {21, 22, 23}


def test_an_orphan_is_found_by_the_group_of_a_main_process_that_has_ended() -> None:
    assert found((22, INIT, 21), (23, 22, 23)) == set()
    assert found((22, INIT, 21), (23, 22, 23), group=21) == {22, 23}


def test_a_child_that_is_still_in_our_own_group_leads_to_nobody_else() -> None:
    """Between fork and setsid; else warden and siblings would be taken for its family."""
    assert found((21, SHIM, WARDEN)) == {21}


def test_our_own_group_is_never_a_dyno_s() -> None:
    assert found((21, SHIM, 21), group=WARDEN) == {21}


def test_kernel_threads_of_group_0_are_no_family() -> None:
    assert found((2, 0, 0), (3, 2, 0), (21, SHIM, 21), (22, 21, 0)) == {21, 22}


def test_parents_come_before_children() -> None:
    rows = [(24, 23, 24), (23, 22, 23), (22, 21, 22), (21, SHIM, 21)]
    assert tree.from_rows(SHIM, rows) == [21, 22, 23, 24]


@given(some.integers(0, 2**32), some.integers(2, 40))
def test_every_descendant_and_nobody_else(seed: int, number: int) -> None:
    """A random forest in which each process is a group of its own, in any order."""
    chance = random.Random(seed)
    parents = {1: 0}
    for pid in range(2, number):
        parents[pid] = chance.randrange(1, pid)
    rows = [(pid, parent, 1000 + pid) for pid, parent in parents.items()]
    chance.shuffle(rows)
    root = chance.randrange(1, number)

    def descends(pid: int) -> bool:
        return pid in parents and (parents[pid] == root or descends(parents[pid]))

    assert set(tree.from_rows(root, rows)) == {pid for pid in parents if descends(pid)}


# Of living processes.


@contextmanager
def family() -> Iterator[list[int]]:
    """A child, its child and its grandchild, all waiting; their pids."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        for generation in range(2):
            if generation == 1:
                os.setsid()
            if os.fork():
                break
        os.write(writer, b"%d\n" % os.getpid())
        while True:
            signal.pause()
    pids: list[int] = []
    while len(pids) < 3:
        pids += map(int, os.read(reader, 100).split())
    yield pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)


@pytest.mark.real
def test_the_kernel_and_ps_tell_the_same() -> None:
    with family() as pids:
        assert set(tree.from_proc(os.getpid())) == set(pids)
        assert set(tree.from_rows(os.getpid(), tree._ps_rows())) == set(pids)
        assert tree.descendants(os.getpid())[0] in tree.children(os.getpid())


@pytest.mark.real
def test_ps_leaves_itself_and_zombies_out() -> None:
    zombie = os.fork()
    if not zombie:
        os._exit(0)
    os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
    try:
        assert zombie in tree.children(os.getpid())
        assert tree.from_rows(os.getpid(), tree._ps_rows()) == []
    finally:
        os.waitpid(zombie, 0)


@pytest.mark.real
def test_children_of_every_thread() -> None:
    """A process started by a thread is listed under that thread."""
    import threading

    started: list[int] = []
    ready, done = threading.Event(), threading.Event()

    def start() -> None:
        started.append(os.posix_spawn("/bin/sleep", ["sleep", "100"], {}))
        ready.set()
        done.wait()

    thread = threading.Thread(target=start)
    thread.start()
    ready.wait()
    try:
        assert tree.children(os.getpid()) == started
    finally:
        done.set()
        thread.join()
        os.kill(started[0], signal.SIGKILL)
        os.waitpid(started[0], 0)


def test_nobody_has_no_children() -> None:
    assert tree.children(2**22 + 1) == []


def test_what_cannot_be_read_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine out of descriptors, or /proc with hidepid."""

    def listdir(_: str) -> list[str]:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "listdir", listdir)
    assert tree.descendants(os.getpid()) == []

"""The warden's end of the link: frames, descriptors, strays, and that it never waits."""

from __future__ import annotations

import _socket
import errno
import itertools
import marshal
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.dyno.warden import main, shim, start, wire
from emulator.dyno.warden.main import Warden
from emulator.dyno.warden.start import Start


class Signals:
    """Stands in for _signal: this process's own handlers stay as they are."""

    SIGCHLD = 17
    SIGKILL = 9

    @staticmethod
    def signal(*_: object) -> None: ...

    @staticmethod
    def set_wakeup_fd(*_: object, **__: object) -> None: ...


class Desk:
    """A warden that forks nothing, and the emulator's end of its link."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(main, "_signal", Signals)
        ours, theirs = socket.socketpair()
        self.link = ours
        self.theirs = theirs
        self.warden = Warden(_socket.socket(fileno=os.dup(theirs.fileno())))
        self.spawned: list[tuple[Start, list[int]]] = []
        self.bunches: list[int] = []
        self.next_pid = 1000
        self.data = b""
        monkeypatch.setattr(self.warden, "fork", self.fork)

    def fork(self, due: list[tuple[str, Start, list[int]]]) -> list[tuple[int, int]]:
        self.bunches += [len(due)] if due else []
        return [self.fork_one(start, fds) for _, start, fds in due]

    def fork_one(self, start: Start, fds: list[int]) -> tuple[int, int]:
        self.spawned.append((start, [os.fstat(fd).st_ino for fd in fds]))
        self.next_pid += 1
        self.reader, self.control = os.pipe()
        for fd in fds:
            os.close(fd)
        return self.next_pid, self.control

    def send(self, *message: object, fds: tuple[int, ...] = ()) -> None:
        socket.send_fds(self.link, [framed(*message)], list(fds))

    def receive(self) -> bool:
        return self.warden.receive()

    def told(self) -> list[tuple[Any, ...]]:
        """What the warden has said since the last time, as far as it is complete."""
        self.link.setblocking(False)
        try:
            while part := self.link.recv(1 << 20):
                self.data += part
        except BlockingIOError:
            pass
        messages = []
        start = 0
        while 4 + start <= len(self.data):
            end = start + 4 + int.from_bytes(self.data[start : start + 4], "little")
            if end > len(self.data):
                break
            messages.append(marshal.loads(self.data[start + 4 : end]))
            start = end
        self.data = self.data[start:]
        return messages


def framed(*message: object) -> bytes:
    raw = marshal.dumps(message)
    return len(raw).to_bytes(4, "little") + raw


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(monkeypatch)
    umask = os.umask(0o022)
    yield made
    os.umask(umask)
    made.link.close()
    made.theirs.close()
    made.warden.link.close()
    for fd in (made.warden.null, made.warden.wakeup, made.warden.waker):
        os.close(fd)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


WAYS = [[b"/bin/echo", b"echo", b"hello"], [b"/bin/sh", b"sh", b"-c", b"echo hello"]]


def test_a_launch_gets_base_and_own_variables_and_its_descriptor(desk, pipe) -> None:
    desk.send("base", {b"A": b"1"}, b"/", 0o027, 256)
    desk.send("spawn", "web.1@1", WAYS, {b"PORT": b"5000"}, False, 1, fds=pipe[1:])
    while not desk.spawned:
        assert desk.receive()
    start, files = desk.spawned[0]
    assert start.ways == [(way[0], way[1:]) for way in WAYS]
    assert start.env == {b"A": b"1", b"PORT": b"5000"}
    assert (start.tty, start.cwd, start.place) == (False, b"/", None)
    assert files == [os.fstat(pipe[1]).st_ino] and start.limits[0] == 256
    assert os.umask(0o022) == 0o027
    assert desk.told() == [("spawned", "web.1@1", 1001)]


def test_a_server_that_is_no_dyno_is_spawned_where_it_belongs(desk, pipe) -> None:
    desk.send("serve", "redis@1", WAYS, {b"B": b"2"}, b"/srv", fds=pipe[1:])
    while not desk.spawned:
        assert desk.receive()
    start, _ = desk.spawned[0]
    assert (start.env, start.cwd, start.place) == ({b"B": b"2"}, b"/srv", None)


def test_its_copies_of_the_descriptors_are_closed(desk, pipe) -> None:
    before = len(os.listdir("/dev/fd"))
    for number in range(50):
        desk.send("spawn", f"web.{number}@1", WAYS, {}, False, 1, fds=pipe[1:])
        desk.receive()
        os.close(desk.reader)
        os.close(desk.control)
    assert len(os.listdir("/dev/fd")) == before


def test_a_fork_that_fails_is_told(desk, pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """F33."""

    def fork() -> int:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(main, "fork", fork)
    monkeypatch.setattr(desk.warden, "fork", MethodType(Warden.fork, desk.warden))
    before = len(os.listdir("/dev/fd"))
    desk.send("spawn", "web.1@1", WAYS, {}, False, 1, fds=pipe[1:])
    desk.receive()
    assert desk.told() == [("failed", "web.1@1", errno.EAGAIN)]
    assert desk.warden.controls == {} and len(os.listdir("/dev/fd")) == before


def test_launches_that_have_come_by_now_are_forked_in_bunches(desk, pipe) -> None:
    """What lies between two forks costs memory; messages with descriptors come one by one."""
    names = [f"web.{number}@1" for number in range(main.BUNCH + 3)]
    for name in names:
        desk.send("spawn", name, WAYS, {}, False, 1, fds=pipe[1:])
    desk.receive()
    desk.receive()
    assert desk.bunches == [main.BUNCH, 3]
    assert [launch for _, launch, _ in desk.told()] == names


def test_what_comes_after_a_launch_finds_it_forked(desk, pipe) -> None:
    desk.send("base", {b"A": b"1"}, b"/", 0o027, 256)
    desk.send("spawn", "web.1@1", WAYS, {}, False, 1, fds=pipe[1:])
    desk.send("base", {b"A": b"2"}, b"/", 0o027, 256)
    desk.send("spawn", "web.2@1", WAYS, {}, False, 1, fds=pipe[1:])
    desk.send("signal", "web.2@1", wire.TERM)
    while len(desk.warden.controls) < 2:
        assert desk.receive()
    assert [start.env for start, _ in desk.spawned] == [{b"A": b"1"}, {b"A": b"2"}]
    assert desk.bunches == [1, 1] and os.read(desk.reader, 10) == wire.TERM


def test_a_descriptor_for_which_there_is_no_room_is_told(desk, pipe) -> None:
    """The kernel drops it, and the next launch must not be given another's."""
    desk.send("spawn", "web.1@1", WAYS, {}, False, 1, fds=pipe[1:])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(first_free := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, hard))
    try:
        desk.receive()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    desk.send("spawn", "web.2@1", WAYS, {}, False, 1, fds=pipe[1:])
    desk.receive()
    assert desk.told() == [("failed", "web.1@1", errno.EMFILE), ("spawned", "web.2@1", 1001)]
    assert desk.spawned[0][1] == [os.fstat(pipe[1]).st_ino]


def test_a_command_goes_to_the_shim_of_its_launch_only(desk, pipe) -> None:
    controls = {}
    for name in ("web.1@1", "web.2@1"):
        desk.send("spawn", name, WAYS, {}, False, 1, fds=pipe[1:])
        desk.receive()
        controls[name] = desk.reader
        os.set_blocking(desk.reader, False)
    desk.send("signal", "web.2@1", wire.TERM)
    desk.send("signal", "web.3@9", wire.KILL)
    desk.receive()
    assert os.read(controls["web.2@1"], 10) == wire.TERM
    with pytest.raises(BlockingIOError):
        os.read(controls["web.1@1"], 10)


def test_a_shim_that_is_ending_cannot_be_told_anything(desk, pipe) -> None:
    desk.send("spawn", "web.1@1", WAYS, {}, False, 1, fds=pipe[1:])
    desk.receive()
    os.close(desk.reader)
    desk.send("signal", "web.1@1", wire.TERM)
    assert desk.receive()


def test_the_end_of_the_emulator_ends_it(desk) -> None:
    desk.link.close()
    desk.theirs.close()
    assert not desk.receive()


def test_so_does_one_that_was_killed_with_words_of_ours_unread(desk) -> None:
    """Its end of the link is reset then."""
    desk.warden.tell("exited", "web.1@1", 0)
    desk.link.close()
    desk.theirs.close()
    assert not desk.receive()


def test_it_waits_for_nobody_who_does_not_listen(desk) -> None:
    """While the emulator sends a thousand launches it does not read."""
    for number in range(10_000):
        desk.warden.tell("exited", f"web.{number}@1", 0)
    assert desk.warden.unsent
    told: list[tuple[Any, ...]] = []
    while len(told) < 10_000:
        told += desk.told()
        desk.warden.send()
    assert [launch for _, launch, _ in told] == [f"web.{n}@1" for n in range(10_000)]


def test_it_does_not_mind_an_emulator_that_is_gone(desk) -> None:
    desk.link.close()
    desk.theirs.close()
    desk.warden.tell("exited", "web.1@1", 0)
    assert desk.warden.unsent == b""


@settings(max_examples=30, deadline=None)
@given(data=some.data())
def test_frames_may_be_cut_anywhere(data: some.DataObject) -> None:
    messages = [("signal", f"web.{n}@1", wire.TERM) for n in range(5)]
    stream = b"".join(framed(*message) for message in messages)
    cuts = data.draw(some.lists(some.integers(0, len(stream)), max_size=8).map(sorted))
    obeyed: list[tuple[Any, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        desk = Desk(patch)
        patch.setattr(desk.warden, "obey", lambda *message: obeyed.append(message))
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            if start != end:
                desk.link.send(stream[start:end])
                assert desk.receive()
        assert obeyed == messages and desk.warden.data == b""
        desk.link.close()
        desk.theirs.close()
        desk.warden.link.close()
        for fd in (desk.warden.null, desk.warden.wakeup, desk.warden.waker):
            os.close(fd)


# The ends of children.


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What waitpid says from now on: (pid, wait status)."""

    def say(*statuses: tuple[int, int]) -> None:
        left = iter(statuses)

        def waitpid(pid: int, options: int) -> tuple[int, int]:
            assert (pid, options) == (-1, os.WNOHANG)
            return next(left, (0, 0))

        monkeypatch.setattr(os, "waitpid", waitpid)

    return say


def launched(desk: Desk, pipe: tuple[int, int], *names: str) -> None:
    for name in names:
        desk.send("spawn", name, WAYS, {}, False, 1, fds=(pipe[1],))
        desk.receive()
        os.close(desk.reader)
    desk.told()


def test_the_status_of_a_shim_is_that_of_its_dyno(desk, pipe, ended) -> None:
    launched(desk, pipe, "web.1@1", "web.2@1")
    ended((1002, 143 << 8), (1001, 0))
    desk.warden.reap()
    assert desk.told() == [("exited", "web.2@1", 143), ("exited", "web.1@1", 0)]
    assert desk.warden.launches == desk.warden.controls == {}


def test_a_killed_shim_s_processes_are_killed_until_none_is_left(
    desk, pipe, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F16: one may fork away while we look; shims of other launches are left alone."""
    launched(desk, pipe, "web.1@1", "web.2@1")
    families = iter([[1002, 55, 56], [1002, 57], [1002]])
    killed: list[int] = []
    monkeypatch.setattr(main, "children", lambda pid: next(families))
    monkeypatch.setattr(main, "_kill", killed.append)
    ended((1001, 9))
    desk.warden.reap()
    assert killed == [55, 56] and desk.warden.strays
    assert desk.told() == [("exited", "web.1@1", wire.KILLED)]
    ended((55, 9), (56, 9))
    desk.warden.reap()
    assert killed == [55, 56, 57] and desk.warden.strays
    ended()
    desk.warden.reap()
    assert not desk.warden.strays and desk.told() == []


def test_a_stray_that_ends_by_itself_may_have_left_another(
    desk, pipe, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "children", lambda pid: [58])
    killed: list[int] = []
    monkeypatch.setattr(main, "_kill", killed.append)
    ended((57, 0))
    desk.warden.reap()
    assert killed == [58]


def test_it_does_not_leave_strays_behind(
    desk, pipe, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the last dyno is told while its grandchildren still become ours."""
    families = iter([[55], [56], []])
    killed: list[int] = []
    monkeypatch.setattr(main, "children", lambda pid: next(families))
    monkeypatch.setattr(main, "_kill", killed.append)
    monkeypatch.setattr(main.select, "select", lambda *_: None)
    launched(desk, pipe, "web.1@1")
    ended((1001, 9))  # which is told in the instant in which the emulator ends
    desk.warden.finish()
    assert killed == [55, 56] and not desk.warden.strays


def test_without_children_there_is_nothing_to_reap(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def waitpid(*_: int) -> tuple[int, int]:
        raise ChildProcessError

    monkeypatch.setattr(os, "waitpid", waitpid)
    desk.warden.reap()
    assert desk.told() == []


def test_killing_who_is_gone_or_not_ours_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (ProcessLookupError, PermissionError):

        def kill(pid: int, number: int, error: type[OSError] = error) -> None:
            raise error

        monkeypatch.setattr(os, "kill", kill)
        main._kill(4711)


# A shim.


def test_a_rehearsal_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/tmp")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    start.rehearse()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limits
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_nothing_but_the_end_ends_the_kill_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """R28: a machine out of descriptors must not make it leave somebody behind."""
    rounds = iter(
        [OSError(errno.ENFILE, "file table overflow"), [7, 8], [8], [], OSError(5, "x"), []]
    )
    reaped = iter([True, True, True, True, False])
    killed: list[int] = []

    def descendants(root: int, group: int) -> list[int]:
        found = next(rounds)
        if isinstance(found, OSError):
            raise found
        return found

    monkeypatch.setattr(shim, "descendants", descendants)
    monkeypatch.setattr(shim, "_reap", lambda main, status: (0, next(reaped)))
    monkeypatch.setattr(shim, "kill", lambda pid, number: killed.append(pid))
    monkeypatch.setattr(shim.select, "select", lambda *_: None)
    shim._kill_all(5)
    assert killed == [7, 8, 8]
    assert next(rounds, None) is None


def test_each_process_is_told_to_end_once_also_one_that_is_born_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = iter([[7], [7, 8], [7, 8], [8, 9], [8, 9]])
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(shim, "descendants", lambda root, group: next(looks))
    monkeypatch.setattr(shim, "kill", lambda pid, number: told.append((pid, number)))
    before: set[int] = set()
    shim._terminate(5, before)
    both = (signal.SIGTERM, signal.SIGCONT)
    assert told == [(pid, number) for pid in (7, 8) for number in both]
    shim._terminate(5, before)
    assert told[4:] == [(9, number) for number in both]


def test_one_that_forks_away_all_the_time_does_not_keep_us(monkeypatch: pytest.MonkeyPatch) -> None:
    pids = itertools.count(100)
    monkeypatch.setattr(shim, "descendants", lambda root, group: [next(pids)])
    monkeypatch.setattr(shim, "kill", lambda pid, number: None)
    shim._terminate(5, set())
    assert next(pids) == 100 + shim.LOOKS


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(errno.ENOENT, "No such file or directory"), "No such file or directory"),
        (OSError(2, "No such file", b"/tmp/\xff"), "/tmp/\udcff: No such file"),
        (ValueError("embedded null byte"), "embedded null byte"),
    ],
)
def test_why_a_command_cannot_be_started(error: OSError | ValueError, text: str, pipe) -> None:
    start.say(pipe[1], error)
    said = os.read(pipe[0], 1000)
    assert said == f"hk-local: cannot start the command: {text}\n".encode(errors="surrogateescape")


def test_nobody_to_tell_is_no_error(pipe) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    start.say(writer, ValueError("x"))
    os.close(writer)


def test_a_descriptor_beyond_the_user_s_limit_takes_a_fork() -> None:
    """The warden has as many as it needs; posix_spawn refuses to name one that the dyno may not."""
    assert Start(WAYS, {}, b"/", [3, 24, 24], 24, False).by_fork
    assert not Start(WAYS, {}, b"/", [3, 23, 23], 24, False).by_fork

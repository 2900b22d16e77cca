"""Orders on one side, reports on the other, and a real warden in between."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from emulator.dyno import runner as module
from emulator.dyno.program import find_program, shell
from emulator.dyno.runner import MARK, Runner
from emulator.dyno.slot import Exited, Report, Signal, Spawn, Spawned, SpawnFailed
from emulator.dyno.warden.tree import descendants

pytestmark = pytest.mark.real

SOON = 25.0


class Stage:
    """A runner, what its launches have written and all that it has reported."""

    def __init__(self, cwd: Path) -> None:
        self.runner = Runner(str(cwd), 0o022, 256, "the-mark")
        self.runner.report = self.report
        self.runner.opened = self.opened
        self.runner.drained = self.drained
        self.pipes: dict[str, int] = {}
        self.output: dict[str, bytes] = {}
        self.reports: list[Report] = []
        self.diary: list[str] = []
        self.runner.set_environment({"PATH": os.environ["PATH"], "GREETING": "hello"})

    def opened(self, launch: str, fd: int) -> None:
        self.pipes[launch] = fd
        self.output[launch] = b""

    def drained(self, launch: str) -> None:
        self.diary.append(f"{launch} drained")
        fd = self.pipes.pop(launch, -1)
        if fd >= 0:
            while part := os.read(fd, 65536):
                self.output[launch] += part
            os.close(fd)

    def report(self, report: Report) -> None:
        self.reports.append(report)
        self.diary.append(f"{report.launch} {type(report).__name__}")

    def spawn(self, launch: str, command: str, **extra: str) -> None:
        self.runner.obey(Spawn(launch, command, 5000, tuple(extra.items())))

    def run(self, is_true: Callable[[], object]) -> None:
        """What the warden tells was heard until it is true."""
        deadline = time.monotonic() + SOON
        while not is_true():
            self.runner.flush()
            assert time.monotonic() < deadline, self.diary
            if select.select([self.runner.link], [], [], 0.01)[0]:
                assert self.runner.receive()

    def ended(self, launch: str) -> int:
        """It has ended; with which status."""
        found: list[int] = []

        def look() -> list[int]:
            found[:] = [
                it.status for it in self.reports if isinstance(it, Exited) and it.launch == launch
            ]
            return found

        self.run(look)
        return found[0]

    def says(self, command: str, **extra: str) -> str:
        """What a launch of that command writes."""
        launch = f"worker.1@{len(self.output) + 1}"
        self.spawn(launch, command, **extra)
        self.ended(launch)
        return self.output[launch].decode()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.runner.close()
    for fd in made.pipes.values():
        os.close(fd)


def test_spawned_then_drained_then_exited(stage: Stage) -> None:
    stage.spawn("web.1@1", "echo last words; exit 3")
    assert stage.ended("web.1@1") == 3
    assert stage.diary == ["web.1@1 Spawned", "web.1@1 drained", "web.1@1 Exited"]
    assert stage.output["web.1@1"] == b"last words\n"
    assert stage.runner.living == set() == stage.runner.unconfirmed


def test_what_a_launch_finds(stage: Stage, tmp_path: Path) -> None:
    assert stage.says("echo $GREETING $DYNO $PORT $EXTRA in $PWD", EXTRA="extra") == (
        f"hello worker.1 5000 extra in {tmp_path}\n"
    )
    assert stage.says(f"echo ${MARK}") == "the-mark\n"
    assert stage.says("umask") == "0022\n"
    assert stage.says("ulimit -n") == "256\n"


def test_dyno_is_ours_and_port_may_be_the_user_s(stage: Stage) -> None:
    assert stage.says("echo $DYNO $PORT", DYNO="mine", PORT="80") == "worker.1 80\n"


def test_an_environment_holds_for_what_comes_after_it(stage: Stage) -> None:
    stage.spawn("worker.1@1", "echo $GREETING")
    stage.runner.set_environment({"GREETING": "goodbye"})
    stage.spawn("worker.1@2", "echo $GREETING")
    assert stage.ended("worker.1@1") == stage.ended("worker.1@2") == 0
    assert stage.output == {"worker.1@1": b"hello\n", "worker.1@2": b"goodbye\n"}


def test_a_plain_command_needs_no_shell(stage: Stage) -> None:
    assert stage.says("cat /proc/self/cmdline") == "cat\0/proc/self/cmdline\0"
    assert stage.says("cat /proc/self/cmdline | cat").startswith("cat\0")


def test_a_profile_is_read_first(stage: Stage, tmp_path: Path) -> None:
    """Source: Dev Center, dynos, ".profile"."""
    (tmp_path / ".profile").write_text("export GREETING='from the profile'\n")
    assert stage.says("echo $GREETING") == "from the profile\n"


@pytest.mark.parametrize(("name", "status"), [("TERM", 143), ("KILL", 137), ("HUP", 129)])
def test_a_signal_goes_to_all_processes(stage: Stage, name: str, status: int) -> None:
    stage.spawn("worker.1@1", "sleep 1000 & exec sleep 1000")
    stage.run(lambda: Spawned in map(type, stage.reports))
    stage.runner.obey(Signal("worker.1@1", name))
    assert stage.ended("worker.1@1") == status


def test_a_signal_right_behind_the_spawn_is_not_lost(stage: Stage) -> None:
    """R25, R26: wherever between fork and exec it meets the command."""
    for number in range(40):
        stage.spawn(f"worker.{number}@1", "exec sleep 1000")
        stage.runner.obey(Signal(f"worker.{number}@1", "TERM"))
    assert {stage.ended(f"worker.{number}@1") for number in range(40)} == {143}


def test_a_signal_for_a_launch_that_is_gone_is_nothing(stage: Stage) -> None:
    stage.says("true")
    stage.runner.obey(Signal("worker.1@1", "KILL"))
    assert stage.says("echo still here") == "still here\n"


def test_suspended_and_continued(stage: Stage, tmp_path: Path) -> None:
    stage.spawn("worker.1@1", "until test -e go; do sleep 0.05; done")
    stage.run(lambda: Spawned in map(type, stage.reports))
    stage.runner.suspend("STOP")
    stage.run(lambda: {_state(pid) for pid in _processes(stage)} == {"T"})
    stage.runner.suspend("CONT")
    (tmp_path / "go").touch()
    assert stage.ended("worker.1@1") == 0


def test_a_terminal_that_was_lent(stage: Stage) -> None:
    """It is 0, 1 and 2, controls the session, and ^C comes through."""
    master, slave = pty.openpty()
    stage.runner.lend("run.1", [slave, os.dup(slave), os.dup(slave)], tty=True)
    stage.spawn("run.1@1", "test -t 0 && test -t 1 && test -t 2 && tty && exec sleep 1000")
    stage.run(lambda: Spawned in map(type, stage.reports))
    assert os.read(master, 100).startswith(b"/dev/")
    stage.run(lambda: _names(stage) == ["sleep"])
    os.write(master, b"\x03")
    assert stage.ended("run.1@1") == 130
    os.close(master)
    assert "run.1@1" not in stage.output and stage.runner.terminals == {}


def test_descriptors_that_were_lent(stage: Stage) -> None:
    ours, theirs = os.pipe()
    null = os.open(os.devnull, os.O_RDONLY)
    stage.runner.lend("run.1", [null, theirs, os.dup(theirs)], tty=False)
    stage.spawn("run.1@1", "echo out; echo err >&2; exit 5")
    assert stage.ended("run.1@1") == 5
    assert os.read(ours, 100) == b"out\nerr\n"
    assert os.read(ours, 100) == b"", "our own copies are closed"
    os.close(ours)


def test_hundreds_at_once_need_no_reader(stage: Stage) -> None:
    """Neither end of the link waits for the other, however full it is."""
    start = time.monotonic()
    for number in range(300):
        stage.spawn(f"worker.{number}@1", "true", BALLAST="x" * 5000)
    assert time.monotonic() - start < SOON
    blocked: list[bool] = []
    stage.runner.blocked = lambda: blocked.append(True)
    stage.run(lambda: sum(isinstance(it, Exited) for it in stage.reports) == 300)
    assert stage.runner.living == set()


def test_no_pipe_is_a_refusal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_pipe() -> tuple[int, int]:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "pipe", no_pipe)
        stage.spawn("worker.1@1", "true")
    assert stage.reports == [SpawnFailed("worker.1@1", "Too many open files")]
    assert stage.runner.living == set()


def test_a_new_warden(stage: Stage) -> None:
    stage.spawn("worker.1@1", "exec sleep 1000")
    stage.spawn("worker.2@1", "true")
    assert stage.ended("worker.2@1") == 0
    os.kill(stage.runner.pid, signal.SIGKILL)
    while stage.runner.receive():
        select.select([stage.runner.link], [], [], SOON)
    stage.runner.replace_warden()
    assert stage.reports[-1] == Exited("worker.1@1", 137)
    assert stage.says("echo $GREETING again") == "hello again\n"


def test_while_there_is_no_warden_orders_are_reported_killed_by_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F21: the interpreter may be gone; its return is waited for."""
    os.kill(stage.runner.pid, signal.SIGKILL)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/no/such/python")
        for _ in range(2):
            with pytest.raises(FileNotFoundError):
                stage.runner.replace_warden()
            stage.spawn("worker.1@1", "true")
            stage.runner.obey(Signal("worker.1@1", "TERM"))
    before = len(os.listdir("/dev/fd"))
    stage.runner.replace_warden()
    assert stage.reports == [Exited("worker.1@1", 137)]
    assert len(os.listdir("/dev/fd")) <= before
    assert stage.says("echo $GREETING again") == "hello again\n"


def test_a_link_that_is_reset_is_the_end_of_the_warden(stage: Stage) -> None:
    """It was killed with words of ours unread."""
    os.kill(stage.runner.pid, signal.SIGSTOP)
    for number in range(10):
        stage.spawn(f"worker.{number}@1", "true")
    os.kill(stage.runner.pid, signal.SIGKILL)
    os.waitid(os.P_PID, stage.runner.pid, os.WEXITED | os.WNOWAIT)
    deadline = time.monotonic() + SOON
    while stage.runner.receive():
        assert time.monotonic() < deadline
    stage.spawn("worker.99@1", "true")  # a broken pipe is no error either
    stage.runner.replace_warden()
    assert len(stage.reports) == 11


def test_nothing_outlives_close(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.spawn("worker.1@1", "trap '' TERM; while :; do sleep 1000; done")
    stage.run(lambda: Spawned in map(type, stage.reports))
    stage.runner.close()
    fd = stage.pipes["worker.1@1"]
    assert select.select([fd], [], [], SOON)[0] and os.read(fd, 1) == b""
    os.close(fd)


# Programs and limits.


def test_the_file_that_a_shell_would_execute(tmp_path: Path) -> None:
    for name, mode in (("a/tool", 0o644), ("b/tool", 0o755), ("c/tool", 0o755)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(mode)
    (tmp_path / "a/folder").mkdir()
    path = f"{tmp_path}/a:{tmp_path}/b:{tmp_path}/c"
    assert find_program("tool", path, "/") == f"{tmp_path}/b/tool"
    assert find_program("./b/tool", path, str(tmp_path)) == f"{tmp_path}/./b/tool"
    assert find_program("tool", "b:c", str(tmp_path)) == f"{tmp_path}/b/tool"
    assert find_program("folder", path, "/") is None
    assert find_program("nothing", path, "/") is None


def test_the_shell_is_there() -> None:
    assert os.access(shell(), os.X_OK)


def test_descriptors_are_left_for_what_is_no_dyno(stage: Stage) -> None:
    before = len(os.listdir("/dev/fd"))
    stage.runner.ceiling = 0
    stage.spawn("web.1@1", "true")
    assert stage.reports == [SpawnFailed("web.1@1", "Too many open files")]
    assert len(os.listdir("/dev/fd")) == before


def test_descriptors_above_the_user_s_limit(stage: Stage) -> None:
    """posix_spawn refuses to duplicate such a one."""
    reader, writer = os.pipe()
    input, output = os.pipe()
    os.close(output)
    stage.runner.limits = (stage.runner.limits[0], 10)
    stage.runner.set_environment({"PATH": os.environ["PATH"]})
    stage.spawn("first.1@1", "exec sleep 1000")
    stage.spawn("second.1@1", "exec sleep 1000")
    stage.runner.lend("run.1", [input, writer, os.dup(writer)], False)
    stage.spawn("run.1@1", "cat && ulimit -n")
    assert stage.ended("run.1@1") == 0
    assert os.read(reader, 100) == b"10\n"
    os.close(reader)


def _processes(stage: Stage) -> list[int]:
    """Those of the only launch."""
    (shim,) = [it.pid for it in stage.reports if isinstance(it, Spawned)]
    return descendants(shim)


def _names(stage: Stage) -> list[str]:
    names = []
    for pid in _processes(stage):
        with suppress(OSError):
            names.append(Path(f"/proc/{pid}/comm").read_text().strip())
    return names


def _state(pid: int) -> str:
    """Nothing if it has just ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""

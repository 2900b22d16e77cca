"""One shim: the parent of every process of one launch, from its first to its last.

Commands arrive as single bytes on the control pipe; its end of file means that the warden or the
emulator is gone, and is obeyed like KILL. Whatever goes wrong in here ends in the kill loop too.

There is one shim per dyno, so it touches as little memory as it can: builtin `_signal` instead of
`signal` (whose enums are built on use), nothing imported, nothing kept. It owns 0.3 MB so.
"""

from __future__ import annotations

import os
import resource
import select
import sys

from .tree import become_subreaper, descendants
from .wire import CONT, HUP, KILL, KILLED, LINK, STOP, TERM

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import NoReturn
else:
    import _signal

SIGNALS = {
    TERM: (_signal.SIGTERM, _signal.SIGCONT),  # a stopped process does not see its SIGTERM
    HUP: (_signal.SIGHUP, _signal.SIGCONT),
    STOP: (_signal.SIGSTOP,),
    CONT: (_signal.SIGCONT,),
}

TO_DEFAULT = frozenset(_signal.valid_signals()) - {_signal.SIGKILL, _signal.SIGSTOP}

CANNOT_START = 71
"""Our exit status if the command could not be started at all. Source: EX_OSERR, sysexits(3)."""


class Start:
    """What to start, with the environment and limits that it gets."""

    __slots__ = ("argv", "env", "fds", "nofile", "program", "tty")

    def __init__(
        self,
        argv: list[bytes],
        env: dict[bytes, bytes],
        fds: list[int],
        nofile: int,
        tty: bool,
    ) -> None:
        self.program, *self.argv = argv
        self.env = env
        self.fds = fds
        self.nofile = nofile
        self.tty = tty


def run(start: Start, control: int) -> NoReturn:
    """The launch has lived and left no process; our exit status is its main process's."""
    status = KILLED
    try:
        os.dup2(control, LINK, inheritable=False)
        become_subreaper()
        wakeup, writer = os.pipe()
        os.set_blocking(wakeup, False)
        os.set_blocking(writer, False)
        _signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        main = _start(start)
        _close_all_but(wakeup, writer)
        status = _watch(main, wakeup)
    except OSError as error:
        status = CANNOT_START
        _say(start.fds[-1], f"hk-local: cannot start the command: {error.strerror}\n")
    finally:
        _kill_all()
        os._exit(status)


def _say(fd: int, text: str) -> None:
    try:
        os.write(fd, text.encode())
    except OSError:
        pass


def _close_all_but(low: int, high: int) -> None:
    """No pipe of a sibling stays open in here: its end of file is that sibling's life line."""
    os.closerange(LINK + 1, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, os.sysconf("SC_OPEN_MAX"))


def _start(start: Start) -> int:
    """The pid of the command, in a session of its own, with the user's limits."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (start.nofile, hard))
    if start.tty or sys.platform != "linux":
        return _start_by_fork(start)
    return os.posix_spawn(
        start.program,
        start.argv,
        start.env,
        file_actions=[(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate(start.fds)],
        setsid=True,
        setsigmask=(),
        setsigdef=TO_DEFAULT,
    )


def _start_by_fork(start: Start) -> int:
    """For a controlling terminal, which posix_spawn cannot give, and where it has no setsid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        if start.tty:
            import fcntl
            import termios

            fcntl.ioctl(start.fds[0], termios.TIOCSCTTY, 0)
        for n, fd in enumerate(start.fds):
            os.dup2(fd, n)
        # Dispositions first, then the mask: a SIGTERM in between must not get lost.
        for number in TO_DEFAULT:
            _signal.signal(number, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
        os.execve(start.program, start.argv, start.env)
    finally:
        os._exit(127)


def _watch(main: int, wakeup: int) -> int:
    """The status of the main process, once it and (if we were told to stop) all others ended."""
    poll = select.poll()
    poll.register(LINK, select.POLLIN)
    poll.register(wakeup, select.POLLIN)
    status = -1
    stopping = False
    while True:
        status, any_left = _reap(main, status)
        if status >= 0 and not (stopping and any_left):
            return status
        for fd, _ in poll.poll():
            if fd == wakeup:
                os.read(wakeup, 4096)
                continue
            command = os.read(LINK, 1)
            if command in (b"", KILL):
                return status if status >= 0 else KILLED
            stopping = stopping or command == TERM
            _signal_all(SIGNALS[command])


def _signal_all(numbers: tuple[int, ...]) -> None:
    for pid in descendants(os.getpid()):
        for number in numbers:
            try:
                os.kill(pid, number)
            except (ProcessLookupError, PermissionError):
                pass


def _reap(main: int, status: int) -> tuple[int, bool]:
    """The main process's status if it has ended (else -1), and whether any child is left."""
    while True:
        try:
            pid, raw = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == main:
            code = os.waitstatus_to_exitcode(raw)
            status = code if code >= 0 else 128 - code


def _kill_all() -> None:
    """There is no child left: none forks away, for a killed parent's child becomes ours."""
    pause_ms = 1
    while True:
        try:
            _signal_all((_signal.SIGKILL,))
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        select.select([], [], [], pause_ms / 1000)
        pause_ms = min(2 * pause_ms, 100)

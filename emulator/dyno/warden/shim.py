"""One shim: the parent of every process of one launch, from its first to its last.

Commands arrive as single bytes on the control pipe; its end of file means that the warden or the
emulator is gone, and is obeyed like KILL. Whatever goes wrong in here ends in the kill loop too.

There is one shim per dyno, so it touches as little memory as it can: builtin `_signal` instead of
`signal` (whose enums are built on use), nothing imported, nothing kept. It owns 0.6 MB so.
"""

from __future__ import annotations

import os
import resource
import select
import sys

from .tree import CHILDREN_FILE, become_subreaper, descendants
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


ORPHAN_PAUSE = 0.1
LOOKS = 5


class Start:
    """What to start, with the environment and limits that it gets.

    `ways` are the commands to try, each a program and its argv: where the first cannot be
    executed (a script without `#!`, say) the shell knows what to do or say. `place` is that of its
    own copy of the app: the folder to copy, where to, and whether that folder is a slug.
    """

    __slots__ = ("copied_at", "cwd", "env", "fds", "nofile", "place", "tty", "ways")

    def __init__(
        self,
        ways: list[list[bytes]],
        env: dict[bytes, bytes],
        cwd: bytes,
        fds: list[int],
        nofile: int,
        tty: bool,
        place: tuple[str, str, bool] | None = None,
    ) -> None:
        self.place = place
        self.copied_at = 0
        self.ways = ways
        self.env = env
        self.cwd = cwd
        self.fds = fds
        self.nofile = nofile
        self.tty = tty


def run(start: Start, control: int) -> NoReturn:
    """The launch has lived and left no process; our exit status is its main process's."""
    status = KILLED
    main = 0
    try:
        os.dup2(control, LINK, inheritable=False)
        become_subreaper()
        wakeup, writer = os.pipe()
        os.set_blocking(wakeup, False)
        os.set_blocking(writer, False)
        _signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        highest = os.sysconf("SC_OPEN_MAX")  # before it is the user's, which may be lower
        main = _start(start)
        _close_all_but(wakeup, writer, highest)
        status = _watch(main, wakeup)
    except (OSError, ValueError) as error:
        status = CANNOT_START
        _say(start.fds[-1], error)
    finally:
        _kill_all(main)
        if start.place:
            from .copying import leave

            leave(start.place[1], start.copied_at)
        os._exit(status)


def _say(fd: int, error: OSError | ValueError) -> None:
    reason: object = error
    if isinstance(error, OSError):
        reason = f"{os.fsdecode(error.filename or '')}: {error.strerror}".removeprefix(": ")
    try:
        os.write(fd, os.fsencode(f"hk-local: cannot start the command: {reason}\n"))
    except OSError:
        pass


def _close_all_but(low: int, high: int, highest: int) -> None:
    """No pipe of a sibling stays open in here: its end of file is that sibling's life line."""
    os.closerange(LINK + 1, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, highest)


def _start(start: Start) -> int:
    """The pid of the command, in a session of its own, with the user's limits."""
    os.chdir(start.cwd)
    if start.place:
        from .copying import settle

        start.copied_at = settle(*start.place, start.fds[-1])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (start.nofile, hard))
    if start.tty or sys.platform != "linux":
        return _start_by_fork(start)
    for way in start.ways[:-1]:
        try:
            return _start_by_spawn(start, way)
        except OSError:
            continue
    return _start_by_spawn(start, start.ways[-1])


def _start_by_spawn(start: Start, way: list[bytes]) -> int:
    return os.posix_spawn(
        way[0],
        way[1:],
        start.env,
        file_actions=[(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate(start.fds)],
        setsid=True,
        setsigmask=(),
        setsigdef=TO_DEFAULT,
    )


def _start_by_fork(start: Start) -> int:
    """For a controlling terminal, which posix_spawn cannot give, and where it has no setsid."""
    # A SIGTERM that comes before the dispositions are the default ones must not get lost.
    _signal.pthread_sigmask(_signal.SIG_BLOCK, TO_DEFAULT)
    pid = os.fork()
    if pid:
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
        return pid
    try:
        _become(start)
    except (OSError, ValueError) as error:
        _say(2, error)
    finally:
        os._exit(CANNOT_START)


def _become(start: Start) -> None:
    """This process is the command, unless that raises."""
    os.setsid()
    if start.tty:
        import fcntl
        import termios

        fcntl.ioctl(start.fds[0], termios.TIOCSCTTY, 0)
    for n, fd in enumerate(start.fds):
        os.dup2(fd, n)
    for number in TO_DEFAULT:
        _signal.signal(number, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
    for way in start.ways[:-1]:
        try:
            os.execve(way[0], way[1:], start.env)
        except OSError:
            continue
    os.execve(start.ways[-1][0], start.ways[-1][1:], start.env)


def _watch(main: int, wakeup: int) -> int:
    """The status of the main process, once it and (if we were told to stop) all others ended."""
    poll = select.poll()
    poll.register(LINK, select.POLLIN)
    poll.register(wakeup, select.POLLIN)
    status = -1
    stopping = False
    told: set[int] = set()
    while True:
        status, any_left = _reap(main, status)
        if status >= 0 and not (stopping and (any_left or _has_orphans(main))):
            return status
        if status >= 0:
            _terminate(main, told)
        for fd, _ in poll.poll():
            if fd == wakeup:
                os.read(wakeup, 4096)
                continue
            command = os.read(LINK, 1)
            if command in (b"", KILL):
                return status if status >= 0 else KILLED
            if command == TERM:
                stopping = True
                _terminate(main, told)
            else:
                _signal_all(main, SIGNALS[command])


def _terminate(main: int, told: set[int]) -> None:
    """Every process of the launch that has not been `told` to end yet was told so, once.

    One that is born while we look is not seen: we look again, and once more when the main process
    has ended, lest it live on for its 30 seconds without a word.
    """
    for _ in range(LOOKS):
        new = [pid for pid in descendants(os.getpid(), main) if pid not in told]
        if not new:
            return
        told.update(new)
        _send(new, SIGNALS[TERM])


def _has_orphans(main: int) -> bool:
    """Where orphans do not come back to us, their end is not told: we look ten times a second.

    (The end of `ps`, by which we look, wakes the caller's loop.)
    """
    if CHILDREN_FILE:
        return False
    select.select([LINK], [], [], ORPHAN_PAUSE)
    return bool(descendants(os.getpid(), main))


def _signal_all(main: int, numbers: tuple[int, ...]) -> int:
    """Every process of the launch got the signals; how many there were."""
    pids = descendants(os.getpid(), main)
    _send(pids, numbers)
    return len(pids)


def _send(pids: list[int], numbers: tuple[int, ...]) -> None:
    for pid in pids:
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


def _kill_all(main: int) -> None:
    """There is no process left: none forks away, for a killed parent's child becomes ours."""
    pause_ms = 1
    any_left = True
    while any_left:
        try:
            _freeze(main)
            any_left = _signal_all(main, (_signal.SIGKILL,)) > 0
            any_left = _reap(main, 0)[1] or any_left
        except OSError:
            pass  # such as a machine out of descriptors; nothing but the end ends this loop
        if any_left:
            select.select([], [], [], pause_ms / 1000)
            pause_ms = min(2 * pause_ms, 100)


def _freeze(main: int) -> None:
    """Where a killed parent's child does not become ours, nobody forks any more."""
    before, stopped = -1, 0
    while not CHILDREN_FILE and before != stopped:
        before, stopped = stopped, _signal_all(main, (_signal.SIGSTOP,))

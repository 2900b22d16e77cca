"""The start of a launch's command, as the child of a shim."""

from __future__ import annotations

import os
import resource
import sys
from os import chdir, posix_spawn
from resource import RLIMIT_NOFILE, setrlimit

from .wire import LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal

    from .copying import Copy
else:
    import _signal

TO_DEFAULT = frozenset(_signal.valid_signals()) - {_signal.SIGKILL, _signal.SIGSTOP}

CANNOT_START = 71
"""Our exit status if the command could not be started at all. Source: EX_OSERR, sysexits(3)."""


HARD = resource.getrlimit(RLIMIT_NOFILE)[1]

REHEARSALS = 10
"""By then the interpreter has adapted the code to what it does. Source: PEP 659."""


class Start:
    """What to start, with the environment and limits that it gets.

    `ways` are the commands to try, each a program and its argv: where the first cannot be
    executed (a script without `#!`, say) the shell knows what to do or say. `place` is that of its
    own copy of the app: the folder to copy, where to, and whether that folder is a slug.
    """

    __slots__ = (
        "by_fork",
        "copy",
        "cwd",
        "duplicates",
        "env",
        "fds",
        "limits",
        "place",
        "tty",
        "ways",
    )

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
        self.copy: Copy | None = None
        self.ways = [(way[0], way[1:]) for way in ways]
        self.env = env
        self.cwd = cwd
        self.fds = fds
        self.duplicates = [(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate(fds)]
        self.limits = (nofile, HARD)
        self.tty = tty
        # posix_spawn names no descriptor beyond the limit. Source: glibc, spawn_faction_adddup2.c.
        self.by_fork = tty or sys.platform != "linux" or max(fds, default=0) >= nofile

    def lower(self, *kept: int) -> None:
        """Its descriptors are below the user's limit, beyond which posix_spawn duplicates none.

        In a shim, where the low ones are siblings' life lines and to be closed anyway, but `kept`.
        """
        limit = self.limits[0]
        if max(self.fds) < limit:
            return
        free = (n for n in range(LINK + 1, limit) if n not in (*kept, *self.fds))
        self.fds = [fd if fd < limit else os.dup2(fd, next(free, fd), False) for fd in self.fds]
        self.duplicates = [(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate(self.fds)]


def start_command(start: Start) -> int:
    """The pid of the command, in a session of its own, with the user's limits."""
    chdir(start.cwd)
    if start.place:
        from .copying import settle

        start.copy = settle(*start.place, start.fds[-1])
    setrlimit(RLIMIT_NOFILE, start.limits)
    if start.by_fork:
        return _start_by_fork(start)
    *others, last = start.ways
    for way in others:
        try:
            return _start_by_spawn(start, *way)
        except OSError:
            continue
    return _start_by_spawn(start, *last)


def _start_by_spawn(start: Start, program: bytes, argv: list[bytes]) -> int:
    return posix_spawn(
        program,
        argv,
        start.env,
        file_actions=start.duplicates,
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
        say(2, error)
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
    *others, last = start.ways
    for program, argv in others:
        try:
            os.execve(program, argv, start.env)
        except OSError:
            continue
    os.execve(*last, start.env)


def say(fd: int, error: OSError | ValueError) -> None:
    """The log tells why there is no command."""
    reason: object = error
    if isinstance(error, OSError):
        reason = f"{os.fsdecode(error.filename or '')}: {error.strerror}".removeprefix(": ")
    try:
        os.write(fd, os.fsencode(f"hk-local: cannot start the command: {reason}\n"))
    except OSError:
        pass


def rehearse() -> None:
    """What every shim does until its command runs has been done, in vain, in the warden."""
    soft, _ = resource.getrlimit(RLIMIT_NOFILE)
    start = Start([[b""]], {}, b".", [], soft, False)
    for _ in range(0 if start.by_fork else REHEARSALS):
        try:
            start_command(start)
        except (OSError, ValueError):
            pass  # there is no argv; or no folder, which whoever is started there will be told

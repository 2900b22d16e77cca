"""One shim: the parent of every process of one launch, from its first to its last.

Commands arrive as single bytes on the control pipe; its end of file means that the warden or the
emulator is gone, and is obeyed like KILL. Whatever goes wrong in here ends in the kill loop too.

There is one shim per dyno, so it writes to as little memory as it can: it shares with the warden
each page on which nothing changes, not even the number of references to an object. What it needs
was made before the fork and has a name in this module; nothing is imported (docs/decisions/0009).
"""

from __future__ import annotations

import os
import select
from os import (
    WNOHANG,
    closerange,
    dup2,
    getpid,
    kill,
    pipe,
    read,
    set_blocking,
    waitpid,
    waitstatus_to_exitcode,
)

from .start import CANNOT_START, say, start_command
from .tree import CHILDREN_FILE, become_subreaper, descendants
from .wire import CONT, HUP, KILL, KILLED, LINK, STOP, TERM

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Callable
    from typing import NoReturn

    from .start import Start
else:
    import _signal

SIGNALS = {
    TERM: (_signal.SIGTERM, _signal.SIGCONT),  # a stopped process does not see its SIGTERM
    HUP: (_signal.SIGHUP, _signal.SIGCONT),
    STOP: (_signal.SIGSTOP,),
    CONT: (_signal.SIGCONT,),
}

HIGHEST = os.sysconf("SC_OPEN_MAX")
"""Of the warden, not the user's, which may be lower."""

ORPHAN_PAUSE = 0.1
LOOKS = 5


def run(
    start: Start,
    control: int,
    wakeup: int,
    waker: int,
    wait: Callable[[], list[tuple[int, int]]],
) -> NoReturn:
    """The launch has lived and left no process; our exit status is its main process's.

    The warden's ends of its wakeup pipe become ours, so that `wait` is for LINK and `wakeup`.
    """
    status = KILLED
    main = 0
    try:
        dup2(control, LINK, False)
        become_subreaper()
        reader, writer = pipe()
        set_blocking(reader, False)
        set_blocking(writer, False)
        dup2(reader, wakeup, False)
        dup2(writer, waker, False)
        start.lower(wakeup, waker)
        main = start_command(start)
        _close_all_but(wakeup, waker)
        status = _watch(main, wakeup, wait)
    except (OSError, ValueError) as error:
        status = CANNOT_START
        say(start.fds[-1], error)
    finally:
        _kill_all(main)
        if start.place:
            from .copying import leave

            leave(start.place[1], start.copy)
        os._exit(status)


def _close_all_but(low: int, high: int) -> None:
    """No pipe of a sibling stays open in here: its end of file is that sibling's life line."""
    closerange(LINK + 1, low)
    closerange(low + 1, high)
    closerange(high + 1, HIGHEST)


def _watch(main: int, wakeup: int, wait: Callable[[], list[tuple[int, int]]]) -> int:
    """The status of the main process, once it and (if we were told to stop) all others ended."""
    status = -1
    stopping = False
    told: set[int] = set()
    while True:
        for fd, _ in wait():
            if fd == wakeup:
                read(wakeup, 4096)
                continue
            command = read(LINK, 1)
            if command in (b"", KILL):
                return status if status >= 0 else KILLED
            if command == TERM:
                stopping = True
                _terminate(main, told)
            else:
                _signal_all(main, SIGNALS[command])
        status, any_left = _reap(main, status)
        if status >= 0 and not (stopping and (any_left or _has_orphans(main))):
            return status
        if status >= 0:
            _terminate(main, told)


def _terminate(main: int, told: set[int]) -> None:
    """Every process of the launch that has not been `told` to end yet was told so, once.

    One that is born while we look is not seen: we look again, and once more when the main process
    has ended, lest it live on for its 30 seconds without a word.
    """
    for _ in range(LOOKS):
        new = [pid for pid in descendants(getpid(), main) if pid not in told]
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
    return bool(descendants(getpid(), main))


def _signal_all(main: int, numbers: tuple[int, ...]) -> int:
    """Every process of the launch got the signals; how many there were."""
    pids = descendants(getpid(), main)
    _send(pids, numbers)
    return len(pids)


def _send(pids: list[int], numbers: tuple[int, ...]) -> None:
    for pid in pids:
        for number in numbers:
            try:
                kill(pid, number)
            except (ProcessLookupError, PermissionError):
                pass


def _reap(main: int, status: int) -> tuple[int, bool]:
    """The main process's status if it has ended (else -1), and whether any child is left."""
    while True:
        try:
            pid, raw = waitpid(-1, WNOHANG)
        except ChildProcessError:
            return status, False
        if pid == 0:
            return status, True
        if pid == main:
            code = waitstatus_to_exitcode(raw)
            status = code if code >= 0 else 128 - code


def _kill_all(main: int) -> None:
    """There is no process left: none forks away, for a killed parent's child becomes ours."""
    pause_ms = 1
    any_left = not CHILDREN_FILE or _reap(main, 0)[1]  # an orphan would be our child
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

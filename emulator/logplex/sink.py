"""File descriptors that can be written to without waiting for whoever reads them.

O_NONBLOCK belongs to what the descriptor refers to, and a terminal or a pipe is shared with the
shell and with every dyno's stderr; so a new description of the same file is opened where that can
be done, and the flag of the shared one is changed, and restored, only where it cannot.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat

PIPE_BYTES = 256 * 1024

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Sink(Protocol):
        """`write` returns how many bytes it took, or raises OSError; it never waits."""

        def fileno(self) -> int: ...
        def write(self, buffers: list[bytes | memoryview]) -> int: ...
        def close(self) -> None: ...


def open_sink(fd: int) -> Sink:
    """The sink that reaches what `fd` reaches; `fd` itself stays open and is not needed again."""
    mode = os.fstat(fd).st_mode
    if stat.S_ISSOCK(mode):
        return SocketSink(fd)
    if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        return FileSink(os.dup(fd))  # a file never makes its writer wait for a reader
    if stat.S_ISFIFO(mode):
        grow(fd)
    own = _reopened(fd)
    return FileSink(own) if own >= 0 else SharedSink(fd)


def grow(fd: int) -> None:
    """The pipe holds four times as much, where that can be had: fewer turns for the same bytes."""
    try:
        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (AttributeError, OSError):
        pass  # macOS grows a pipe by itself; a user may have so much in all pipes and no more


def _reopened(fd: int) -> int:
    """A description of our own of the same pipe or terminal, or -1."""
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        return os.open(f"/proc/self/fd/{fd}", flags)
    except OSError:
        pass  # macOS has no /proc; and a pipe whose reader has left cannot be opened
    try:
        return os.open(os.ttyname(fd), flags)
    except OSError:
        return -1


class FileSink:
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        return self._fd

    def write(self, buffers: list[bytes | memoryview]) -> int:
        return os.writev(self._fd, buffers)

    def close(self) -> None:
        os.close(self._fd)


class SharedSink(FileSink):
    """The descriptor itself, non-blocking until it is closed."""

    def __init__(self, fd: int) -> None:
        super().__init__(os.dup(fd))
        self._was_blocking = os.get_blocking(self._fd)
        os.set_blocking(self._fd, False)

    def close(self) -> None:
        os.set_blocking(self._fd, self._was_blocking)
        super().close()


class SocketSink:
    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=os.dup(fd))

    def fileno(self) -> int:
        return self._socket.fileno()

    def write(self, buffers: list[bytes | memoryview]) -> int:
        return self._socket.sendmsg(buffers, [], socket.MSG_DONTWAIT)

    def close(self) -> None:
        self._socket.close()

"""File descriptors that a client sends along with its bytes (SCM_RIGHTS)."""

from __future__ import annotations

import array
import os
import socket

MOST = 16
"""So many are taken in one go, lest the kernel cut a larger list short and leak the rest."""

_SPACE = socket.CMSG_SPACE(MOST * array.array("i").itemsize)
_FLAGS = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def receive(sock: socket.socket, size: int) -> tuple[bytes, list[int]]:
    """Bytes and descriptors that have come; no program started by us inherits one of these.

    Not socket.recv_fds, which leaves them inheritable.
    """
    data, ancillary, _, _ = sock.recvmsg(size, _SPACE, _FLAGS)
    fds = array.array("i")
    for level, kind, raw in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(raw[: len(raw) - len(raw) % fds.itemsize])
    for fd in fds:
        os.set_inheritable(fd, False)  # where the system lacks MSG_CMSG_CLOEXEC
    return data, fds.tolist()


def tripled(fd: int) -> list[int]:
    """The descriptor and two more of the same file: standard input, output and error."""
    return [fd, os.dup(fd), os.dup(fd)]


def close(fds: list[int]) -> None:
    """All of them are closed, and the list is empty."""
    while fds:
        os.close(fds.pop())

"""Who is at the other end of a unix socket."""

from __future__ import annotations

import os
import socket
import struct
import sys

_UCRED = struct.Struct("3i")
"""Linux: struct ucred {pid, uid, gid}."""

_XUCRED_SIZE = 76
_LOCAL_PEERCRED, _SOL_LOCAL = 1, 0
"""macOS: sys/un.h; struct xucred begins with its version and the effective uid."""


def uid(sock: socket.socket) -> int | None:
    """The user who connected; None where the system does not tell."""
    try:
        if hasattr(socket, "SO_PEERCRED"):
            raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
            return int(_UCRED.unpack(raw)[1])
        raw = sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED_SIZE)
        return int.from_bytes(raw[4:8], sys.byteorder)
    except OSError:
        return None


def is_trusted(sock: socket.socket) -> bool:
    """Whether it is the user whose emulator this is, or root, who could do anything anyhow."""
    return uid(sock) in (os.geteuid(), 0)

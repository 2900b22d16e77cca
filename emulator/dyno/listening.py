"""Who listens on which port, read from the kernel without connecting to anybody."""

from __future__ import annotations

import _socket
import os
import sys

from emulator.fact import Fact

from .warden.tree import descendants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LISTEN = b"0A"
"""Source: linux/include/net/tcp_states.h, as printed in /proc/net/tcp."""

LOOPBACK_V4 = b"7F"
LOOPBACK_V6 = b"00000000000000000000000001000000"
MAPPED_V4 = b"0000000000000000FFFF0000"
"""127.0.0.1 and ::1 as far as they matter, and what comes before an IPv4 address that a socket for
both (of a JVM, say) listens on: words in the machine's byte order, which is little-endian."""


LOCALHOST = bytes((127, 0, 0, 1))


class Listener(Fact):
    """A listening socket; `inode` says whose it is, `host` where this machine reaches it."""

    port: int
    loopback: bool
    inode: bytes
    host: str


def listeners() -> list[Listener]:
    """All listening TCP sockets of the machine (Linux)."""
    return [listener for name in ("tcp", "tcp6") for listener in _table(f"/proc/net/{name}")]


def _table(path: str) -> Iterator[Listener]:
    try:
        with open(path, "rb") as file:
            rows = file.read().splitlines()[1:]
    except OSError:
        return
    for row in rows:
        fields = row.split()
        if fields[3] == LISTEN:
            address, _, port = fields[1].partition(b":")
            yield Listener(int(port, 16), _is_loopback(address), fields[9], _host(address))


def _is_loopback(address: bytes) -> bool:
    is_v4 = len(address) == 8 or address.startswith(MAPPED_V4)
    return address.endswith(LOOPBACK_V4) if is_v4 else address == LOOPBACK_V6


def _host(address: bytes) -> str:
    """Who listens everywhere is reached on loopback, whoever does not at its own address."""
    words = bytes.fromhex(address.decode())
    raw = b"".join(words[n : n + 4][::-1] for n in range(0, len(words), 4))
    is_v4 = len(raw) == 4 or address.startswith(MAPPED_V4)
    if is_v4 or not any(raw):
        host = raw[-4:]
        return _socket.inet_ntop(_socket.AF_INET, host if any(host) else LOCALHOST)
    return _socket.inet_ntop(_socket.AF_INET6, raw)


def sockets_of(shim: int) -> set[bytes]:
    """The inodes of all sockets that a dyno's processes have open."""
    inodes: set[bytes] = set()
    for pid in descendants(shim):
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                target = os.readlink(f"/proc/{pid}/fd/{fd}")
                if target.startswith("socket:["):
                    inodes.add(target[8:-1].encode())
        except OSError:
            continue
    return inodes


def accepting(port: int) -> str | None:
    """The address at which something accepts connections on that port: the way without /proc."""
    for family, host in ((_socket.AF_INET, "127.0.0.1"), (_socket.AF_INET6, "::1")):
        if _accepts(family, host, port):
            return host
    return None


def _accepts(family: int, host: str, port: int) -> bool:
    try:
        probe = _socket.socket(family, _socket.SOCK_STREAM)
    except OSError:
        return False
    try:
        probe.settimeout(0.2)
        probe.connect((host, port))
        # Nobody else: a closed port in the ephemeral range may connect to itself.
        return bool(probe.getsockname() != probe.getpeername())
    except OSError:
        return False
    finally:
        probe.close()


def can_read_tables() -> bool:
    return sys.platform == "linux"

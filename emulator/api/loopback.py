"""The API at a TCP port of the loopback interface, for clients that know no unix sockets.

`.hk-local/api.json` has the port and the token, for our own user's eyes. Both are kept from one
start to the next, so that what a shell or a script was told goes on to hold; without the file
there are new ones. At another port the token is a new one too: whoever has the old port now may
have been told the old token by a client that took it for us.
"""

from __future__ import annotations

import json
import os
import socket
from itertools import chain, islice

from emulator.dyno.ports import free_ports
from emulator.errors import UserError

from .door import Door
from .gate import Gate
from .listener import Guests, Listener

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Callable

    from .server import Server

NAME = "api.json"
TOKEN_BYTES = 32
MOST_BYTES = 4096
ATTEMPTS = 100


class NoPort(UserError):
    """The API has no TCP port: {reason}. Only commands of hk-local reach this app."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Loopback:
    """Serves what `server` serves on 127.0.0.1 and ::1, until `close`."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        state_dir: str,
        server: Server,
        port: int | None,
        context: Callable[[], ssl.SSLContext],
    ) -> None:
        """`port` is the one to have; None: the last one, or any. `context` is for those who come
        with TLS. Raises NoPort."""
        path = os.path.join(state_dir, NAME)
        last, token = _remembered(path)
        socks = _bound(port) if port else _bound_anywhere(last)
        self.port = int(socks[0].getsockname()[1])
        self.token = token if self.port == last else os.urandom(TOKEN_BYTES).hex()
        visits = server.api.visits
        gate = Gate(self.port, self.token, server.api.answer, visits, loop.call_later, os.urandom)
        # Not the socket's: anybody can fill this port with clients, and the owner still gets in.
        self._guests = Guests(loop)
        self._door = Door(loop, self._guests, context)
        self._listeners = [
            Listener(loop, sock, self._door, gate.answer, lambda client: True) for sock in socks
        ]
        try:
            _remember(path, self.port, self.token)
        except OSError as error:
            self.close()
            raise NoPort(f"{path}: {error.strerror}") from None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._door.close()
        self._guests.close()


def _remembered(path: str) -> tuple[int, str]:
    """Port and token of the last start, or 0 and "". A file that others could read is not used."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return 0, ""
    with open(fd, "rb") as file:
        status = os.fstat(fd)
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            return 0, ""
        try:
            found = json.loads(file.read(MOST_BYTES))
            port, token = int(found["port"]), str(found["token"])
            is_sound = 0 < port <= 65535 and len(bytes.fromhex(token)) == TOKEN_BYTES
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return 0, ""
    return (port, token) if is_sound else (0, "")


def _remember(path: str, port: int, token: str) -> None:
    """Whoever opens the file sees the old contents or the new ones, never a part."""
    new = f"{path}.new"
    try:
        os.unlink(new)
    except FileNotFoundError:
        pass
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(fd, "w") as file:
        json.dump({"port": port, "token": token}, file)
    os.rename(new, path)


def _bound(port: int) -> list[socket.socket]:
    """Sockets bound to that port, the one of IPv4 first. Raises NoPort."""
    socks: list[socket.socket] = []
    try:
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if family == socket.AF_INET6 and not _has_ipv6():
                continue
            socks.append(sock := socket.socket(family, socket.SOCK_STREAM))
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # for all accepted ones
            sock.bind((host, port))
            # Two can bind a port that only one can listen at.
            sock.listen(1)
    except OSError as error:
        for sock in socks:
            sock.close()
        raise NoPort(f"port {port}: {error.strerror}") from None
    return socks


def _bound_anywhere(last: int) -> list[socket.socket]:
    """The same at the port of last time, or else at the first of many that is free."""
    ports = free_ports(int.from_bytes(os.urandom(4)) / 2**32)
    for port in chain([last] if last else [], islice(ports, ATTEMPTS)):
        try:
            return _bound(port)
        except NoPort:
            continue
    raise NoPort("none of many ports is free")


def _has_ipv6() -> bool:
    """Whether this machine has a ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True

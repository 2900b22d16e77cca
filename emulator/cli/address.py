"""The app's one address: listening sockets that are open before the first dyno starts.

So a port in use is an error before anything was done, and no listener is ever lost: the router
process has them by inheritance, and gets them again if it has to be started anew.
"""

from __future__ import annotations

import _socket
import errno

from emulator.app import formation as formations
from emulator.dyno.ports import is_free
from emulator.errors import FormationError, UserError
from emulator.runtime import folder as folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.runtime.files import AppFiles

    from .start import Options

DEFAULT_PORT = 5000
"""Source: foreman and `heroku local`: the web process is at port 5000."""

MOST_TRIES = 100
LOOPBACK = ("127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::", "")
PATIENCE = 50
"""Hundredths of a second."""

BACKLOG = 1024
"""So many clients wait in the kernel's queue while the router process is being started."""

NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class ApiPortTaken(UserError):
    """Port {port} is taken. Choose another with --api-port, or leave it out."""

    def __init__(self, port: int) -> None:
        super().__init__(port=port)


class PortTaken(UserError):
    """Port {port} is taken by another program. Choose another with --port, or stop that program."""

    def __init__(self, port: int) -> None:
        super().__init__(port=port)


class NoFreePort(UserError):
    """Ports {first} to {last} are taken. Choose another with --port."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(first=first, last=last)


class HostUnusable(UserError):
    """--host {host}: cannot listen there: {reason}. Expected an address of this machine."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(host=host, reason=reason)


class Address:
    """`sockets` listen on `port`; `url` is where a browser on this machine finds them."""

    def __init__(self, sockets: list[_socket.socket], host: str, port: int, tls: bool) -> None:
        self.sockets = sockets
        self.port = port
        name = "localhost" if not host or host in (*LOOPBACK, *EVERYWHERE) else host
        shown = f"[{name}]" if ":" in name else name
        self.url = f"{'https' if tls else 'http'}://{shown}:{port}"
        self.notice = ""
        """What the user has to be told of how it came about, if anything."""

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()
        self.sockets = []


def address_of(options: Options, files: AppFiles) -> Address | None:
    """Where the app's web will be reached, if it has any. Raises PortTaken, or AlreadyRunning if
    it is the app's own emulator that has the port."""
    try:
        if "web" not in formations.narrow(tuple(files.types), options.only, options.exclude):
            return None
    except FormationError:
        return None  # what is wrong is told later, unless a slug has other process types
    is_signed = folders.is_signed(options.dir)
    if is_signed:
        _await_free(options.port or DEFAULT_PORT)
    try:
        if options.router:
            return open_address(options.host, options.port, options.tls, options.api_port)
        if options.port is not None and not is_free(options.port):
            raise PortTaken(options.port)
    except PortTaken:
        if is_signed:
            folders.Folder(options.dir).look()
        raise
    return None


def _await_free(port: int) -> None:
    """The port is free, or it has not become so for as long as a router needs to end that has just
    lost its emulator."""
    import select

    for _ in range(PATIENCE):
        if is_free(port):
            return
        select.select([], [], [], 0.01)


def open_address(host: str, port: int | None, tls: bool, avoid: int | None = None) -> Address:
    """The app's address. Raises PortTaken for a port that was asked for, HostUnusable, NoFreePort.

    Without one it is 5000 or, where that is taken (on macOS by AirPlay), the next that is free.
    """
    if port is not None:
        return Address(_listen(host, port), host, port, tls)
    for port in range(DEFAULT_PORT, DEFAULT_PORT + MOST_TRIES):
        if port == avoid:
            continue
        try:
            made = Address(_listen(host, port), host, port, tls)
        except PortTaken:
            continue
        if port != DEFAULT_PORT:
            made.notice = f"port {DEFAULT_PORT} is taken; the app is at {made.url}"
        return made
    raise NoFreePort(DEFAULT_PORT, DEFAULT_PORT + MOST_TRIES - 1)


def _listen(host: str, port: int) -> list[_socket.socket]:
    # Whoever has the port on all addresses would get the rest of its traffic (macOS lets us in).
    if not is_free(port):
        raise PortTaken(port)
    sockets: list[_socket.socket] = []
    for name in (host,) if host else LOOPBACK:
        try:
            sockets.append(_listener(name, port))
        except OSError as error:
            if sockets and error.errno in NO_IPV6:
                continue
            for sock in sockets:
                sock.close()
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(port) from None
            raise HostUnusable(host or name, error.strerror or str(error)) from None
    return sockets


def _listener(host: str, port: int) -> _socket.socket:
    # Not getaddrinfo, which takes 10 ms to get ready: the first dyno is still to be started.
    family = _socket.AF_INET6 if ":" in host else _socket.AF_INET
    sock = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        if family == _socket.AF_INET6:
            alone = host != "::"
            sock.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, alone)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock

"""A drain's connection: TCP, or TLS over it."""

from __future__ import annotations

import select
import socket

from emulator.logplex.address import INSECURE, Scheme

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ssl import SSLContext

    from emulator.logplex.address import Address

CONNECT_SECONDS = 3.0
"""Source: Logplex, http_drain_connect_timeout."""


def tls(where: Address) -> SSLContext | None:
    """How the receiver has to show who it is; None where no TLS is spoken.

    Certificates are checked against the system's, or those that $SSL_CERT_FILE names.
    """
    if where.scheme not in (Scheme.HTTPS, Scheme.SYSLOG_TLS):
        return None
    import ssl

    context = ssl.create_default_context()
    if INSECURE in where.options:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def connected(where: Address, context: SSLContext | None) -> socket.socket:
    """Raises OSError."""
    try:
        sock = socket.create_connection((where.host, where.port), CONNECT_SECONDS)
    except UnicodeError as error:
        raise OSError(f"{where.host!r} is no name of a host: {error}") from None
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if context is None:
        return sock
    try:
        return context.wrap_socket(sock, server_hostname=where.host)
    except OSError:
        sock.close()
        raise


def is_over(sock: socket.socket, seconds: float) -> bool:
    """The other side has closed; whatever it had sent was read and dropped."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    if not poll.poll(seconds * 1000):
        return False
    timeout = sock.gettimeout()
    sock.settimeout(seconds)
    try:
        while sock.recv(65536):
            pass
    except OSError as error:
        return not _is_quiet(error)
    finally:
        sock.settimeout(timeout)
    return True


def _is_quiet(error: OSError) -> bool:
    """There is nothing to read yet."""
    import ssl

    return isinstance(error, BlockingIOError | TimeoutError | ssl.SSLWantReadError)

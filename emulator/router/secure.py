"""TLS over a client's socket, which behaves to a Stream as the socket would."""

from __future__ import annotations

import socket
import ssl

RECORD = 16384
"""The most that a TLS record holds. Source: RFC 8446, 5.1."""

PLAIN_READ = 65536
PLAIN = b"The plain HTTP request was sent to HTTPS port; use https:// here\n"
"""Source of the first words: nginx."""
PLAIN_HEAD = b"""\
HTTP/1.1 400 Bad Request\r
Server: Heroku\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: %d\r
Connection: close\r
\r
"""


def context(certificate: str, key: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made


class Secure:
    """The handshake happens in the first reads. A read takes whole records, so that nothing
    stays behind in here of which the descriptor does not tell."""

    def __init__(self, sock: socket.socket, made: ssl.SSLContext) -> None:
        self._sock = made.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)

    def fileno(self) -> int:
        return self._sock.fileno()

    def recv(self, size: int) -> bytes:
        data = bytearray(size)
        return bytes(data[: self.recv_into(memoryview(data))])

    def recv_into(self, view: memoryview) -> int:
        at = 0
        while len(view) - at >= RECORD:
            try:
                size = self._sock.recv_into(view[at:])
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if at:
                    break
                raise BlockingIOError from None
            except ssl.SSLError as error:
                if error.reason == "HTTP_REQUEST":
                    self._answer_plainly()
                raise
            at += size
            if not size:
                break
        return at

    def _answer_plainly(self) -> None:
        """Whoever speaks without TLS is told so, as far as that goes at once."""
        plain = socket.socket(fileno=self._sock.fileno())
        try:
            plain.send(PLAIN_HEAD % len(PLAIN) + PLAIN)
            plain.recv(PLAIN_READ)  # what is left unread would become a reset that eats the answer
        except OSError:
            pass
        finally:
            plain.detach()

    def send(self, data: bytes | memoryview) -> int:
        """In records: OpenSSL wants to see again what it could not send."""
        view, at = memoryview(data), 0
        while at < len(view):
            try:
                at += self._sock.send(view[at : at + RECORD])
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                break
        return at

    def version(self) -> str:
        """Such as tls1.3."""
        return (self._sock.version() or "unknown").lower().replace("v", "")

    def setsockopt(self, level: int, name: int, value: int | bytes) -> None:
        self._sock.setsockopt(level, name, value)

    def shutdown(self, how: int) -> None:
        """The client learns that nothing more comes, as far as it can be told at once."""
        try:
            self._sock.unwrap()
        except (OSError, ValueError):
            pass

    def close(self) -> None:
        self.shutdown(0)
        self._sock.close()

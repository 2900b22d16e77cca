"""A few words with a server, over a socket of our own: is it ready, and how is it?

Every call here waits, for a second at most; whoever has an event loop asks from a thread.
"""

from __future__ import annotations

import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

PATIENCE = 1.0
HOST = "127.0.0.1"
PROTOCOL_3 = 196_608
CLEARTEXT = 3
"""Source: PostgreSQL documentation, protocol-message-formats."""


class Unready(Exception):
    """The server said no, or nothing, or something else; in its own words."""


Reply = bytes | int | None | list["Reply"]


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((HOST, port), PATIENCE):
            return True
    except OSError:
        return False


def redis(port: int, password: str, *words: str) -> Reply:
    """What Redis answers. Raises Unready."""
    try:
        with socket.create_connection((HOST, port), PATIENCE) as link, link.makefile("rb") as file:
            link.sendall(encoded("AUTH", password) + encoded(*words))
            reply(file)
            return reply(file)
    except (OSError, ValueError, IndexError) as error:
        raise Unready(str(error)) from None


def encoded(*words: str) -> bytes:
    """A command as an array of bulk strings. Source: redis.io, protocol spec."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word.encode("utf-8", "surrogateescape")
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


def reply(file: BinaryIO) -> Reply:
    """The next reply; an error is raised as Unready."""
    line = file.readline()
    if not line.endswith(b"\r\n"):
        raise Unready("the connection was closed")
    kind, rest = line[:1], line[1:-2]
    if kind == b"-":
        raise Unready(rest.decode("utf-8", "replace"))
    if kind == b"+":
        return rest
    if kind == b":":
        return int(rest)
    size = int(rest)
    if kind == b"$":
        return file.read(size + 2)[:-2] if size >= 0 else None
    return [reply(file) for _ in range(size)] if size >= 0 else None


def postgres(port: int, user: str, password: str, database: str, sql: str) -> list[list[str]]:
    """The rows of the answer, as text. Raises Unready."""
    try:
        with socket.create_connection((HOST, port), PATIENCE) as link, link.makefile("rb") as file:
            start = b"".join(
                f"{name}\0{value}\0".encode()
                for name, value in (("user", user), ("database", database))
            )
            link.sendall(_framed(b"", struct.pack("!i", PROTOCOL_3) + start + b"\0"))
            _authenticate(link, file, password)
            link.sendall(_framed(b"Q", sql.encode() + b"\0"))
            return _rows(file)
    except (OSError, ValueError, struct.error) as error:
        raise Unready(str(error)) from None


def _framed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _message(file: BinaryIO) -> tuple[bytes, bytes]:
    kind, size = struct.unpack("!ci", file.read(5))
    body = file.read(size - 4)
    if kind == b"E":
        fields = {part[:1]: part[1:] for part in body.split(b"\0") if part}
        raise Unready(fields.get(b"M", b"").decode("utf-8", "replace"))
    return kind, body


def _authenticate(link: socket.socket, file: BinaryIO, password: str) -> None:
    while True:
        kind, body = _message(file)
        if kind == b"R" and struct.unpack("!i", body[:4])[0] == CLEARTEXT:
            link.sendall(_framed(b"p", password.encode() + b"\0"))
        elif kind == b"R" and body[:4] != b"\0\0\0\0":
            raise Unready("it asks for the password in another way")
        elif kind == b"Z":
            return


def _rows(file: BinaryIO) -> list[list[str]]:
    rows: list[list[str]] = []
    while True:
        kind, body = _message(file)
        if kind == b"D":
            rows.append(list(_columns(body)))
        elif kind == b"Z":
            return rows


def _columns(body: bytes) -> list[str]:
    (count,), at = struct.unpack("!h", body[:2]), 2
    found = []
    for _ in range(count):
        (size,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        found.append(body[at : at + max(size, 0)].decode("utf-8", "replace"))
        at += max(size, 0)
    return found

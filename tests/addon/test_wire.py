"""What servers answer, byte by byte, from a listener that has all its words ready."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from emulator.addon import wire


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"+PONG\r\n", b"PONG"),
        (b":42\r\n", 42),
        (b"$3\r\na\r\n\r\n", b"a\r\n"),
        (b"$-1\r\n", None),
        (b"*-1\r\n", None),
        (b"*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", [1, [b"x"]]),
    ],
)
def test_replies_of_redis(data: bytes, expected: object) -> None:
    assert wire.reply(io.BytesIO(data)) == expected


@pytest.mark.parametrize("data", [b"-ERR no\r\n", b"", b"+PO"])
def test_a_reply_that_is_none(data: bytes) -> None:
    with pytest.raises(wire.Unready):
        wire.reply(io.BytesIO(data))


def test_a_command_is_an_array() -> None:
    assert wire.encoded("GET", "ä") == b"*2\r\n$3\r\nGET\r\n$2\r\n\xc3\xa4\r\n"


@pytest.fixture
def server() -> Iterator[Callable[[bytes], int]]:
    """A listener that says these words to whoever comes first, once that has said something."""
    listener = socket.create_server((wire.HOST, 0))
    threads = []

    def serve(words: bytes) -> int:
        def talk() -> None:
            link, _ = listener.accept()
            with link:
                link.recv(1024)
                link.sendall(words)
                link.shutdown(socket.SHUT_WR)
                while link.recv(1024):
                    pass

        threads.append(threading.Thread(target=talk))
        threads[-1].start()
        port: int = listener.getsockname()[1]
        return port

    yield serve
    for thread in threads:
        thread.join()
    listener.close()


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


ASKED = message(b"R", struct.pack("!i", wire.CLEARTEXT))
WELCOME = message(b"R", b"\0\0\0\0") + message(b"Z", b"I")


def test_rows_of_postgres(server: Callable[[bytes], int]) -> None:
    row = message(b"D", struct.pack("!hi", 2, 2) + b"15" + struct.pack("!i", -1))
    port = server(ASKED + WELCOME + row + row + message(b"Z", b"I"))
    assert wire.postgres(port, "u", "p", "d", "select 1") == [["15", ""], ["15", ""]]


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        message(b"E", b"SFATAL\0Mthe database system is starting up\0\0"),
        message(b"R", struct.pack("!i", 10)),
    ],
)
def test_what_is_no_postgres_that_is_ready(server: Callable[[bytes], int], words: bytes) -> None:
    with pytest.raises(wire.Unready):
        wire.postgres(server(words), "u", "p", "d", "select 1")


def test_redis_answers_after_the_password(server: Callable[[bytes], int]) -> None:
    assert wire.redis(server(b"+OK\r\n+PONG\r\n"), "secret", "PING") == b"PONG"


def test_where_nobody_listens() -> None:
    with socket.create_server((wire.HOST, 0)) as listener:
        port = listener.getsockname()[1]
        assert wire.is_open(port)
    assert not wire.is_open(port)
    with pytest.raises(wire.Unready):
        wire.redis(port, "secret", "PING")

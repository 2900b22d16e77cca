"""What servers answer, byte by byte, from a listener that has all its words ready."""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Callable

import pytest

from emulator.addon import wire
from tests.addon.words import ASKED, DONE, PONG, ROW, WELCOME, message


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


def test_rows_of_postgres(server: Callable[[bytes], int]) -> None:
    port = server(ASKED + WELCOME + ROW + ROW + DONE)
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
    assert wire.redis(server(PONG), "secret", "PING") == b"PONG"


def test_where_nobody_listens() -> None:
    with socket.create_server((wire.HOST, 0)) as listener:
        port = listener.getsockname()[1]
        assert wire.is_open(port)
    assert not wire.is_open(port)
    with pytest.raises(wire.Unready):
        wire.redis(port, "secret", "PING")

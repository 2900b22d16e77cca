"""Answers of HTTP servers of all kinds, from bytes."""

from __future__ import annotations

import io

import pytest

from emulator.logplex.exchange import MOST_BODY, Answer, Exchange

OK = b"HTTP/1.1 200 OK\r\n"


class Sock:
    """Has an answer ready; `fails` when something is sent."""

    def __init__(self, data: bytes, fails: OSError | None = None) -> None:
        self.data = io.BytesIO(data)
        self.fails = fails
        self.sent = b""
        self.now = 0.0
        self.slowness = 0.0
        self.timeouts: list[float] = []

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def recv_into(self, buffer: memoryview) -> int:
        self.now += self.slowness
        return self.data.readinto(buffer[:1] if self.slowness else buffer)

    def sendall(self, data: bytes) -> None:
        if self.fails:
            raise self.fails
        self.sent += data

    def close(self) -> None:
        pass


def exchange(sock: Sock) -> Exchange:
    return Exchange(sock, 5.0, lambda: sock.now)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, "No Content")),
        (OK + b"Content-Length: 2\r\n\r\nok", Answer(200, "OK")),
        (OK + b"content-length:2\n\nok", Answer(200, "OK")),
        (OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nok", Answer(200, "OK", True)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", Answer(200, "OK", True)),
        (OK + b"\r\nto the end", Answer(200, "OK", True)),
        (OK + b"Content-Length: many\r\n\r\n", Answer(200, "OK", True)),
        (OK + b"Content-Length: -1\r\n\r\n", Answer(200, "OK", True)),
        (OK + b"Content-Length: 3\r\n\r\nok", Answer(200, "OK", True)),
        (OK + b"Content-Length: %d\r\n\r\n" % (MOST_BODY + 1), Answer(200, "OK", True)),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\n\r\n", Answer(200, "OK")),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", Answer(200, "OK")),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", Answer(200, "OK", True)),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok", "broke|closed"),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 \r\nContent-Length: 0\r\n\r\n",
            Answer(413, ""),
        ),
        (b"", "closed the connection without an answer"),
        (b"HTTP/1.1 200", "broke off"),
        (OK + b"A: b\r\n" * 201 + b"\r\n", "too long"),
        (b"\x15\x03\x03\x00\x02\x02\x46\n", "not HTTP"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "not HTTP"),
    ],
)
def test_answers(data: bytes, expected: Answer | str) -> None:
    sock = Sock(data)
    if isinstance(expected, str):
        with pytest.raises(OSError, match=expected):
            exchange(sock).ask(b"request")
    else:
        assert exchange(sock).ask(b"request") == expected
    assert sock.sent == b"request"


def test_two_answers_on_one_connection() -> None:
    asked = exchange(Sock(OK + b"Content-Length: 2\r\n\r\nok" + b"HTTP/1.1 500 No\r\n\r\n"))
    assert asked.ask(b"a") == Answer(200, "OK")
    assert asked.ask(b"b") == Answer(500, "No", True)


def test_an_answer_that_comes_before_all_was_sent_counts() -> None:
    gone = BrokenPipeError(32, "Broken pipe")
    answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
    assert exchange(Sock(answer, gone)).ask(b"a") == Answer(413, "Too Large", True)
    with pytest.raises(BrokenPipeError):
        exchange(Sock(b"", gone)).ask(b"a")


def test_an_answer_that_trickles_in_is_waited_for_no_longer_than_a_slow_one() -> None:
    sock = Sock(OK + b"Content-Length: 0\r\n\r\n")
    sock.slowness = 0.5
    with pytest.raises(TimeoutError):
        exchange(sock).ask(b"a")
    assert sock.now == 5.0
    assert sock.timeouts == [5.0, *(5.0 - n / 2 for n in range(10))]

"""Heads of requests: what is refused, what the dyno gets of the others."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.router.head import CHUNKED, KNOWN_LINES
from emulator.router.request import Refused, Request, Requests, check_beginning
from emulator.router.table import State
from tests.router.scene import Scene

HOST = b"Host: localhost\r\n"


def read(data: bytes) -> Request:
    return Requests().read(data)


def head(line: bytes = b"GET / HTTP/1.1", *headers: bytes) -> bytes:
    return b"\r\n".join([line, b"Host: localhost", *headers, b"", b""])


HOSTILE = [
    (400, b"GET /\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\n\r\n"),
    (400, b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n"),
    (400, b" GET / HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"G(T / HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET / http/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET / HTTP/1.1x\r\n" + HOST + b"\r\n"),
    (400, b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET /#a HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET a HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET * HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, b"GET http://a@localhost/ HTTP/1.1\r\n" + HOST + b"\r\n"),
    (505, b"GET / HTTP/2.0\r\n" + HOST + b"\r\n"),
    (505, b"PRI * HTTP/2.0\r\n\r\n"),
    (405, b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n"),
    (400, head(b"A" * 128 + b" / HTTP/1.1")),
    (400, head(b"GET /" + b"a" * 8192 + b" HTTP/1.1")),
    (400, head(b"GET / HTTP/1.1", b"A: " + b"a" * 8190)),
    (400, head(b"GET / HTTP/1.1", b"A" * 1001 + b": b")),
    (400, head(b"GET / HTTP/1.1", *[b"A: b"] * 1000)),
    (400, head(b"GET / HTTP/1.1", b"Host: localhost")),
    (400, b"GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n"),
    (400, head(b"GET / HTTP/1.1", b"A: b", b" c")),
    (400, head(b"GET / HTTP/1.1", b"A: b", b"\tc")),
    (400, head(b"GET / HTTP/1.1", b"A: b\nB: c")),
    (400, head(b"GET / HTTP/1.1", b"A: b\rB: c")),
    (400, head(b"GET / HTTP/1.1", b"A: \x00")),
    (400, head(b"GET / HTTP/1.1", b"A: \x7f")),
    (400, head(b"GET / HTTP/1.1", b"no colon")),
    (400, head(b"GET / HTTP/1.1", b": empty")),
    (400, head(b"GET / HTTP/1.1", b"A\xff: b")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: 5", b"Transfer-Encoding: chunked")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: 5", b"Content-Length: 6")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: 5, 6")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: +5")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: 1_0")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: 0x5")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: \xb2")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length:")),
    (400, head(b"POST / HTTP/1.1", b"Content-Length: " + b"9" * 16)),
    (400, head(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked")),
    (400, head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked", b"Transfer-Encoding: x")),
    (501, head(b"POST / HTTP/1.1", b"Transfer-Encoding: gzip, chunked")),
    (501, head(b"POST / HTTP/1.1", b"Transfer-Encoding: xchunked")),
    (501, head(b"POST / HTTP/1.1", b"Transfer-Encoding: \x0bchunked".replace(b"\x0b", b"\xa0"))),
]


@pytest.mark.parametrize(("status", "data"), HOSTILE)
def test_what_is_no_request_is_refused(status: int, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (head(b"GET /" + b"a" * 8192 + b" HTTP/1.1"), "The request line is longer than 8192 bytes"),
        (head(b"GET / HTTP/1.1", b"X: " + b"a" * 8190), "a header is longer than 8192 bytes: 'X'"),
        (
            head(b"GET / HTTP/1.1", b"X" * 1001 + b": a"),
            "the name of a header is longer than 1000 bytes",
        ),
        (
            head(b"POST / HTTP/1.1", b"Content-Length: 3", b"Content-Length: 4"),
            "Content-Length is not one number: '3, 4'",
        ),
    ],
)
def test_a_refusal_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert str(refused.value).removeprefix("Bad request: ") == reason


@pytest.mark.parametrize("parts", [[b"\r\n", b""], [b"\r", b"\n"], [b"", b"\r\n"]])
def test_an_empty_line_before_a_request_does_not_count(scene: Scene, parts: list[bytes]) -> None:
    (dyno,) = scene.dynos(State.UP)
    client = scene.client()
    client.send(parts[0])
    scene.settle()
    client.send(parts[1] + head())
    dyno.serves()
    assert client.has(b"hello").startswith(b"HTTP/1.1 200 OK\r\n")


def test_no_dyno_ever_sees_any_of_that(scene: Scene) -> None:
    (dyno,) = scene.dynos(State.UP)
    for status, data in HOSTILE:
        client = scene.client()
        client.send(data + b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n")
        assert client.ends().startswith(b"HTTP/1.1 %d " % status)
        client.close()
    scene.settle()
    assert scene.lines == [] and not scene.proxy.clients
    client = scene.client()
    client.send(b"POST / HTTP/1.1\r\nHost : x\r\n\r\n")
    client.has(b"Name: value: 'Host : x'\n")
    client.send(b"more")
    assert client.ends() == b"" and not client.is_reset
    with pytest.raises(BlockingIOError):
        dyno.sock.accept()


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\nHost: localhost\n\n",
        b"GET / HTTP/1.1\r\nHost: localhost\n",
        b"G\x00",
        b"a" * 9000,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 50_000,
        b" GET",
        b"\n",
    ],
)
def test_what_can_become_no_head_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(Refused):
        check_beginning(data)


@pytest.mark.parametrize("data", [b"G", b"GET", b"GET / HTTP/1.1\r", b"GET / HTTP/1.1\r\nHos"])
def test_a_beginning_has_its_time(data: bytes) -> None:
    check_beginning(data)


def test_what_goes_on_to_the_dyno() -> None:
    request = read(
        head(
            b"GET /a?b=%20 HTTP/1.1",
            b"Accept:*/*",
            b"Connection: keep-alive, X-Secret, Host",
            b"Keep-Alive: timeout=5",
            b"X-Secret: 1",
            b"x-forwarded-for: 1.2.3.4",
            b"X-Forwarded-For: 5.6.7.8",
            b"X-Forwarded-Proto: https",
            b"X-Request-Start: 1",
            b"Via: 1.0 elsewhere",
            b"Upgrade: h2c",
            b"Cookie: a=b",
            b"Proxy-Authorization: Basic x",
            b"X-Request-ID: abcdefghij0123456789",
        )
    )
    assert request.sent_on == (
        b"GET /a?b=%20 HTTP/1.1\r\nHost: localhost\r\nAccept:*/*\r\nCookie: a=b\r\n"
    )
    manner = request.manner
    assert manner.forwarded_for == "1.2.3.4, 5.6.7.8, "
    assert manner.via == "1.0 elsewhere, "
    assert manner.request_id == "abcdefghij0123456789"


@pytest.mark.parametrize(
    "given_id", [b"short", b"a" * 201, b"abcdefghij 0123456789", b"a" * 19 + b'"']
)
def test_a_request_id_that_is_none_is_not_taken(given_id: bytes) -> None:
    assert read(head(b"GET / HTTP/1.1", b"X-Request-Id: " + given_id)).manner.request_id == ""


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"GET http://localhost/a?b HTTP/1.1", b"/a?b"),
        (b"GET HTTP://LOCALHOST HTTP/1.1", b"/"),
        (b"OPTIONS * HTTP/1.1", b"*"),
        (b"GET /\xc3\xbc HTTP/1.1", b"/\xc3\xbc"),
        (b"GET //x HTTP/1.1", b"//x"),
    ],
)
def test_forms_of_the_target(line: bytes, path: bytes) -> None:
    assert read(head(line)).target == path


@pytest.mark.parametrize(
    ("headers", "host"),
    [
        (b"Host: Shop.LocalHost:5000", "shop.localhost"),
        (b"Host: [::1]:5000", "[::1]"),
        (b"Host: localhost.", "localhost"),
    ],
)
def test_the_host_is_a_name(headers: bytes, host: str) -> None:
    assert read(b"GET / HTTP/1.1\r\n" + headers + b"\r\n\r\n").host == host


def test_http_1_0_needs_no_host_and_does_not_keep_alive() -> None:
    request = read(b"GET / HTTP/1.0\r\n\r\n")
    assert (request.minor, request.host, request.keeps_alive) == (0, "", False)
    assert read(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keeps_alive


def test_bodies() -> None:
    post = b"POST / HTTP/1.1"
    assert read(head(post, b"Content-Length: 5", b"Content-Length: 5")).manner.length == 5
    assert read(head(post, b"Transfer-Encoding: Chunked")).manner.length == CHUNKED
    assert not read(head(post)).has_body
    assert read(head()).is_repeatable and not read(head(post)).is_repeatable
    assert not read(head(b"PUT / HTTP/1.1", b"Content-Length: 5")).is_repeatable


def test_the_memory_of_lines_is_bounded_and_keeps_what_comes_again() -> None:
    requests = Requests()
    for n in range(3 * KNOWN_LINES):
        requests.read(head(b"GET / HTTP/1.1", b"Cookie: n=%d" % n))
    lines = requests.lines
    assert len(lines.young) + len(lines.old) <= 2 * KNOWN_LINES
    assert b"Host: localhost" in lines.young
    for n in range(3000):
        requests.read(b"GET / HTTP/1.1\r\nHost: h%d\r\n\r\n" % n)
    assert len(requests.manners[1]) <= 1024


TOKEN = st.text("abcXYZ-_1", min_size=1, max_size=8).map(str.encode)
BYTES = st.binary(max_size=12) | st.sampled_from([b"chunked", b"5", b"close", b"localhost", b" "])
NAMES = TOKEN | st.sampled_from([b"Content-Length", b"Transfer-Encoding", b"Host", b"Connection"])
SEPARATORS = st.sampled_from([b": ", b":", b" : ", b"\r\n ", b":\t"])
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\n\t"])
LINES = st.tuples(NAMES, SEPARATORS, BYTES, ENDS).map(b"".join)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=4))
def test_whatever_we_accept_an_independent_parser_reads_in_the_same_way(lines: list[bytes]) -> None:
    data = b"POST /x HTTP/1.1\r\nHost: localhost\r\n" + b"".join(lines) + b"\r\n"
    end = data.find(b"\r\n\r\n") + 4
    try:
        request = read(data[:end])
    except Refused:
        return
    oracle = h11.Connection(h11.SERVER)
    oracle.receive_data(request.sent_on + b"\r\n")
    event = oracle.next_event()
    assert isinstance(event, h11.Request)
    assert (event.method, event.target) == (b"POST", b"/x")
    named = [name for name, _ in event.headers]
    assert named.count(b"host") == 1
    length = request.manner.length
    assert (b"transfer-encoding" in named) == (length == CHUNKED)
    if length > 0:
        assert dict(event.headers)[b"content-length"] == b"%d" % length
    after = oracle.next_event()
    assert (after is h11.NEED_DATA) == request.has_body

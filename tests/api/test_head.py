"""Heads: what is no strict HTTP/1.1 is refused, and never understood in another way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.api.head import (
    MAX_FIELDS,
    MAX_HEAD,
    MAX_LINE,
    REASONS,
    Head,
    Refused,
    end_of_head,
    parse,
    response_head,
)

LINE = b"GET /apps/~ HTTP/1.1\r\n"


def outcome(raw: bytes) -> int | Head:
    """The head, or the status with which it is refused; -1 if more has to come."""
    try:
        end = end_of_head(raw)
        return parse(raw[:end]) if end >= 0 else -1
    except Refused as refused:
        assert refused.status in REASONS
        assert str(refused)
        return refused.status


def with_fields(*fields: bytes, line: bytes = LINE, host: bytes = b"Host: a\r\n") -> int | Head:
    return outcome(line + host + b"".join(field + b"\r\n" for field in fields) + b"\r\n")


def test_a_request_is_read():
    head = with_fields(b"Accept:text/plain", b"X-Odd: \t two  words\t ", b"Content-Length: 12")
    assert isinstance(head, Head)
    assert (head.method, head.target, head.minor, head.length) == ("GET", "/apps/~", 1, 12)
    assert head.get("accept") == "text/plain"
    assert head.get("x-odd") == "two  words"
    assert head.get("missing") == ""
    assert not head.chunked


@pytest.mark.parametrize(
    ("line", "field", "keeps"),
    [
        (LINE, b"X: 1", True),
        (LINE, b"Connection: close", False),
        (LINE, b"Connection: foo, Close", False),
        (b"GET / HTTP/1.0\r\n", b"X: 1", False),
        (b"GET / HTTP/1.0\r\n", b"Connection: Keep-Alive", True),
    ],
)
def test_who_keeps_the_connection(line: bytes, field: bytes, keeps: bool):
    head = with_fields(field, line=line)
    assert isinstance(head, Head)
    assert head.keeps_alive is keeps


@pytest.mark.parametrize(
    ("field", "status"),
    [
        (b"Content-Length: +3", 400),
        (b"Content-Length: 1_0", 400),
        (b"Content-Length: 0x3", 400),
        (b"Content-Length: -1", 400),
        (b"Content-Length: 3, 3", 400),
        (b"Content-Length:", 400),
        (b"Content-Length: \xb2", 400),
        (b"Content-Length: 3\r\nContent-Length: 3", 400),
        (b"Content-Length: " + b"1" * 16, 400),
        (b"Content-Length: 3\r\nTransfer-Encoding: chunked", 400),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
        (b"Transfer-Encoding: xchunked", 501),
        (b"Transfer-Encoding: gzip, chunked", 501),
        (b"Transfer-Encoding : chunked", 400),
        (b"Host: b", 400),
        (b"X-A: 1\r\n continued", 400),
        (b"X-A: 1\r\n\tcontinued", 400),
        (b"X-A: 1\nX-B: 2", 400),
        (b"X-A: 1\rX-B: 2", 400),
        (b"X-A: \x00", 400),
        (b"X-A: \x0b", 400),
        (b"X-A: \x7f", 400),
        (b"X A: 1", 400),
        (b"X-A : 1", 400),
        (b": 1", 400),
        (b"no colon", 400),
        (b"X-\xc3\xa9: 1", 400),
        (b"X-A: " + b"a" * MAX_LINE, 431),
    ],
)
def test_odd_fields_are_refused(field: bytes, status: int):
    assert with_fields(field) == status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET  / HTTP/1.1", 400),
        (b"GET / HTTP/1.1 ", 400),
        (b" GET / HTTP/1.1", 400),
        (b"GET\t/\tHTTP/1.1", 400),
        (b"GET /", 400),
        (b"", 400),
        (b"G(T / HTTP/1.1", 400),
        (b"GET apps HTTP/1.1", 400),
        (b"GET http://other.example/ HTTP/1.1", 400),
        (b"GET * HTTP/1.1", 400),
        (b"CONNECT other.example:443 HTTP/1.1", 400),
        (b"GET /\xc3\xa9 HTTP/1.1", 400),
        (b"GET /a#b HTTP/1.1", 400),
        (b"GET / http/1.1", 400),
        (b"GET / HTTP/1.1x", 400),
        (b"GET / HTTP/9.9", 505),
        (b"GET / HTTP/2", 505),
        (b"PRI * HTTP/2.0", 400),
        (b"GET /" + b"a" * MAX_LINE + b" HTTP/1.1", 414),
    ],
)
def test_odd_request_lines_are_refused(line: bytes, status: int):
    assert with_fields(line=line + b"\r\n") == status


@pytest.mark.parametrize(
    ("host", "line", "status"),
    [
        (b"", LINE, 400),
        (b"Host: a/b\r\n", LINE, 400),
        (b"Host: a@b\r\n", LINE, 400),
        (b"Host: a b\r\n", LINE, 400),
        (b"Host: a\r\nhost: a\r\n", LINE, 400),
    ],
)
def test_one_host_is_wanted(host: bytes, line: bytes, status: int):
    assert with_fields(host=host, line=line) == status


def test_an_old_client_may_leave_the_host_out_but_not_send_chunks():
    assert isinstance(with_fields(line=b"GET / HTTP/1.0\r\n", host=b""), Head)
    assert with_fields(b"Transfer-Encoding: chunked", line=b"GET / HTTP/1.0\r\n") == 400


def test_addresses_are_hosts():
    for host in (b"localhost:5000", b"127.0.0.1", b"[::1]:80", b""):
        assert isinstance(with_fields(host=b"Host: " + host + b"\r\n"), Head)


def test_chunks_are_told_to_whoever_can_read_them():
    head = with_fields(b"Transfer-Encoding: Chunked")
    assert isinstance(head, Head)
    assert head.chunked


def test_large_heads_are_refused_before_they_end():
    assert outcome(b"GET / HTTP/1.1\r\nX: " + b"a" * MAX_LINE) == 431
    fields = b"X: 1234567\r\n" * (MAX_HEAD // 12)
    assert outcome(LINE + fields) == 431
    assert outcome(LINE + fields + b"\r\n") == 431
    assert with_fields(*[b"X: 1"] * MAX_FIELDS) == 431
    assert isinstance(with_fields(*[b"X: 1"] * (MAX_FIELDS - 1)), Head)


@pytest.mark.parametrize(
    "start", [b"GET / HTTP/1.1\n", b"\x16\x03\x01\x02\x00\x01", b"GET /\rX", b"\0"]
)
def test_what_can_become_no_head_is_refused_at_once(start: bytes):
    assert outcome(start) == 400


def test_half_a_head_is_waited_for():
    whole = LINE + b"Host: a\r\n\r\n"
    assert [outcome(whole[:n]) for n in range(len(whole))] == [-1] * len(whole)
    assert end_of_head(whole + b"\0body\n") == len(whole)


def test_no_line_end_can_be_smuggled_into_a_response():
    assert response_head(404, [("A", "b")]) == b"HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n"
    for value in ("b\r\nC: d", "b\nc", "b\rc"):
        with pytest.raises(AssertionError):
            response_head(200, [("A", value)])


PIECES = st.sampled_from(
    [
        *(b"GET", b"POST", b" ", b"/", b"/apps/~", b"HTTP/1.1", b"HTTP/1.0", b"\r\n", b"\n", b"\r"),
        *(b"Host: a", b"Content-Length: 3", b"Transfer-Encoding: chunked", b":", b"\t", b"\0"),
        *(b"\r\n\r\n", b"\xff", b"X: y", b"+", b"9" * 20),
    ]
)


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=12).map(b"".join)))
def test_whatever_comes_is_a_head_or_refused(raw: bytes):
    head = outcome(raw)
    if isinstance(head, Head):
        assert head.target.startswith("/")
        assert not set(head.target) & set(" \r\n\t\0")
        names = [name for name, _ in head.fields]
        assert names.count("host") <= 1
        framing = names.count("content-length") + names.count("transfer-encoding")
        assert framing <= 1

"""Requests from the bytes of a connection, however they are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.api.head import Refused, parse
from emulator.api.request import MAX_BODY, Reader, Request

ONE = b"POST /a?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
TWO = b"GET /b HTTP/1.1\r\nHost: a\r\n\r\n"


def drained(reader: Reader) -> list[tuple[str, bytes]]:
    found = []
    while one := reader.next():
        found.append((one[0].target, one[1]))
    return found


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, len(ONE + TWO)), max_size=5))
def test_cuts_do_not_matter(cuts: list[int]):
    data, reader, found = ONE + TWO, Reader(), []
    edges = [0, *sorted(cuts), len(data)]
    for begin, end in itertools.pairwise(edges):
        reader.feed(data[begin:end])
        found += drained(reader)
    assert found == [("/a?x=1", b"hello"), ("/b", b"")]
    assert not reader.has_begun


def test_half_a_request_has_begun():
    reader = Reader()
    assert not reader.has_begun
    reader.feed(ONE[:-1])
    assert reader.next() is None
    assert reader.has_begun


@pytest.mark.parametrize(
    ("field", "status"),
    [(f"Content-Length: {MAX_BODY + 1}", 413), ("Transfer-Encoding: chunked", 501)],
)
def test_bodies_that_are_not_read(field: str, status: int):
    reader = Reader()
    reader.feed(f"POST / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n".encode())
    with pytest.raises(Refused) as refused:
        reader.next()
    assert refused.value.status == status


def request(target: str, *fields: str) -> Request:
    lines = [f"GET {target} HTTP/1.1", "Host: a", *fields, "", ""]
    return Request(parse("\r\n".join(lines).encode()))


def test_path_and_query_are_apart():
    asked = request("/a%2Fb?x=%31&y")
    assert (asked.path, asked.query) == ("/a%2Fb", {"x": ["1"], "y": [""]})
    with pytest.raises(Refused):
        request("/a?x=%zz")


def test_who_shows_answers_to_a_person():
    assert request("/", "Accept: text/plain; q=1").wants_text
    assert not request("/", "Accept: application/vnd.heroku+json; version=3").wants_text
    assert not request("/").wants_text
    assert request("/", "HK-Color: 1").wants_colour
    assert not request("/", "HK-Color: 0").wants_colour

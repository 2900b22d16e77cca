"""Where bodies end."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.router.body import Chunked, Length, UntilClose, body
from emulator.router.head import CHUNKED, UNTIL_CLOSE, Malformed


def feed(found: Chunked | Length, data: bytes, step: int) -> int:
    """How many bytes belong to it, when they come in pieces of that size."""
    taken = 0
    for at in range(0, len(data), step):
        end = min(at + step, len(data))
        now = found.feed(data, at, end)
        taken += now - at
        if found.is_done:
            break
        assert now == end
    return taken


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=5),
    st.sampled_from([b"", b";a", b'; a="b"']),
    st.sampled_from([b"", b"A: b\r\n", b"A: b\r\nC:\r\n"]),
    st.integers(1, 50),
)
def test_chunks_end_where_an_independent_parser_says(
    chunks: list[bytes], extension: bytes, trailers: bytes, step: int
) -> None:
    data = b"".join(b"%x%s\r\n%s\r\n" % (len(one), extension, one) for one in chunks)
    data += b"0\r\n" + trailers + b"\r\n"
    payload: list[bytes] = []
    found = Chunked(payload)
    assert feed(found, data + b"GET /next", step) == len(data)
    assert found.is_done and b"".join(payload) == b"".join(chunks)
    oracle = h11.Connection(h11.SERVER)
    oracle.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + data)
    events = []
    while not isinstance(event := oracle.next_event(), h11.EndOfMessage):
        assert event is not h11.NEED_DATA
        events.append(event)
    assert b"".join(one.data for one in events[1:]) == b"".join(payload)


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"g\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x1\r\n",
        b"1_0\r\n",
        b" 1\r\n",
        b"1 \r\n",
        b"1 ;a\r\n",
        b"1\n",
        b"1\r\nab\r\n",
        b"1\r\na\n",
        b"1\r\na0\r\n\r\n",
        b"1;\x00\r\n",
        b"1;a\rb\r\n",
        b"1" * 16 + b"\r\n",
        b"1;" + b"a" * 5000,
        b"0\r\n\n",
        b"0\r\nno trailer\r\n",
        b"0\r\n folded: x\r\n",
        b"0\r\nContent-Length: 5\r\n",
        b"0\r\n" + b"a: b\r\n" * 1001,
    ],
)
@pytest.mark.parametrize("step", [1, 10_000])
def test_what_are_no_chunks(data: bytes, step: int) -> None:
    with pytest.raises(Malformed):
        feed(Chunked(), data, step)


def test_a_length_is_counted_and_the_rest_left() -> None:
    found = Length(5)
    assert found.feed(b"abc", 0, 3) == 3 and not found.is_done
    assert found.feed(b"xdefg", 1, 5) == 3 and found.is_done


def test_which_kind_of_body_it_is() -> None:
    assert isinstance(body(CHUNKED), Chunked) and isinstance(body(UNTIL_CLOSE), UntilClose)
    assert body(0).is_done and not body(1).is_done
    assert UntilClose().feed(b"abc", 1, 3) == 3

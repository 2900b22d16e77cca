"""Output cut into records: nothing is lost, and what belongs together is in one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.rendezvous.records import MARKER, MOST, exit_record, records

pieces = st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"\xef", b"\xbf", MARKER, b"7", b"x" * 5000])
outputs = st.lists(pieces, max_size=30).map(b"".join)


def sent(data: bytes, cuts: list[int]) -> list[bytes]:
    """The records of that output if it is read in parts; what is held at the end is the last."""
    found, held, start = [], b"", 0
    for cut in [*sorted(cuts), len(data)]:
        ready, held = records(held + data[start:cut])
        found += ready
        start = cut
    return [*found, held]


@given(outputs, st.lists(st.integers(0, 20_000), max_size=5))
@settings(max_examples=60)
def test_all_output_is_sent_in_order_and_fits(data: bytes, cuts: list[int]):
    found = sent(data, [min(cut, len(data)) for cut in cuts])
    assert b"".join(found) == data
    assert all(0 < len(record) <= MOST for record in found[:-1])
    assert len(found[-1]) <= len(MARKER) + 4


@given(outputs, st.lists(st.integers(0, 20_000), max_size=5))
@settings(max_examples=60)
def test_a_line_end_is_never_split(data: bytes, cuts: list[int]):
    found = sent(data, [min(cut, len(data)) for cut in cuts])
    for record, following in pairwise(found):
        assert not (record.endswith(b"\r") and following.startswith(b"\n"))


@given(outputs, st.integers(0, 255), outputs, st.lists(st.integers(0, 20_000), max_size=5))
@settings(max_examples=60)
def test_an_exit_status_is_whole(before: bytes, status: int, after: bytes, cuts: list[int]):
    line = exit_record(status)
    data = before + line + after
    found = sent(data, [min(cut, len(data)) for cut in cuts])
    at, end = data.find(line), 0
    for record in found:
        start, end = end, end + len(record)
        assert not start < at < end or at + len(line) - 1 <= end


@pytest.mark.parametrize(
    ("data", "ready", "held"),
    [
        (b"", [], b""),
        (b"50%\r", [b"50%"], b"\r"),
        (b"\xef\xbf", [], b"\xef\xbf"),
        (b"\xef\xbf\xbd", [b"\xef\xbf\xbd"], b""),
        (b"a" + MARKER + b"12", [b"a"], MARKER + b"12"),
        (b"a" + MARKER + b"12\r\n", [b"a" + MARKER + b"12\r\n"], b""),
        (MARKER + b"1234567", [MARKER + b"1234567"], b""),
        (b"x" * MOST + b"\r\n", [b"x" * MOST, b"\r\n"], b""),
        (b"x" * (MOST - 1) + b"\r\n", [b"x" * (MOST - 1), b"\r\n"], b""),
    ],
)
def test_what_can_be_sent_and_what_waits(data: bytes, ready: list[bytes], held: bytes):
    assert records(data) == (ready, held)

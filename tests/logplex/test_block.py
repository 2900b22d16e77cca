"""Chunks become the same lines as if each line had been looked at by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.logplex.block import MAX_LINE, Block, Cutter, Filter, Stream, newest

WEB = Stream("app", "web.1")

quick = settings(max_examples=30, deadline=None)

awkward = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\r", b"\r\r\n", b"\0", b"a", b"word ", b"\x1b[1m", b"\xff", b"\xc3"),
        *(
            "é".encode(),
            "漢".encode(),
            "🙂".encode(),
            b"\xf0\x9f",
            b"\xe6\xbc",
            b"\x80",
            b"\xed\xa0",
        ),
        *(b"x" * 9_999, b"x" * 10_000, b"x" * 10_001, b"x" * 25_000, "é".encode() * 5_001),
    ]
)
texts = st.lists(awkward, max_size=12).map(b"".join)


def naive(text: bytes) -> bytes:
    """Line by line, as the rules are told in docs/log-plane.md."""
    *lines, rest = text.split(b"\n")
    result = []
    for line in [*lines, rest] if rest else lines:
        line = line.removesuffix(b"\r").decode("utf-8", "replace").encode()
        while len(line) > MAX_LINE:
            cut = MAX_LINE
            while line[cut] & 0xC0 == 0x80:
                cut -= 1
            result.append(line[:cut])
            line = line[cut:]
        result.append(line)
    return b"".join(line + b"\n" for line in result)


def cut(chunks: list[bytes]) -> bytes:
    cutter = Cutter()
    return b"".join([cutter.feed(chunk) for chunk in chunks]) + cutter.finish()


@quick
@given(texts, st.lists(st.integers(0, 30_000), max_size=6))
def test_equals_the_naive_rules_however_the_text_is_chunked(text, places):
    edges = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    chunks = [text[a:b] for a, b in pairwise(edges)]
    assert cut(chunks) == naive(text)


@quick
@given(st.lists(awkward.filter(lambda part: len(part) < 99), max_size=20).map(b"".join))
def test_equals_the_naive_rules_byte_by_byte(text):
    assert cut([bytes([byte]) for byte in text]) == naive(text)


def test_the_unfinished_line_is_kept_and_finished_once():
    cutter = Cutter()
    assert cutter.feed(b"one\ntw") == b"one\n"
    assert cutter.feed(b"o") == b""
    assert cutter.finish() == b"two\n"
    assert cutter.finish() == b""


def test_a_character_in_two_chunks_is_one_character():
    cutter = Cutter()
    assert cutter.feed("é\n".encode()[:1]) == b""
    assert cutter.feed("é\n".encode()[1:]) == "é\n".encode()


@pytest.mark.parametrize("unit", [b"x", "é".encode(), "漢".encode(), b"\xff"])
def test_a_line_without_end_needs_little_memory(unit):
    cutter = Cutter()
    chunk = unit * (65_536 // len(unit))
    for _ in range(40):
        pieces = cutter.feed(chunk).split(b"\n")
        assert all(MAX_LINE - 3 <= len(piece) <= MAX_LINE for piece in pieces[:-1])
        assert len(cutter._carry) <= MAX_LINE + 1


def test_nul_and_a_lone_carriage_return_are_kept():
    assert Cutter().feed(b"a\0b\rc\n") == b"a\0b\rc\n"


@pytest.mark.parametrize(
    ("chosen", "streams"),
    [
        (Filter(), ["app[web.1]", "app[web.12]", "heroku[web.1]", "heroku[router]", "app[api]"]),
        (Filter(source="heroku"), ["heroku[web.1]", "heroku[router]"]),
        (Filter(dyno="web.1"), ["app[web.1]", "heroku[web.1]"]),
        (Filter(dyno="web"), ["app[web.1]", "app[web.12]", "heroku[web.1]"]),
        (Filter("app", "web"), ["app[web.1]", "app[web.12]"]),
        (Filter(dyno="router"), ["heroku[router]"]),
        (Filter(dyno="we"), []),
    ],
)
def test_a_filter_matches_a_dyno_or_all_of_a_type(chosen, streams):
    known = [
        *(Stream("app", "web.1"), Stream("app", "web.12"), Stream("heroku", "web.1")),
        *(Stream("heroku", "router"), Stream("app", "api")),
    ]
    assert [stream.header for stream in known if chosen(stream)] == streams


def test_the_newest_lines_cut_the_oldest_block():
    blocks = [Block(1, WEB, b"a\nb\n"), Block(2, WEB, b"c\n\nd\n"), Block(3, WEB, b"e\n")]
    assert [b.body for b in newest(blocks, 3)] == [b"\nd\n", b"e\n"]
    assert [b.lines for b in newest(blocks, 3)] == [2, 1]
    assert newest(blocks, 99) == blocks
    assert newest(blocks, 0) == []


def test_matching_lines_are_a_block_of_their_own():
    block = Block(7, WEB, b"error: a\nfine\nerror: b\n")
    assert block.matching(b"error") == [Block(7, WEB, b"error: a\nerror: b\n")]
    assert block.matching(b"none") == []

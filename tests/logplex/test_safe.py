"""Nothing that a dyno writes can drive a terminal, colour apart."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.logplex.safe import plain

SGR = re.compile(r"\x1b\[[0-9;:]*m")
BIDIRECTIONAL = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}

quick = settings(max_examples=40, deadline=None)
nasty = st.sampled_from(
    [
        *(b"\x1b[31m", b"\x1b[0m", b"\x1b[m", b"\x1b[38;5;9m", b"\x1b", b"\x1b[", b"[2J", b"m"),
        *(b"\x1b[?1049h", b"\x1b]52;c;aGk=\x07", b"\x1b]0;t\x1b\\", b"\x1bP", b"\x9b31m", b"\x9d"),
        *("\u009b2J".encode(), "\u202e".encode(), "\u2066".encode(), b"\xe2\x80", b"\xc2", b"\xff"),
        *(b"\r", b"\b", b"\x7f", b"\0", b"\t", b"text", "é".encode(), b"\n"),
    ]
)
bodies = st.lists(nasty | st.binary(max_size=5), max_size=20).map(lambda p: b"".join(p) + b"\n")


def is_control(character: str) -> bool:
    return character in BIDIRECTIONAL or (
        unicodedata.category(character) == "Cc" and character not in "\n\t"
    )


@quick
@given(bodies, st.booleans())
def test_no_control_character_survives(body, colour):
    shown = plain(body, colour).decode()
    rest = SGR.sub("", shown) if colour else shown
    assert [c for c in rest if is_control(c)] == []


@quick
@given(bodies, st.booleans())
def test_no_line_is_added_or_lost(body, colour):
    assert plain(body, colour).count(b"\n") == body.count(b"\n")


@quick
@given(bodies)
def test_colour_ends_with_its_line(body):
    for line in plain(body).split(b"\n"):
        assert b"\x1b" not in line or line.endswith(b"\x1b[0m")


@quick
@given(bodies, st.booleans())
def test_what_is_safe_stays_as_it_is(body, colour):
    once = plain(body, colour)
    assert plain(once, colour) == once


@pytest.mark.parametrize("text", ["plain\ttext\n", "“quotes” … ✓ é\u00a0漢 🙂\n", "\n", ""])
def test_harmless_text_is_not_copied(text):
    body = text.encode()
    assert plain(body) is body


@pytest.mark.parametrize(
    ("body", "coloured", "colourless"),
    [
        (b"\x1b[31mred\x1b[0m\n", b"\x1b[31mred\x1b[0m\n", b"red\n"),
        (b"\x1b[1;31mred\nnot\n", b"\x1b[1;31mred\x1b[0m\nnot\n", b"red\nnot\n"),
        (b"\x1b[2J\x1b]0;title\x07\n", b"^[[2J^[]0;title^G\n", b"^[[2J^[]0;title^G\n"),
        (b"10%\r20%\n", b"10%^M20%\n", b"10%^M20%\n"),
        (b"a\0\x7f\n", b"a^@^?\n", b"a^@^?\n"),
        ("\u009b31m\u202e\n".encode(), b"\\u009b31m\\u202e\n", b"\\u009b31m\\u202e\n"),
        (b"\x9b31m\n", "\ufffd31m\n".encode(), "\ufffd31m\n".encode()),
        (b"\x1b\x1b[31m[2J\n", b"^[\x1b[31m[2J\x1b[0m\n", b"^[[2J\n"),
        (b"\x1b[>4;2m\n", b"^[[>4;2m\n", b"^[[>4;2m\n"),
    ],
)
def test_each_kind(body, coloured, colourless):
    assert plain(body, colour=True) == coloured
    assert plain(body, colour=False) == colourless

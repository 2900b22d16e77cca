"""Bytes of a user's file: encodings told apart, with the line."""

from __future__ import annotations

import pytest

from emulator.app.text import Number, decode, read_json, shown
from emulator.errors import ProcfileError


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\nb\n", "a\nb\n"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("é".encode(), "é"),
    ],
)
def test_line_ends_and_the_byte_order_mark_go_without_a_word(data: bytes, text: str) -> None:
    assert decode(data, "F", ProcfileError) == (text, ())


def test_a_lone_carriage_return_ends_a_line_and_is_told_once() -> None:
    text, notices = decode(b"a\r\nb\rc\rd", "F", ProcfileError)
    assert text == "a\nb\nc\nd"
    assert notices == ("F:2: a carriage return without a line feed is read as a line end",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\nb\xe9\n", "F:2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\r\nb\r\xe9", "F:3: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"\xed\xa0\x80", "F:1: byte 0xed is not UTF-8; save the file as UTF-8"),
        (b"a\n\nb\0", "F:3: NUL byte; save the file as UTF-8 text"),
        ("web: x".encode("utf-16"), "F:1: the file is UTF-16; save it as UTF-8"),
        ("web: x".encode("utf-16-le"), "F:1: NUL byte; save the file as UTF-8 text"),
    ],
)
def test_what_is_not_utf_8_text_is_refused_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(ProcfileError) as refused:
        decode(data, "F", ProcfileError)
    assert str(refused.value) == message


def test_json_numbers_keep_the_text_they_were_written_as() -> None:
    digits = "9" * 5000
    value = read_json(f"[1.0, 1e400, {digits}]", "F", ProcfileError)
    assert value == ["1.0", "1e400", digits]
    assert isinstance(value, list)
    assert all(type(number) is Number for number in value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b" 2}', "F:2:6: not JSON: Expecting ':' delimiter"),
        ("[NaN]", "F: NaN is not JSON"),
        ("[" * 100_000, "F: JSON nested too deep"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ProcfileError) as refused:
        read_json(text, "F", ProcfileError)
    assert str(refused.value) == message


def test_text_in_messages_cannot_move_the_cursor_or_fill_the_screen() -> None:
    assert shown("\x1b[2J") == r"'\x1b[2J'"
    assert len(shown("x" * 10_000)) < 30

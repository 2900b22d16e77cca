"""The class docstring of an error is its message."""

from __future__ import annotations

from emulator.errors import UserError
from emulator.runtime.folder import AlreadyRunning


class Long(UserError):
    """{path} is wrong. Write
    `it` anew."""


def test_a_line_break_in_a_docstring_is_a_blank() -> None:
    assert str(Long(path="x")) == "x is wrong. Write `it` anew."
    assert "\n" not in str(AlreadyRunning("/app", "7"))


def test_a_field_is_shown_as_it_is() -> None:
    assert str(UserError("one\n  two  {three}")) == "one\n  two  {three}"
    assert str(Long(path="a  b\nc")).startswith("a  b\nc is wrong.")

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.api.percent import query, quote, unquote


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_text_survives(text: str):
    sent = quote(text)
    assert all("!" <= char <= "~" for char in sent)
    assert unquote(sent) == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("text", ["%", "%4", "%zz", "a%+1", "%ff", "%c3", "%e2%82", "% 1"])
def test_what_is_not_valid_is_refused(text: str):
    with pytest.raises(ValueError):
        unquote(text)


def test_queries():
    assert query("a=1&b=x%26y&a=2+3&c&&d=") == {
        "a": ["1", "2 3"],
        "b": ["x&y"],
        "c": [""],
        "d": [""],
    }
    assert query("") == {}

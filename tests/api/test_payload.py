"""Bodies: an object within bounds, or one sentence that says what is wrong with it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.api.payload import BadRequest, Payload, parse
from emulator.errors import UserError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=3), children, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nul",
        b"[]",
        b"3",
        b'"text"',
        b"\xff{}",
        b"\xef\xbb\xbf{}",
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\\u0000"}',
        b'{"a":9007199254740993}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
        b'{"a":' + b"[" * 500_000,
        b'{"a":' * 100_000,
        b"{}{}",
    ],
)
def test_what_is_not_taken(body: bytes):
    with pytest.raises(BadRequest) as refused:
        parse(body)
    assert refused.value.status == 400
    assert "\n" not in str(refused.value)


def test_depth_and_size_that_are_taken():
    assert parse(b'{"a":' + b"[" * 62 + b"]" * 62 + b"}").get("a")
    assert parse(b'{"a":9007199254740992}').get("a") == 2**53
    assert parse(b"  ").fields == parse(b"{}").fields == {}


@settings(max_examples=50, deadline=None)
@given(JSON)
def test_any_json_is_taken_or_refused(value: object):
    try:
        assert parse(json.dumps(value).encode()).fields == value
    except BadRequest:
        assert not isinstance(value, dict) or "\\u0000" in json.dumps(value)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_taken_or_refused(body: bytes):
    try:
        parse(body)
    except BadRequest as error:
        assert str(error)


def test_fields_by_type():
    payload = Payload({"t": "x", "n": None, "one": 1, "no": False, "e": {"A": 1, "B": "b"}})
    assert (payload.text("t"), payload.text("n"), payload.text("missing")) == ("x", None, None)
    assert (payload.flag("one"), payload.flag("no"), payload.flag("n")) == (True, False, False)
    assert payload.texts("e") == {"A": "1", "B": "b"}
    assert payload.texts("missing") == {}
    [item] = Payload({"u": [{"t": "x"}]}).objects("u")
    assert item.text("t") == "x"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", 1),
        ("text", ["x"]),
        ("flag", "yes"),
        ("flag", 2),
        ("flag", {}),
        ("objects", None),
        ("objects", {}),
        ("objects", [1]),
        ("texts", []),
        ("texts", {"A": None}),
        ("texts", {"A": True}),
        ("texts", {"A": []}),
    ],
)
def test_a_field_of_another_type_is_named(read: str, value: object):
    with pytest.raises(UserError, match=r"odd: (A: )?expected"):
        getattr(Payload({"odd": value}), read)("odd")

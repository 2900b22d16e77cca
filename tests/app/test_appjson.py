"""The formation of an app.json."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.app.appjson import formation
from emulator.app.formation import Change
from emulator.errors import FormationError

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("{}", ()),
        ('{"formation": null}', ()),
        ('{"formation": {}}', ()),
        (
            '{"name": "x", "formation": {"web": {"quantity": 2, "size": "standard-1x", "a": 1}}}',
            (Change("web", "=", 2, "standard-1x"),),
        ),
        ('{"formation": {"web": {"quantity": 0}}}', (Change("web", "=", 0),)),
        ('\ufeff{"formation": {"web": {"size": "eco"}}}', (Change("web", "+", 0, "eco"),)),
        (
            '{"formation": {"b-2": {"quantity": 1}, "a": {"quantity": 3}}}',
            (Change("b-2", "=", 1), Change("a", "=", 3)),
        ),
    ],
)
def test_what_a_file_asks_for(text: str, changes: tuple[Change, ...]) -> None:
    assert formation(text.encode(), "app.json") == changes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{\n  "formation": {,\n}', "app.json:2:17: not JSON: Expecting property name"),
        ("", "app.json:1:1: not JSON: Expecting value"),
        ("[]", "app.json: the file: expected an object, {...}"),
        ('{"formation": []}', "app.json: formation: expected an object, {...}"),
        ('{"formation": {"web": 1}}', "app.json: formation.web: expected an object, {...}"),
        *(
            (
                f'{{"formation": {{"web": {{"quantity": {quantity}}}}}}}',
                "app.json: formation.web.quantity: expected a whole number, 0 or more",
            )
            for quantity in ("-1", "1.5", '"1"', "true", "[]")
        ),
        (
            '{"formation": {"web": {"size": 1}}}',
            'app.json: formation.web.size: expected a text such as "standard-1x"',
        ),
        (
            '{"formation": {"web": {"size": ""}}}',
            "app.json: formation.web: 'web+0:': expected TYPE=QUANTITY",
        ),
        (
            '{"formation": {"we.b": {"quantity": 1}}}',
            "app.json: formation.we.b: 'we.b=1': expected TYPE=QUANTITY",
        ),
        (
            '{"formation": {"web": {"quantity": 100000}}}',
            "app.json: formation.web: 'web=100000': at most 10000 dynos of one type",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FormationError) as refused:
        formation(text.encode(), "app.json")
    assert str(refused.value).startswith(message)


keys = st.sampled_from(["web", "a=1", "a:b", "quantity", "size", "\n", ""])
leaves = st.sampled_from([None, True, -1, 0, 10**9, 1.5, float("nan"), "", "x", "\ud800"])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
    max_leaves=6,
)


@settings(unhurried, max_examples=150)
@given(st.dictionaries(keys, values, max_size=3))
def test_any_json_is_a_formation_or_one_line_that_names_the_file(entries: object) -> None:
    try:
        formation(json.dumps({"formation": entries}).encode(), "app.json")
    except FormationError as error:
        assert str(error).startswith("app.json")
        assert len(str(error).splitlines()) == 1

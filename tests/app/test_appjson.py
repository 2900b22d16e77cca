"""What an app.json asks for."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.app.appjson import AppJson, Variable, parse
from emulator.app.formation import Change
from emulator.errors import AppJsonError

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
    assert parse(text.encode(), "app.json").formation == changes


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
        ('{"env": {"A": 1}}', "app.json: env.A: expected an object, {...}"),
        ('{"env": {"A": {"value": 1}}}', "app.json: env.A.value: expected a text"),
        ('{"env": {"A": {"generator": "uuid"}}}', 'app.json: env.A.generator: expected "secret"'),
        ('{"env": {"A": {"required": "no"}}}', "app.json: env.A.required: expected true or false"),
        ('{"env": {"A-B": "x"}}', "app.json: env.A-B: 'A-B' is not a name for a config var"),
        ('{"addons": {}}', "app.json: addons: expected a list, [...]"),
        ('{"addons": ["a", 1]}', "app.json: addons[1]: expected a text"),
        ('{"scripts": {"postdeploy": []}}', "app.json: scripts.postdeploy: expected a text"),
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
    with pytest.raises(AppJsonError) as refused:
        parse(text.encode(), "app.json")
    assert str(refused.value).startswith(message)


def test_a_whole_file() -> None:
    text = json.dumps(
        {
            "name": "shop",
            "env": {
                "DEBUG": "1",
                "SECRET_KEY": {"description": "Signs cookies", "generator": "secret"},
                "MAIL": {"required": False},
                "TOKEN": {"description": "Ask us"},
                "PORT": "5000",
            },
            "addons": ["heroku-redis:mini", {"plan": "heroku-postgresql", "as": "DATABASE"}],
            "scripts": {"postdeploy": "python manage.py seed", "pr-predestroy": "x"},
            "success_url": "/",
            "buildpack": "x",
            "a\nb": 1,
        }
    )
    assert parse(text.encode(), "app.json") == AppJson(
        env=(
            Variable("DEBUG", "1"),
            Variable("SECRET_KEY", is_secret=True),
            Variable("MAIL", is_required=False),
            Variable("TOKEN"),
        ),
        addons=("heroku-redis:mini", "heroku-postgresql"),
        postdeploy="python manage.py seed",
        unknown=("buildpack", "'a\\nb'"),
    )


keys = st.sampled_from(["web", "a=1", "a:b", "quantity", "size", "\n", ""])
leaves = st.sampled_from([None, True, -1, 0, 10**9, 1.5, float("nan"), "", "x", "\ud800"])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
    max_leaves=6,
)


@settings(unhurried, max_examples=50)
@given(
    st.sampled_from(["formation", "env", "scripts", "addons", "name"]),
    st.dictionaries(keys, values, max_size=3) | st.lists(values, max_size=2),
)
def test_any_json_is_taken_or_one_line_names_the_file(part: str, entries: object) -> None:
    try:
        parse(json.dumps({part: entries}).encode(), "app.json")
    except AppJsonError as error:
        assert str(error).startswith("app.json")
        assert len(str(error).splitlines()) == 1

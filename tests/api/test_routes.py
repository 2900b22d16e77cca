"""Every request finds its endpoint, or is told why there is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.api.answer import Response
from emulator.api.head import Refused
from emulator.api.routes import table
from tests.api.bench import Bench


@pytest.fixture
def bench():
    return Bench().start(web=1)


@pytest.mark.parametrize("name", ["~", "shop", "%73hop"])
def test_names_of_the_app(bench, name):
    assert bench.get(f"/apps/{name}")["name"] == "shop"


def test_its_id_is_a_name_too(bench):
    assert bench.get(f"/apps/{bench.get('/apps/~')['id']}/dynos")


def test_a_name_in_braces_is_a_name_like_others(bench):
    assert bench.refused("GET", "/apps/{app}/dynos")[2] == "Couldn't find that app."
    assert "({dyno})" in bench.refused("GET", "/apps/~/dynos/{dyno}")[2]


def test_another_app_is_not_found(bench):
    assert bench.refused("GET", "/apps/other/dynos") == (
        404,
        "not_found",
        "Couldn't find that app.",
    )


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/app"),
        ("GET", "/apps/~/"),
        ("GET", "/apps//dynos"),
        ("GET", "//apps/~"),
        ("GET", "/apps/~/dynos/web.1/"),
        ("GET", "/apps/~/dynos/%zz"),
        ("GET", "/apps/~/{dyno}"),
        ("GET", "/apps/~/dynos/%ff"),
        ("GET", "/Apps/~"),
        ("GET", "/apps/~/../~"),
        ("GET", "/apps/~/__class__"),
        ("POST", "/hk-local/submit"),
    ],
)
def test_unknown_endpoints(bench, method, target):
    status, id_, message = bench.refused(method, target)
    assert (status, id_) == (404, "not_found")
    assert message.startswith("The requested API endpoint was not found.")


def test_the_path_is_split_before_it_is_decoded(bench):
    status, _, message = bench.refused("GET", "/apps/~/dynos/a%2Fb")
    assert (status, message) == (404, "Couldn't find that dyno (a/b). There are web.1.")


def test_a_wrong_method_is_told_the_right_ones(bench):
    response = bench.ask("PUT", "/apps/~/dynos")
    assert response.status == 405
    assert ("Allow", "GET, POST, DELETE") in response.fields
    assert b"takes GET, POST, DELETE, not PUT" in response.body


def test_errors_are_text_for_people(bench):
    response = bench.ask("GET", "/apps/other", Accept="text/plain")
    assert response.body == b"Couldn't find that app.\n"
    assert ("Content-Type", "text/plain; charset=utf-8") in response.fields


def test_a_defect_costs_one_answer_and_leaves_one_line(bench):
    def fail(world):
        raise ZeroDivisionError("oops")

    bench.kernel.submit = fail
    for accept in ("application/json", "text/plain"):
        response = bench.ask("DELETE", "/apps/~/dynos", Accept=accept)
        assert response.status == 500
        assert b"Something went wrong in hk-local itself" in response.body
        assert b"oops" not in response.body
    assert bench.told == ["DELETE /apps/~/dynos: ZeroDivisionError: oops"] * 2


def test_every_route_is_answered(bench):
    """With whatever its names are replaced by, and no body."""
    for route in table():
        target = route.pattern.replace("{app}", "~").replace("{", "").replace("}", "")
        found = bench.ask(route.method, target)
        assert not isinstance(found, Response) or found.status != 500
    assert bench.told == []


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**53)
    | st.sampled_from(["web", "+1", "-1", "2", "Standard-2X", "run", "ls", "", "web.1", "all"])
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "quantity", "size", "A"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ["updates", "quantity", "size", "dyno_size", "command", "attach", "env", "type"]
NAMES += ["url", "hostname", "include", "level", "secret", "enabled", "maintenance", "name"]
NAMES += ["target", "kill", "lines", "tail", "dyno", "since", "grep", "source", "format"]
CHANGES = [route for route in table() if route.method in ("POST", "PATCH")]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CHANGES),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5) | st.binary(max_size=20),
)
def test_whatever_the_body_is_nothing_breaks(route, body):
    bench = Bench().start(web=1)
    names = dict.fromkeys(re.findall(r"{(\w+)}", route.pattern), "x")
    known = {"app": "~", "dyno": "web.1", "type": "web", "release": "1", "feature": "preboot"}
    target = route.pattern.format(**names | known)
    found = bench.ask(route.method, target, body)
    if isinstance(found, Response):
        assert found.status < 500
    assert bench.told == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.text("%0123abc.=+ \\\u00e9", max_size=6)), max_size=4
    )
)
def test_whatever_the_query_is_nothing_breaks(pairs):
    bench = Bench().start(web=1)
    query = "&".join(f"{n}={v}" for n, v in pairs).replace(" ", "+").encode("ascii", "ignore")
    try:
        found = bench.ask("GET", f"/apps/~/logs?{query.decode()}")
    except Refused:
        return
    assert not isinstance(found, Response) or found.status == 422
    assert bench.told == []

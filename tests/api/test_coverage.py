"""docs/api-coverage.md tells what is so."""

from __future__ import annotations

import os

import pytest

from emulator.api.routes import table
from tests.api import coverage, schema
from tests.api.bench import Bench
from tests.api.coverage import Coverage

needs_schema = pytest.mark.skipif(
    schema.SCHEMA is None and not os.environ.get("CI"), reason="Heroku's schema is not here"
)


@needs_schema
def test_the_page_is_current():
    """If not: python -m tests.api.coverage."""
    assert coverage.PAGE.read_text() == coverage.page(schema.SCHEMA)


@needs_schema
def test_what_is_not_supported_is_answered_in_heroku_s_form_and_logged_once():
    bench = Bench().start(web=1)
    for link in coverage.links(schema.SCHEMA):
        if link.coverage is not Coverage.NOT_SUPPORTED:
            continue
        path = link.path.replace("{app}", "~").replace("{", "").replace("}", "")
        status, id_, message = bench.refused(link.method, path)
        assert (status, id_) in ((404, "not_found"), (405, "method_not_allowed")), link
        assert message.startswith("The requested API endpoint"), link


@needs_schema
def test_what_answers_empty_does():
    bench = Bench().start(web=1)
    for link in coverage.links(schema.SCHEMA):
        path = link.path.replace("{app}", "~").replace("{", "").replace("}", "")
        if link.coverage is Coverage.EMPTY:
            response = bench.ask(link.method, path, {} if link.method == "POST" else None)
            assert response.status == 404 or response.body.strip() == b"[]", link
        elif link.coverage is Coverage.WORKS and link.method == "GET":
            assert bench.ask("GET", path).body.strip() != b"[]" or link.path in MAY_BE_EMPTY, link


MAY_BE_EMPTY = (
    *("/addon-attachments", "/addons", "/apps/{app}/addon-attachments", "/apps/{app}/addons"),
    *("/apps/{app}/log-drains", "/apps/{app}/webhooks", "/users/{account}/addons"),
)
"""Lists that a client can add to."""


def test_an_unknown_endpoint_is_logged_once():
    bench = Bench().start(web=1)
    for _ in range(3):
        assert bench.refused("GET", "/apps/~/nothing")[:2] == (404, "not_found")
    assert bench.told == ["GET /apps/~/nothing: there is no such endpoint in this emulator"]


def test_kept_by_hand_is_only_what_is_routed():
    routed = {(route.method, route.pattern) for route in table()}
    assert routed.issuperset(coverage.EMPTY_TOO)


def test_paths_are_readable():
    href = "/apps/{(%23%2Fdefinitions%2Fapp%2Fdefinitions%2Fidentity)}/dynos"
    assert coverage.readable(href) == "/apps/{app}/dynos"

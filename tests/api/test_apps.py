"""The app itself: shown, renamed, destroyed."""

from __future__ import annotations

import pytest

from emulator.app.name import RULE
from tests.api.bench import Bench


@pytest.fixture
def bench():
    return Bench()


def test_the_git_url_has_the_port_of_the_api(bench):
    assert Bench().get("/apps/~")["git_url"] == "https://localhost/shop.git"
    bench.info["api_url"] = "http://localhost:5001"
    assert bench.get("/apps/~")["git_url"] == "https://localhost:5001/shop.git"


def test_a_new_name(bench):
    id_ = bench.get("/apps/shop")["id"]
    response = bench.ask("PATCH", "/apps/shop", {"name": "store-2"})
    assert response.status == 200 and b'"name":"store-2"' in response.body
    assert "$HEROKU_APP still says shop" in dict(response.fields)["X-Heroku-Warning"]
    assert bench.get("/apps/store-2")["id"] == id_
    assert bench.refused("GET", "/apps/shop")[0] == 404
    assert bench.get("/apps/~/releases") == []


def test_the_same_name_is_no_news(bench):
    response = bench.ask("PATCH", "/apps/~", {"name": "shop"})
    assert "X-Heroku-Warning" not in dict(response.fields)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *(("Shop", RULE), ("9shop", RULE), ("shop-", RULE), ("sh_op", RULE), ("", RULE)),
        *(("ab", "too short"), ("a" * 31, "too long")),
    ],
)
def test_a_name_that_no_app_can_have(bench, name, reason):
    body = {"name": name, "maintenance": True}
    status, _, message = bench.refused("PATCH", "/apps/~", body)
    assert status == 422 and reason in message
    assert (bench.kernel.world.app, bench.kernel.world.maintenance) == ("shop", False)


def test_the_sizes_of_slug_and_repository(bench):
    bench.slug_sizes = (3000, 70)
    found = bench.get("/apps/~")
    assert (found["slug_size"], found["repo_size"]) == (3000, 70)


def test_there_is_one_stack(bench):
    assert bench.ask("PATCH", "/apps/~", {"build_stack": "heroku-24"}).status == 200
    body = {"build_stack": "heroku-22", "name": "store-2"}
    status, _, message = bench.refused("PATCH", "/apps/~", body)
    assert status == 422 and "heroku-24 is the only one here" in message
    assert bench.kernel.world.app == "shop"


def test_destroyed(bench):
    response = bench.ask("DELETE", "/apps/shop")
    assert response.status == 200 and b'"name":"shop"' in response.body
    assert bench.kernel.world.stopping and bench.is_forgotten


def test_another_app_is_not_made(bench):
    status, _, message = bench.refused("POST", "/apps", {"name": "other"})
    assert status == 422 and "run hk-local start in its folder" in message

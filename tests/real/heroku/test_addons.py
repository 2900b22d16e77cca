"""The unmodified Heroku CLI makes add-ons, talks to them, and is rid of them."""

from __future__ import annotations

import json

import pytest

from tests.real.heroku.conftest import HEROKU, Cli

pytestmark = pytest.mark.real
needs_cli = pytest.mark.skipif(not HEROKU, reason="HK_LOCAL_HEROKU_CLI names no Heroku CLI")


def names(heroku: Cli) -> dict[str, str]:
    """The add-ons by their services."""
    found = json.loads(heroku.hk_local("addons", "--json"))
    return {one["addon_service"]["name"]: one["name"] for one in found}


@needs_cli
def test_redis(heroku: Cli):
    made = heroku("addons:create", "heroku-redis:mini", "--as", "QUEUE")
    name = names(heroku)["heroku-redis"]
    assert made.told.startswith("Creating heroku-redis:mini on shop... free")
    assert f"{name} is being created in the background." in made.out + made.told
    heroku.hk_local("addons:wait")
    assert "PONG" in heroku("redis:cli", input="PING\n").out
    assert "as QUEUE" in heroku("addons").out
    changed = heroku("addons:upgrade", "heroku-redis:premium-0").told
    assert changed.endswith("from heroku-redis:mini to heroku-redis:premium-0... done, free")
    done = heroku("addons:destroy", "heroku-redis", "--confirm", "shop").told
    assert done == f"Destroying {name} on shop... done"
    assert "heroku-redis" not in names(heroku)


@needs_cli
def test_postgres(heroku: Cli):
    heroku("addons:create", "heroku-postgresql", "--wait")
    name = names(heroku)["heroku-postgresql"]
    assert "Plan:        Essential 0" in heroku("pg:info").out
    heroku.hk_local("addons:create", "heroku-postgresql", "--as", "SECOND", "--wait")
    promoted = heroku("pg:promote", "SECOND").told
    assert "Ensuring an alternate alias for existing DATABASE_URL" in promoted
    second = next(
        one["name"]
        for one in json.loads(heroku.hk_local("addons", "--json"))
        if "DATABASE_URL" in one["config_vars"]
    )
    assert second != name
    heroku.hk_local("addons:destroy", second, "--confirm", "shop")
    heroku.hk_local("addons:destroy", name, "--confirm", "shop")

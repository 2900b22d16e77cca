"""hk-local.toml: what declares a service, and what is wrong with a declaration."""

from __future__ import annotations

import tomllib

import pytest

from emulator.addon.declared import services
from emulator.errors import UserError

GOOD = """
[addons.memcached-cloud]
command = "exec memcached -p $PORT"
ready = "true"
config = { MEMCACHED_CLOUD_SERVERS = "127.0.0.1:$PORT", MEMCACHED_CLOUD_USERNAME = "" }
"""


def test_a_declared_service_is_there_beside_ours() -> None:
    found = services(tomllib.loads(GOOD))
    service = found["memcached-cloud"]
    assert service.attachment == "MEMCACHED_CLOUD" and service.ready == "true"
    assert service.template == "SERVERS=127.0.0.1:$PORT\nUSERNAME="
    assert "heroku-redis" in found and service.plan().name == "local"


def test_no_declaration_is_none() -> None:
    assert "heroku-redis" in services({})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[other]", "hk-local.toml: 'other': expected tables such as [addons.memcachier] only"),
        ("[addon.thing]", "hk-local.toml: 'addon': expected"),
        ("addons = 1", "hk-local.toml, addons: expected tables"),
        ("[addons]\nx = 1", "addons.x: expected a table"),
        ("[addons.X]", "addons.X: a name has lower case"),
        ("[addons.heroku-redis]", "there already"),
        ("[addons.x]\nport = 1", "addons.x.port: expected one of command, ready, config"),
        ("[addons.x]\nconfig = { X_URL = '1' }", "expected a command"),
        ("[addons.x]\ncommand = 1", "addons.x.command: expected a text"),
        ("[addons.x]\ncommand = 'x'", "addons.x.config: expected such as { X_URL"),
        ("[addons.x]\ncommand = 'x'\nconfig = { URL = '1' }", "has to begin with X_"),
        ("[addons.x]\ncommand = 'x'\nconfig = { X_url = '1' }", "has to begin with X_"),
        ("[addons.x]\ncommand = 'x'\nconfig = { X_URL = 1 }", "config.X_URL: expected a text"),
        ('[addons.x]\ncommand = "x"\nconfig = { X_URL = "a\\nb" }', "one line of text"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        services(tomllib.loads(text))
    assert message in str(error.value)

"""Commands about the app as a whole, and what is run beside its dynos."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.real.served import HK_LOCAL, Served, until

pytestmark = pytest.mark.real

PROCFILE = """\
worker: exec sleep 1000
console: echo console of $DYNO with $A; exit 3
"""


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Served(tmp_path_factory.mktemp("home"), PROCFILE, "A=1\n")
    try:
        shop.start("-m", "console=0")
        yield shop
    finally:
        if (shop.dir / ".hk-local" / "socket").exists():
            shop.stop()


def told(shop: Served, *words: str) -> tuple[int, str]:
    """Exit code and output of a command that need not succeed."""
    done = subprocess.run([HK_LOCAL, *words], cwd=shop.dir, env=shop.plain, stdout=-1, text=True)
    return done.returncode, done.stdout


def test_a_new_name_is_remembered(shop: Served) -> None:
    shop.hk_local("apps:rename", "store")
    assert shop.hk_local("apps:info").startswith("=== store\n")
    assert json.loads(shop.hk_local("env", "--json"))["HEROKU_APP"] == "store"
    shop.hk_local("stop")
    shop.start()
    assert shop.hk_local("apps:info").startswith("=== store\n")
    shop.hk_local("stop")
    shop.start("--app", "other")  # for this time
    assert shop.hk_local("apps:info").startswith("=== other\n")


def test_destroyed(shop: Served) -> None:
    assert told(shop, "apps:destroy", "--confirm", "shpo")[0] == 2
    shop.hk_local("apps:destroy", "--confirm", "shop")
    # The emulator has closed its connections a moment before it is gone.
    until(lambda: not (shop.dir / ".hk-local").exists())
    assert sorted(path.name for path in shop.dir.iterdir()) == [".env", "Procfile"]
    shop.start("-m", "console=0")
    assert shop.hk_local("releases").startswith("=== shop Releases - Current: v4\n")


def test_config_vars(shop: Served) -> None:
    assert shop.hk_local("config:set", "B=two words") == "B: two words\n"
    assert (shop.dir / ".env").read_text() == "A=1\nB=two words\n"
    assert shop.hk_local("config:get", "B") == "two words\n"
    assert shop.hk_local("run", "printenv", "B") == "two words\n"
    shop.hk_local("config:unset", "B")
    assert shop.hk_local("config") == "=== shop Config Vars\n\nA: 1\n"


def test_what_runs_beside_a_dyno(shop: Served) -> None:
    code, out = told(shop, "console", "-e", "A=2")
    assert (code, out.startswith("console of run."), out.endswith(" with 2\n")) == (3, True, True)
    port = shop.hk_local("run:inside", "worker.1", "--", "echo $PORT")
    assert port == shop.hk_local("ps:exec", "-d", "worker.1", "echo $PORT")
    assert told(shop, "ps:exec", "-d", "worker.1", "--", "sh", "-c", "exit 5")[0] == 5
    assert "worker.1: up" in shop.hk_local("ps:exec", "--status")
    assert told(shop, "ps:exec")[0] == 1  # there is no web.1

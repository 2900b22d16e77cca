"""`heroku apps:destroy`, of an app of its own."""

from __future__ import annotations

import pytest

from tests.real.heroku.conftest import HEROKU, Cli, eventually

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not HEROKU, reason="HK_LOCAL_HEROKU_CLI names no Heroku CLI"),
]


def test_an_app_is_destroyed_but_not_the_users_files(tmp_path_factory: pytest.TempPathFactory):
    home, dir = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("apps") / "shop"
    (home / ".cache" / "heroku").mkdir(parents=True)
    (home / ".cache" / "heroku" / "terms-of-service").touch()
    dir.mkdir()
    (dir / "Procfile").write_text("worker: exec sleep 1000\n")
    cli = Cli(dir, home)
    cli.start()
    done = cli("apps:destroy", "shop", "--confirm", "shop")
    assert done.told == "Destroying shop (including all add-ons)... done"
    eventually(lambda: [path.name for path in dir.iterdir()] == ["Procfile"])

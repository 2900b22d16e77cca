"""The unmodified Heroku CLI and an app with a release command: it follows it, as on Heroku."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.heroku.conftest import HEROKU, Cli, eventually

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not HEROKU, reason="HK_LOCAL_HEROKU_CLI names no Heroku CLI"),
]

PROCFILE = """\
worker: exec sleep 1000
release: echo migrating to $STAGE; until test -e go; do sleep 0.1; done; exit ${FAIL:-0}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Cli]:
    home, dir = tmp_path / "home", tmp_path / "shop"
    dir.mkdir()
    (dir / "Procfile").write_text(PROCFILE)
    (dir / ".env").write_text("STAGE=1\n")
    (home / ".cache" / "heroku").mkdir(parents=True)
    (home / ".cache" / "heroku" / "terms-of-service").touch()
    cli = Cli(dir, home)
    (dir / "go").touch()
    try:
        cli.start()
        yield cli
    finally:
        cli.hk_local("stop", "--kill")


def newest(cli: Cli) -> str:
    return str(json.loads(cli.hk_local("releases", "--json", "-n", "1"))[0]["status"])


def timeless(text: str) -> str:
    """Without ages, and the length of the line that is as long as they are."""
    return re.sub(r"\(~ \d+[smh] ago\)|─+", "", text)


def test_release_commands(shop: Cli) -> None:
    (shop.dir / "go").unlink()
    done = shop("config:set", "STAGE=2", "FAIL=3")
    assert "Warning: Release command executing: this config change will not be" in done.told
    assert done.told.startswith("Setting STAGE, FAIL and restarting shop... done, v5")
    (shop.dir / "go").touch()
    assert shop("releases:output").out == "migrating to 2\n"
    eventually(lambda: newest(shop) == "failed")
    assert (shop.dir / ".env").read_text() == "STAGE=1\n"
    out = shop("releases").out
    assert timeless(out) == timeless(shop.hk_local("releases"))
    assert "Current: v4" in out and "v5   Set FAIL, STAGE config vars release command failed" in out

    done = shop("rollback", "v4")
    assert done.out == "Running release command...\nmigrating to 1\n"
    assert done.told == (
        "Rolling back shop to v4... done, v6 Warning: Rollback affects code and config vars; it "
        "doesn't add or remove addons. Warning: To undo, run: heroku rollback v5"
    )
    eventually(lambda: newest(shop) == "succeeded")
    done = shop("releases:retry")
    assert done.out == "Running release command...\nmigrating to 1\n"
    assert done.told == "Retrying v6 on shop... done, v7"
    eventually(lambda: newest(shop) == "succeeded")
    assert "Retry of v6: Rollback to v4" in shop.hk_local("releases:info")
    mine = shop.hk_local("releases:info", "v5").splitlines()
    told = [line for line in shop("releases:info", "v5").out.splitlines() if "Add-ons" not in line]
    assert [" ".join(line.split()) for line in told] == [" ".join(line.split()) for line in mine]

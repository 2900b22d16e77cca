"""The official Heroku CLI, led by `hk-local env` to an app whose emulator runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

HK_LOCAL = str(Path(sys.executable).with_name("hk-local"))
HEROKU = os.environ.get("HK_LOCAL_HEROKU_CLI", "")
"""The path of the program `heroku`, version 11.10.0 of the npm package."""

PROCFILE = f"""\
web: {sys.executable} -u -m http.server $PORT
worker: echo ready; exec sleep 1000
spare: exec sleep 1000
console: echo a console of shop
greet: echo hello $NAME, you are $DYNO
"""


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """What stderr says, without the gutters and line breaks of the CLI."""
        return " ".join(self.err.replace("\u203a", " ").split())


class Cli:
    """Runs `heroku WORDS...` for the app in `dir`; `env` is what it and a shell would have."""

    def __init__(self, dir: Path, home: Path) -> None:
        self.dir = dir
        kept = ("PATH", "LANG", "LC_ALL")
        plain = {name: os.environ[name] for name in kept if name in os.environ}
        own = {"HOME": str(home), "TMPDIR": str(home), "TERM": "xterm", "USER": "dev"}
        self.plain = {**plain, **own}
        self.env = self.plain

    def start(self, *words: str) -> None:
        subprocess.run(
            [HK_LOCAL, "start", "-d", *words],
            cwd=self.dir,
            env=self.plain,
            check=True,
            capture_output=True,
            timeout=100,
        )
        told = subprocess.run(
            [HK_LOCAL, "env", "--json"], cwd=self.dir, env=self.plain, stdout=-1, check=True
        )
        self.env = {**self.plain, **json.loads(told.stdout)}

    def __call__(self, *words: str, code: int = 0, input: str = "") -> Done:
        done = subprocess.run(
            [HEROKU, *words],
            cwd=self.dir,
            env=self.env,
            input=input,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return Done(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str) -> object:
        return json.loads(self(*words).out)

    def hk_local(self, *words: str) -> str:
        return subprocess.run(
            [HK_LOCAL, *words], cwd=self.dir, env=self.plain, stdout=-1, check=True, text=True
        ).stdout

    def states(self) -> dict[str, str]:
        """Every dyno's name and state."""
        return {dyno["name"]: dyno["state"] for dyno in json.loads(self.hk_local("ps", "--json"))}


def eventually(holds: Callable[[], bool]) -> None:
    """It holds within a minute."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end


@pytest.fixture(scope="module")
def heroku(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """The CLI of an app that runs web.1 and worker.1."""
    home, dir = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("apps") / "shop"
    dir.mkdir()
    (dir / "Procfile").write_text(PROCFILE)
    (dir / ".env").write_text("NAME=you\n")
    cli = Cli(dir, home)
    try:
        cli.start("-m", "spare=0,greet=0,console=0")
        yield cli
    finally:
        cli.hk_local("stop", "--kill")

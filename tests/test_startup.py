"""What a command must not import: its time is that of its imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Emulator

TELL = """
import sys
before = set(sys.modules)
from emulator.cli.main import run
code = run(sys.argv[1:])
after = sorted(set(sys.modules) - before)
import json
print(json.dumps([code, after]), file=sys.stderr)
"""

ALWAYS = {
    "__future__",
    "emulator",
    "emulator.cli",
    "emulator.cli.call",
    "emulator.cli.commands",
    "emulator.cli.main",
    "emulator.cli.output",
    "emulator.cli.parse",
    "emulator.cli.table",
    "emulator.errors",
}
ASKING = {*ALWAYS, "_socket", "emulator.cli.client", "emulator.cli.response"}
READING_CHANGES = {"emulator.app", "emulator.app.formation", "emulator.app.procfile"} | {
    "emulator.app.text",
    "emulator.fact",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Path]:
    """A folder with an emulator that agrees to everything, as briefly as can be."""
    emulator = Emulator(tmp_path)
    emulator.otherwise = lambda request: request.reply("done\n")
    yield tmp_path
    emulator.close()


@pytest.mark.real
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ps"], {*ASKING, "emulator.cli.commands.ps"}),
        (["ps:restart"], {*ASKING, "emulator.cli.commands.ps"}),
        (["ps:scale"], {*ASKING, "emulator.cli.commands.ps"}),
        (["scale", "web=2"], {*ASKING, *READING_CHANGES, "emulator.cli.commands.ps"}),
        (["logs", "-t", "-n", "5"], {*ASKING, "emulator.cli.commands.logs"}),
        (["status"], {*ASKING, "emulator.cli.commands.emulator"}),
        (["--version"], {*ALWAYS, "emulator.cli.commands.version"}),
    ],
)
def test_a_command_imports_these_modules_only(app: Path, words: list[str], expected: set[str]):
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", TELL, *words], cwd=app, env=env, capture_output=True, check=True
    )
    code, modules = json.loads(done.stderr)
    assert code == 0, done
    assert set(modules) == expected


NOT_BEFORE_THE_FIRST_DYNO = {
    *(
        "asyncio",
        "ctypes",
        "dataclasses",
        "inspect",
        "json",
        "logging",
        "pathlib",
        "re",
        "selectors",
    ),
    *("shutil", "socket", "subprocess", "tempfile", "threading", "traceback", "typing"),
    *("psutil", "rich", "typer", "watchdog"),
    *("emulator.api.server", "emulator.cli.emulator", "emulator.logplex.channel"),
}
TELL_AT_FIRST_SPAWN = """
import os, sys
from emulator.dyno import runner

def send(self, kind, *fields, fds=()):
    if kind == "spawn":
        os.write(2, "\\n".join(sys.modules).encode())
        os._exit(0)

runner.Runner._send = send
from emulator.cli.main import main
sys.argv = ["hk-local", "start"]
main()
"""


@pytest.mark.real
def test_the_first_dyno_waits_for_no_import_that_it_does_not_need(tmp_path: Path):
    (tmp_path / "Procfile").write_text("worker: sleep 60\n")
    (tmp_path / ".env").write_text("A=1\n")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", TELL_AT_FIRST_SPAWN], cwd=tmp_path, env=env, capture_output=True
    )
    modules = done.stderr.decode().splitlines()
    assert "emulator.runtime.kernel" in modules, done
    assert NOT_BEFORE_THE_FIRST_DYNO & set(modules) == set()

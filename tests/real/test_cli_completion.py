"""TAB in real shells, in a folder of an app whose emulator runs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import Emulator

pytestmark = pytest.mark.real

BIN = str(Path(sys.executable).parent)
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"

START, END, CLEAR = "\x01", "\x05", "\x15"

SETUP = {
    "bash": ['eval "$(hk-local completion bash)"'],
    "bash with bash-completion": [
        f"source {BASH_COMPLETION}",
        'eval "$(hk-local completion bash)"',
    ],
    "zsh": ["unsetopt beep", "bindkey -e", "source <(hk-local completion zsh)"],
    "fish": ["hk-local completion fish | source"],
}
ARGUMENTS = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}


class Shell(pexpect.spawn):
    """A shell whose line editor completes."""

    def __init__(self, kind: str, cwd: Path) -> None:
        program = kind.split()[0]
        self.kind = kind
        env = {
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "TERM": "dumb" if program == "bash" else "xterm",
            "HOME": str(cwd),
            "XDG_RUNTIME_DIR": str(cwd),
        }
        super().__init__(
            program,
            ARGUMENTS[program],
            cwd=str(cwd),
            env=env,
            timeout=60,
            dimensions=(50, 400),
            encoding="utf-8",
        )
        self.delaybeforesend = None
        for line in [*SETUP[kind], "printf '%s%s\\n' rea dy"]:
            self.send(line + "\r")
        self.expect_exact("ready")

    def complete(self, typed: str) -> str:
        """The line after `typed`, TAB."""
        self.send(typed + "\t")
        self.send(f'{START}printf "A%s\\n" "<{END}>B"\r')
        self.expect(r"A<([^\r\n]*)>B\r?\n")
        return str(self.match.group(1))

    def left(self, line: str) -> str:
        """What zsh leaves of it: its own last blank or slash is gone if no letter is typed next."""
        return line.rstrip(" /") if self.kind == "zsh" else line


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    app = tmp_path_factory.mktemp("app")
    (app / "Procfile.dev").touch()
    (app / "folder").mkdir()
    emulator = Emulator(app)
    emulator.on("GET /apps/~/formation", '[{"type":"web"},{"type":"worker"}]')
    emulator.on("GET /apps/~/dynos", '[{"name":"web.1"},{"name":"run.1234"}]')
    yield app
    emulator.close()


@pytest.fixture(scope="module", params=SETUP)
def shell(request: pytest.FixtureRequest, app: Path) -> Iterator[Shell]:
    assert shutil.which(request.param.split()[0]), f"{request.param} is not installed"
    shell = Shell(request.param, app)
    yield shell
    shell.close(force=True)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("hk-local ps:sc", "hk-local ps:scale "),
        ("hk-local usa", "hk-local usage "),
        ("hk-local run:d", "hk-local run:detached "),
        ("hk-local ps:scale wo", "hk-local ps:scale worker="),
        ("hk-local ps:scale web=2 wo", "hk-local ps:scale web=2 worker="),
        ("hk-local scale wo", "hk-local scale worker="),
        ("hk-local ps:restart -d w", "hk-local ps:restart -d web.1 "),
        ("hk-local ps:restart --process-type=wo", "hk-local ps:restart --process-type=worker "),
        ("hk-local logs --ta", "hk-local logs --tail "),
        ("hk-local logs -t -p wo", "hk-local logs -t -p worker "),
        ("hk-local logs -s her", "hk-local logs -s heroku "),
        ("hk-local ps:cycle run", "hk-local ps:cycle run.1234 "),
        ("hk-local start --timestamps her", "hk-local start --timestamps heroku "),
        ("hk-local start -f Pro", "hk-local start -f Procfile.dev "),
        ("hk-local completion f", "hk-local completion fish "),
        ("hk-local ps -C fol", "hk-local ps -C folder/"),
        ("hk-local run wor", "hk-local run worker "),
        ("hk-local run -s performance-l-", "hk-local run -s performance-l-ram "),
        ("hk-local run cat Procf", "hk-local run cat Procfile.dev "),
        ("hk-local logs -n 5 xyz", "hk-local logs -n 5 xyz"),
        ("hk-local nothing:x", "hk-local nothing:x"),
    ],
)
def test_one_candidate_is_filled_in(shell: Shell, typed: str, line: str):
    assert shell.complete(typed) == shell.left(line)


def test_several_candidates_have_their_common_part_filled_in(shell: Shell):
    assert shell.complete("hk-local ps:s") == "hk-local ps:s"
    assert shell.complete("hk-local ver") == shell.left("hk-local version ")
    assert shell.complete("hk-local ps:scale we") == "hk-local ps:scale web="


def test_all_candidates_are_listed(shell: Shell):
    shell.send("hk-local ps:\t\t")
    left = {"cycle", "exec", "restart", "scale", "stop", "type", "wait"}
    while left:  # each shell has its own order
        shell.expect(rf"({'|'.join(left)})\b")
        left.remove(shell.match[1])
    shell.send(f"{END}{CLEAR}\r")


def test_another_folder_is_asked(shell: Shell, tmp_path: Path):
    (tmp_path / "Procfile").write_text("other: sleep 1\n")
    typed = f"hk-local ps -C {tmp_path} "
    assert shell.complete(f"{typed}o") == shell.left(f"{typed}other ")

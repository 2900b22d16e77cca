"""A session at two terminals, as a developer has it, with a real emulator."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

HK_LOCAL = str(Path(sys.executable).with_name("hk-local"))
PROCFILE = """\
worker: echo at work; sleep 1000
clock: sleep 1000
"""


def hk_local(app: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run([HK_LOCAL, *words], cwd=app, capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Path]:
    app = tmp_path / "shop"
    (app / "src").mkdir(parents=True)
    (app / "Procfile").write_text(PROCFILE)
    try:
        assert hk_local(app, "start", "-d")[0] == 0
        yield app
    finally:
        hk_local(app, "stop", "--kill")


def states(app: Path) -> dict[str, str]:
    _, out, _ = hk_local(app, "ps", "--json")
    return {dyno["name"]: dyno["state"] for dyno in json.loads(out)}


def test_scale_restart_cycle_and_watch(app: Path):
    assert states(app) == {"clock.1": "up", "worker.1": "up"}
    code, out, err = hk_local(app / "src", "ps:scale", "worker+1", "-a", "shop")
    assert (code, out) == (0, "")
    assert err == "Scaling dynos... done, now running worker at 2:Basic\n"
    assert hk_local(app, "ps:wait", "--type", "worker")[0] == 0
    assert states(app) == {"clock.1": "up", "worker.1": "up", "worker.2": "up"}
    assert hk_local(app, "ps:scale")[1] == "clock=1:Basic worker=2:Basic\n"
    assert hk_local(app, "restart", "-d", "worker.2")[2].startswith("Restarting dyno worker.2 on ")
    assert hk_local(app, "ps:cycle", "worker.1")[0] == 0
    assert hk_local(app, "ps:wait")[0] == 0
    assert states(app) == {"clock.1": "up", "worker.1": "up", "worker.2": "up"}


def test_a_second_clock_is_warned_of(app: Path):
    code, _, err = hk_local(app, "ps:scale", "clock=2")
    assert code == 0
    warning, done = err.splitlines()
    assert warning.startswith(" \u203a   Warning: ")
    assert done == "Scaling dynos... done, now running clock at 2:Basic"


def test_sizes(app: Path):
    code, out, err = hk_local(app, "ps:type", "standard-2x")
    assert (code, err) == (0, "Scaling dynos on shop... done\n")
    assert out.count("Standard-2X") == 3
    code, out, err = hk_local(app, "ps:type", "web=huge")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1


def test_a_tail_has_the_past_and_what_comes(app: Path):
    words = [HK_LOCAL, "logs", "--tail", "-p", "worker", "-s", "app"]
    with subprocess.Popen(words, cwd=app, stdout=subprocess.PIPE, text=True) as tail:
        assert tail.stdout
        assert tail.stdout.readline().endswith(" app[worker.1]: at work\n")
        hk_local(app, "ps:scale", "worker=2")
        assert tail.stdout.readline().endswith(" app[worker.2]: at work\n")
        hk_local(app, "stop")
        assert tail.wait(60) == 0


def test_detached(app: Path):
    code, out, err = hk_local(app, "run:detached", "echo", "from afar")
    assert code == 0
    name = err.strip().rpartition(" ")[2]
    assert err.startswith('Running echo "from afar" on shop... done, run.')
    assert f"logs --dyno-name {name} " in out
    with subprocess.Popen(
        [HK_LOCAL, "logs", "-t", "-d", name, "-s", "app"], cwd=app, stdout=subprocess.PIPE
    ) as tail:
        assert tail.stdout
        assert tail.stdout.readline().endswith(f" app[{name}]: from afar\n".encode())
        tail.terminate()


def test_stop_is_over_when_all_is_over(app: Path):
    for _ in range(3):
        code, out, err = hk_local(app, "stop")
        assert (code, err) == (0, "")
        assert out.splitlines()[-1] == "Every dyno has stopped"
        code, out, err = hk_local(app, "ps")
        assert (code, out) == (1, "")
        assert err == f"hk-local: no emulator runs in {app}; start it with hk-local start\n"
        assert hk_local(app, "start", "-d")[0] == 0


@pytest.mark.parametrize("words", ["ps", "stop", "logs", "ps:scale clock=0", "ps:cycle", "run ls"])
def test_another_app_is_not_here(app: Path, words: str):
    name, *rest = words.split()
    code, out, err = hk_local(app, name, "-a", "other", *rest)
    assert (code, out, err) == (1, "", " \u203a   Error: Couldn't find that app.\n")
    assert states(app) == {"clock.1": "up", "worker.1": "up"}

"""kill -9 of any of us, at any moment: nothing is left, nothing that was shown is lost, and the
next start works."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from emulator.logplex.history import History
from tests.real.adversaries import KINDS
from tests.real.app import TRIES, App, Emulator, command, pace, signal_quietly, until
from tests.real.test_stop import LASTING, started

pytestmark = pytest.mark.real

KILLS = int(os.environ.get("HK_LOCAL_KILLS", "30"))
SEED = int(os.environ.get("HK_LOCAL_SEED", "0")) or random.randrange(1, 10**6)

TALKER = """
import os
canary = os.open(open("canary-name").read(), os.O_WRONLY)
os.write(canary, b"talker %d\\n" % os.getpid())
number = 0
while True:
    os.write(1, b"%s line %d\\n" % (os.environb[b"DYNO"], number))
    number += 1
    os.sched_yield() if number % 50 else __import__("time").sleep(0.001)
"""


def test_kill_of_the_emulator(user_app: App) -> None:
    """F15."""
    emulator = started(user_app, *LASTING)
    emulator.kill()
    user_app.assert_nothing_left()


def test_kill_of_the_warden(user_app: App) -> None:
    """Its dynos are reported killed, and restarted under a new one."""
    emulator = started(user_app, *LASTING)
    first, warden = user_app.canary, emulator.warden_pid
    user_app.new_canary()
    os.kill(warden, signal.SIGKILL)
    emulator.expect("hk-local[start]: the warden process was killed, and with it all dynos")
    first.wait_gone()
    for kind in LASTING:
        emulator.expect(f"heroku[{kind}.1]: Process exited with status 137")
        emulator.expect(f"heroku[{kind}.1]: State changed from up to crashed")
    user_app.canary.wait_for(*LASTING)
    assert emulator.warden_pid != warden
    emulator.kill()
    assert emulator.stderr == ""
    user_app.assert_nothing_left()


@pytest.mark.parametrize("kind", LASTING)
def test_kill_of_a_shim(user_app: App, kind: str) -> None:
    """F16: the dyno's tree is killed, and it crashes and comes again; no other dyno notices."""
    user_app.adversaries(kind, "stopped")
    emulator = user_app.start("-m", f"{kind}=1").up(f"{kind}.1")
    other = user_app.canary
    other.wait_for("stopped", kind)  # or the one that is late holds the next canary
    first = user_app.new_canary()
    assert user_app.hk_local("ps:scale", f"{kind}=2").returncode == 0
    first.wait_for(kind)
    second = user_app.new_canary()
    # The kernel lists children in the order of their birth.
    os.kill(emulator.shims[-1], signal.SIGKILL)
    first.wait_gone()
    emulator.expect(f"heroku[{kind}.2]: Process exited with status 137")
    emulator.expect(f"heroku[{kind}.2]: State changed from up to crashed")
    second.wait_for(kind)
    assert other.is_held
    assert emulator.text.count("Process exited") == 1
    emulator.kill()
    user_app.assert_nothing_left()


def test_kill_of_all_of_us_at_once(user_app: App) -> None:
    """F17, G3: the next start sweeps what carries its mark, and touches no stranger."""
    marked = [kind for kind in LASTING if kind not in ("clean", "hopper")]
    emulator = started(user_app, *marked)
    first = user_app.canary
    stranger = subprocess.Popen(
        [user_app.user.python, "adversaries.py", "plain"], cwd=user_app.dir, **user_app.user.as_user
    )
    try:
        first.wait_for("plain", number=2)
        kill_together(emulator)
        survivors = len(marked) * 2
        user_app.new_canary()
        again = user_app.start()
        line = again.expect("hk-local[start]: removed")
        assert f"removed {survivors} processes left by a previous run" in line
        again.up(*(f"{kind}.1" for kind in marked))
        assert stranger.poll() is None
        stranger.kill()
        for pid in first.pids("plain"):
            if command(pid):
                os.kill(pid, signal.SIGKILL)
        first.wait_gone()
    finally:
        stranger.kill()
        stranger.wait()
    again.kill()
    user_app.assert_nothing_left()


def kill_together(emulator: Emulator) -> None:
    """The emulator, its warden and every shim are killed before one of them can act."""
    all_of_us = [emulator.pid, emulator.warden_pid, *emulator.shims]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in all_of_us:
            os.kill(pid, number)
    emulator.ends()


def shown(emulator: Emulator) -> list[str]:
    """The complete lines that the emulator has printed."""
    return emulator.text.split("\n")[:-1]


def stored(app: App) -> set[str]:
    """All that the log store has, as it would be shown; read from a copy, for it is repaired."""
    told: list[str] = []
    copy = app.root / "log"
    if not (app.dir / ".hk-local/log").exists():
        return set()
    shutil.copytree(app.dir / ".hk-local/log", copy)
    history = History(str(copy), told.append)
    lines = {
        f"{block.stream.source}[{block.stream.dyno}]: {line.decode()}"
        for block in history.last(10**7)
        for line in block.body.split(b"\n")[:-1]
    }
    history.close()
    shutil.rmtree(copy)
    assert told == []
    return lines


def kill_at_random(app: App, emulator: Emulator, chance: random.Random, spawning: bool) -> None:
    """Half of all kills fall into the spawn of the first dynos, which lasts milliseconds."""
    if spawning:
        until(lambda: len(app.processes()) > chance.randrange(2, 6), "it spawns")
        time.sleep(chance.uniform(0, 0.015))
    else:
        app.canary.wait_for("plain", "talker")
        time.sleep(chance.uniform(0, 0.3))
    emulator.kill()


@pytest.mark.timeout(60 + 8 * KILLS)
def test_kill_at_any_moment(user_app: App) -> None:
    """G1: and R29, which says how not to look for survivors."""
    chance = random.Random(SEED)
    user_app.adversaries(*LASTING)
    with open(user_app.dir / "Procfile", "a") as file:
        file.write(f"talker: {user_app.user.python} -I -S talker.py\n")
    user_app.write("talker.py", TALKER)
    quantities = dict.fromkeys((*LASTING, "talker"), 1)
    for number in range(KILLS // 2 + 1):
        print(f"seed {SEED}, kill {number}")
        emulator = user_app.start("-m", ",".join(f"{t}={n}" for t, n in quantities.items()))
        kill_at_random(user_app, emulator, chance, spawning=number % 2 == 0)
        user_app.assert_nothing_left()
        lost = {line.partition(" ")[2] for line in shown(emulator)} - stored(user_app)
        assert not lost
        assert emulator.stderr == ""
    quantities = {kind: chance.randrange(3) for kind in quantities}
    user_app.new_canary()
    emulator = user_app.start()
    answer = user_app.hk_local("ps:scale", *(f"{t}={n}" for t, n in quantities.items()))
    assert answer.returncode == 0, answer.stderr
    emulator.kill()
    user_app.assert_nothing_left()
    wanted = [f"{kind}.{n + 1}" for kind, number in quantities.items() for n in range(number)]
    assert any(coming_back(user_app, wanted) < 2 * pace() for _ in range(TRIES))


def coming_back(app: App, dynos: list[str]) -> float:
    """How long it took until they were up again."""
    app.new_canary()
    begun = time.monotonic()
    emulator = app.start("--timestamps", "none").up(*dynos)
    took = time.monotonic() - begun
    emulator.kill()
    app.assert_nothing_left()
    return took


def test_a_kill_storm_at_a_restart(app: App) -> None:
    """Old and new launches at once, while the warden is busy."""
    for _ in range(5):
        emulator = started(app, "plain", "deaf", "daemon")
        app.new_canary()
        assert app.hk_local("ps:restart").returncode == 0
        signal_quietly(emulator.pid, signal.SIGKILL)
        emulator.ends()
        app.assert_nothing_left()


def test_every_kind_is_tested() -> None:
    assert {*LASTING, "orphan"} == set(KINDS)

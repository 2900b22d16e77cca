"""Many people at once: every command is answered, and what was asked last is what runs."""

from __future__ import annotations

import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.real.app import App, Emulator, children, state, until

pytestmark = pytest.mark.real

SEED = int(os.environ.get("HK_LOCAL_SEED", "0")) or random.randrange(1, 10**6)
COMMANDS = int(os.environ.get("HK_LOCAL_COMMANDS", "90"))
CLIENTS = 6


def commands(number: int) -> list[list[str]]:
    chance = random.Random(SEED + number)
    possible = [
        lambda: ["ps:scale", f"one={chance.randrange(4)}"],
        lambda: ["ps:scale", f"one={chance.randrange(4)}", f"two={chance.randrange(3)}"],
        lambda: ["ps:restart"],
        lambda: ["ps:restart", "--process-type", "two"],
        lambda: ["ps"],
    ]
    return [chance.choice(possible)() for _ in range(COMMANDS // CLIENTS)]


def descriptors(emulator: Emulator) -> list[str]:
    return os.listdir(f"/proc/{emulator.pid}/fd")


def settled(emulator: Emulator) -> int:
    """How many descriptors it has open once it is at rest: the number stays for a second in which
    it runs nothing but its warden. (Before it watches the code it asks git what to watch.)
    """
    found: list[object] = []
    since = time.monotonic()

    def is_at_rest() -> bool:
        nonlocal found, since
        now = [len(descriptors(emulator)), children(emulator.pid)]
        if now != found:
            found, since = now, time.monotonic()
        return now[1] == [emulator.warden_pid] and time.monotonic() > since + 1

    until(is_at_rest, "the emulator is at rest")
    return len(descriptors(emulator))


def states(app: App) -> dict[str, str]:
    found = json.loads(app.hk_local("ps", "--json").stdout)
    return {dyno["name"]: dyno["state"] for dyno in found}


def test_a_storm_of_commands(app: App) -> None:
    """F14, G11: afterwards there is no process, descriptor or zombie too many."""
    print(f"seed {SEED}")
    app.procfile(one="exec sleep 1000", two="trap 'exit 0' TERM; sleep 1000 & wait")
    emulator = app.start("-m", "one=2,two=1").up("one.1", "one.2", "two.1")
    assert app.hk_local("ps").returncode == 0
    before = settled(emulator)

    def client(number: int) -> list[str]:
        answers = [(words, app.hk_local(*words)) for words in commands(number)]
        # A restart of a type that is scaled to nothing finds no dyno.
        known = "Couldn't find that process type (two)"
        return [
            f"{words}: {answer.stderr}"
            for words, answer in answers
            if answer.returncode != 0 and known not in answer.stderr
        ]

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert [wrong for part in clients.map(client, range(CLIENTS)) for wrong in part] == []
    assert app.hk_local("ps:scale", "one=2", "two=1").returncode == 0
    until(lambda: len(emulator.shims) == 3, "what was scaled away is gone")
    wanted = {"one.1": "up", "one.2": "up", "two.1": "up"}
    until(lambda: states(app) == wanted, "those that were asked for are up")
    mains = [pid for shim in emulator.shims for pid in children(shim)]
    assert len(mains) == 3
    until(lambda: {state(pid) for pid in (*emulator.shims, *mains)} == {"S"}, "all are at rest")
    until(lambda: abs(len(descriptors(emulator)) - before) <= 1, f"{before} descriptors as before")
    assert emulator.stop() == 143
    assert emulator.stderr == ""
    assert "R12" not in emulator.text
    app.assert_nothing_left()

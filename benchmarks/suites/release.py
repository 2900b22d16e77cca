"""A config change on a hundred dynos of hk-local alone, against the boot of as many."""

from __future__ import annotations

import subprocess
import time

from benchmarks import install
from benchmarks.peers import OURS, Peer
from benchmarks.suites.command import await_answer
from benchmarks.suites.lifecycle import SETTLE
from benchmarks.suites.suite import Metric, Result, Suite
from benchmarks.supervised import Supervised

DYNOS = 100


def measure(peer: Peer) -> Result:
    """From the start of each command until the main() of the last dyno that it starts."""
    with Supervised(peer, ["wait"] * DYNOS) as run:
        booted = max(word.at for word in run.listen("start", DYNOS)) - run.started_at
        await_answer(str(run.folder))
        time.sleep(SETTLE)
        begun = time.monotonic()
        client = subprocess.Popen(
            [*OURS.quick.split()[:-1], "config:set", "A=1"],
            cwd=run.folder,
            env=install.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        restarted = max(word.at for word in run.listen("start", 2 * DYNOS)) - begun
        client.wait()
    values = {"boot ms": booted * 1000, "restart ms": restarted * 1000}
    return Result({**values, "restart / boot": restarted / booted})


SUITES = [
    Suite(
        name=f"config-{DYNOS}",
        title=f"A config var set on {DYNOS} dynos",
        metrics=[Metric("boot ms"), Metric("restart ms"), Metric("restart / boot")],
        measure=measure,
        applies=lambda peer: peer == OURS,
    )
]

"""A thousand dynos of hk-local alone: all up, asked about, stopped, and no line of theirs lost."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.peers import OURS, Peer
from benchmarks.records import SIZE, verify
from benchmarks.suites.command import ask
from benchmarks.suites.suite import Metric, Result, Suite
from benchmarks.suites.throughput import PREFIX, await_children, collect
from benchmarks.supervised import Failed, Supervised

DYNOS = 1000
LINES = 20
ASKED = 10


def measure(peer: Peer) -> Result:
    """Boot, `ps` and stop with a thousand dynos, each of which wrote a few lines."""
    room = bytearray(DYNOS * LINES * (SIZE + PREFIX) + (4 << 20))
    formation = f"-m worker={DYNOS}"
    with Supervised(peer, [f"write {LINES} line"], reading=True, options=formation) as run:
        await_children(run, DYNOS)
        booted = max(word.at for word in run.words) - run.started_at
        run.go()
        size, _ = collect(run, memoryview(room), DYNOS, DYNOS * LINES)
        verdict = verify(bytes(room[:size]), range(1, DYNOS + 1), LINES)
        run.drop_output()
        _await_all_up(str(run.folder))
        asked = median(ask(OURS.quick, str(run.folder))[0] for _ in range(ASKED))
        stopped = run.stop(60)
    values = {"boot s": booted, "ps ms": asked * 1000, "stop s": stopped.seconds}
    left = {"left behind": float(stopped.left), "lines lost": float(verdict.lost)}
    return Result(values | left, str(verdict), wrong=bool(stopped.left) or not verdict.is_good())


def _await_all_up(folder: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while (up := ask(OURS.quick, folder)[1].count(b": up ")) < DYNOS:
        if time.monotonic() > deadline:
            raise Failed(f"{up} of {DYNOS} dynos are up")


SUITES = [
    Suite(
        name="scale",
        title=f"{DYNOS} dynos",
        metrics=[
            Metric("boot s"),
            Metric("ps ms"),
            Metric("stop s"),
            Metric("left behind"),
            Metric("lines lost"),
        ],
        measure=measure,
        applies=lambda peer: peer == OURS,
        rounds=2,
    )
]

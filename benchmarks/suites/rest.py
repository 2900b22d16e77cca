"""What a supervisor costs while nothing happens: CPU and memory, its children not counted."""

from __future__ import annotations

import time
from functools import partial

from benchmarks import process
from benchmarks.peers import Peer
from benchmarks.suites.suite import Metric, Result, Suite, supervises
from benchmarks.supervised import Supervised

SETTLE = 3.0
IDLE_SECONDS = 20.0


def idle(children: int, peer: Peer) -> Result:
    """Share of one core over 20 seconds in which no child does anything."""
    with Supervised(peer, ["wait"] * children) as run:
        run.listen("start", children)
        time.sleep(SETTLE)
        own = run.own()
        before, begun = process.cpu_seconds(own), time.monotonic()
        time.sleep(IDLE_SECONDS)
        used = process.cpu_seconds(own) - before
        return Result({"% of a core": used / (time.monotonic() - begun) * 100})


def memory(children: int, peer: Peer) -> Result:
    """PSS of all the supervisor's processes, once everything has settled."""
    with Supervised(peer, ["wait"] * children) as run:
        run.listen("start", children)
        time.sleep(SETTLE)
        own = run.own()
        return Result({"PSS MB": process.pss_mb(own), "processes": len(own)})


SUITES = [
    Suite(
        name="idle",
        title="Idle with 10",
        metrics=[Metric("% of a core")],
        measure=partial(idle, 10),
        applies=supervises,
        rounds=1,
    ),
    *[
        Suite(
            name=f"memory-{children}",
            title=f"Memory with {children}",
            metrics=[Metric("PSS MB"), Metric("processes")],
            measure=partial(memory, children),
            applies=supervises,
            rounds=2,
        )
        for children in (10, 100)
    ],
]

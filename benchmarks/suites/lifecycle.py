"""Boot until every child runs; stop until nothing does."""

from __future__ import annotations

import time
from functools import partial

from benchmarks.peers import Peer
from benchmarks.suites.suite import Metric, Result, Suite, supervises
from benchmarks.supervised import Supervised

SETTLE = 1.5
"""Seconds after which every peer takes its children for started (supervisor's startsecs is 1)."""


def boot(children: int, peer: Peer) -> Result:
    """From the command until the last child's main() has begun, by the child's own clock."""
    with Supervised(peer, ["wait"] * children) as run:
        started = run.listen("start", children)
        last = max(word.at for word in started)
        return Result({"ms": (last - run.started_at) * 1000})


def stop(children: int, peer: Peer) -> Result:
    """From SIGTERM to the supervisor until it and all it had started are gone."""
    with Supervised(peer, ["wait"] * children) as run:
        run.listen("start", children)
        time.sleep(SETTLE)
        stopped = run.stop()
    if stopped.left:
        return Result({"left behind": stopped.left}, f"leaves {stopped.left} behind", wrong=True)
    return Result({"ms": stopped.seconds * 1000, "left behind": 0})


SUITES = [
    *[
        Suite(
            name=f"boot-{children}",
            title=f"Boot of {children}",
            metrics=[Metric("ms")],
            measure=partial(boot, children),
            applies=supervises,
        )
        for children in (1, 10, 100)
    ],
    *[
        Suite(
            name=f"stop-{children}",
            title=f"Stop of {children} that exit on SIGTERM",
            metrics=[Metric("ms"), Metric("left behind")],
            measure=partial(stop, children),
            applies=supervises,
            rounds=3,
        )
        for children in (10, 100)
    ],
]

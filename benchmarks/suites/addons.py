"""Redis and Postgres of hk-local alone: from `addons:create --wait` to a server that serves."""

from __future__ import annotations

import subprocess
import time

from benchmarks import install
from benchmarks.peers import OURS, Peer
from benchmarks.suites.command import await_answer
from benchmarks.suites.suite import Metric, Result, Suite
from benchmarks.supervised import Failed, Supervised

SERVICES = {"redis": "heroku-redis", "postgres": "heroku-postgresql"}


def measure(peer: Peer) -> Result:
    """Cold: there is no data yet. A second of each finds the programs in the page cache."""
    with Supervised(peer, ["wait"]) as run:
        run.listen("start", 1)
        await_answer(str(run.folder))
        return Result(
            {
                f"{again}{name} ms": _create(run, service)
                for again in ("", "second ")
                for name, service in SERVICES.items()
            }
        )


def _create(run: Supervised, service: str) -> float:
    begun = time.monotonic()
    done = subprocess.run(
        [*OURS.quick.split()[:-1], "addons:create", service, "--wait"],
        cwd=run.folder,
        env=install.environment(),
        capture_output=True,
    )
    if done.returncode:
        raise Failed(done.stderr.decode())
    return (time.monotonic() - begun) * 1000


SUITES = [
    Suite(
        name="addons",
        title="An add-on is created and can be used",
        metrics=[Metric(f"{again}{name} ms") for again in ("", "second ") for name in SERVICES],
        measure=measure,
        applies=lambda peer: peer == OURS,
    )
]

"""What a supervisor costs while nothing happens: CPU and memory, its children not counted."""

from __future__ import annotations

import json
import time
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from benchmarks import process
from benchmarks.peers import Peer
from benchmarks.suites.api import is_ours
from benchmarks.suites.command import ask, await_answer
from benchmarks.suites.suite import Metric, Result, Suite, supervises
from benchmarks.supervised import Failed, Supervised

SETTLE = 3.0
IDLE_SECONDS = 20.0
JOBS_SECONDS = 130.0
"""The scheduler looks at the clock once a minute."""
HOUR = 3600
CREATED = 201


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


def scheduled(jobs: int, peer: Peer) -> Result:
    """The same with so many scheduled jobs, of which none is due."""
    with Supervised(peer, ["wait"]) as run:
        run.listen("start", 1)
        await_answer(str(run.folder))
        ask("hk-local addons:create scheduler", str(run.folder))
        schedule(run.folder, jobs)
        own = run.own()
        before, begun = process.cpu_seconds(own), time.monotonic()
        time.sleep(JOBS_SECONDS)
        used = process.cpu_seconds(own) - before
        return Result({"% of a core": used / (time.monotonic() - begun) * 100})


def schedule(folder: Path, jobs: int) -> None:
    """So many daily jobs are due in about 23 hours."""
    access = json.loads((folder / ".hk-local/api.json").read_text())
    connection = HTTPConnection("localhost", access["port"])
    hour = time.gmtime(time.time() - HOUR).tm_hour
    body = json.dumps({"command": "report", "every": "day", "at": f"{hour:02d}:00"})
    head = {"Authorization": f"Bearer {access['token']}", "Content-Type": "application/json"}
    for _ in range(jobs):
        connection.request("POST", "/hk-local/scheduler/jobs", body, head)
        answer = connection.getresponse()
        if answer.status != CREATED:
            raise Failed(f"a job was not taken: {answer.read()!r}")
        answer.read()
    connection.close()


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
            name=f"idle-jobs-{jobs}",
            title=f"Idle with {jobs} scheduled jobs",
            metrics=[Metric("% of a core")],
            measure=partial(scheduled, jobs),
            applies=is_ours,
            rounds=1,
        )
        for jobs in (0, 1000)
    ],
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

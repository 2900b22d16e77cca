"""How long one command takes, from start to end, as a shell sees it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from contextlib import ExitStack
from statistics import median

from benchmarks import install
from benchmarks.peers import OURS, Peer
from benchmarks.suites.suite import Metric, Result, Suite
from benchmarks.supervised import Failed, Supervised

RUNS = 5
DYNOS = 3


def measure(peer: Peer) -> Result:
    """Median of a few runs; `hk-local ps` asks an emulator that runs three dynos."""
    with ExitStack() as stack:
        if peer.quick.startswith(OURS.quick):
            run = stack.enter_context(Supervised(OURS, ["wait"] * DYNOS))
            run.listen("start", DYNOS)
            folder = str(run.folder)
            await_answer(folder)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
        return Result({"ms": median(ask(peer.quick, folder)[0] for _ in range(RUNS)) * 1000})


def ask(command: str, folder: str) -> tuple[float, bytes]:
    """Seconds from its start to its end, and its output. Raises: Failed unless it succeeds."""
    begun = time.monotonic()
    done = subprocess.run(
        command.split(), cwd=folder, env=install.environment(), capture_output=True, check=False
    )
    took = time.monotonic() - begun
    if done.returncode:
        raise Failed(f"{command}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return took, done.stdout


def await_answer(folder: str, seconds: float = 10) -> None:
    """The emulator in this folder answers. Dynos run before it does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            ask(OURS.quick, folder)
        except Failed:
            if time.monotonic() > deadline:
                raise
        else:
            return


SUITES = [
    Suite(
        name="command",
        title="One command, start to end",
        metrics=[Metric("ms")],
        measure=measure,
        applies=lambda peer: bool(peer.quick),
    )
]

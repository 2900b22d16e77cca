"""From a child's write to the supervisor's standard output, and to a tail elsewhere."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from benchmarks import install
from benchmarks.peers import Peer
from benchmarks.suites.command import await_answer
from benchmarks.suites.suite import Metric, Result, Suite, percentile, writes_a_log
from benchmarks.supervised import Failed, Supervised, readable

PINGS = 400
MICROS = 3000
SETTLE = 1.0
LONGEST = 20.0
AFTERMATH = 5.0
"""How long lines may still be under way after the last one was written."""
STAMP = 20


class Stream:
    """One place where stamped lines arrive; `delays` has how long each was under way."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.delays: list[float] = []
        self.rest = b""
        self.has_begun = False

    def fileno(self) -> int:
        return self.fd

    def read(self) -> bool:
        """What is there has been looked at; false at the end."""
        chunk = os.read(self.fd, 1 << 18)
        now = time.monotonic_ns()
        self.has_begun = True
        data = self.rest + chunk
        at = data.find(b"@")
        while 0 <= at < len(data) - STAMP - 1:
            stamp = data[at + 1 : at + 1 + STAMP]
            if stamp.isdigit():
                self.delays.append((now - int(stamp)) / 1e6)
            at = data.find(b"@", at + 1)
        self.rest = data[at:] if at >= 0 else b""
        return bool(chunk)


def measure(flood: bool, peer: Peer) -> Result:
    """Median and 99th percentile, in ms, at standard output and where the peer has it at a tail."""
    modes = [f"ping {PINGS} {MICROS}", *["write 0 block"] * flood]
    with ExitStack() as stack:
        run = stack.enter_context(Supervised(peer, modes, reading=True))
        streams = {"stdout": Stream(run.out)}
        _follow(run, streams, lambda: len(run.words) == len(modes), "its children did not start")
        _follow(run, streams, lambda: False, seconds=SETTLE)
        if peer.tail:
            await_answer(str(run.folder))
            streams["tail"] = tail = Stream(_open_tail(run, stack))
            _follow(run, streams, lambda: tail.has_begun, "its tail shows nothing")
        run.go()
        # A start from each has been heard; the next word is that the pings are done.
        _follow(run, streams, lambda: len(run.words) > len(modes), "the pings did not end")
        _follow(run, streams, lambda: _are_complete(streams), seconds=AFTERMATH)
    return _result(streams)


def _open_tail(run: Supervised, stack: ExitStack) -> int:
    with (run.folder / "errors").open("ab") as errors:
        tail = subprocess.Popen(
            run.peer.tail.split(),
            cwd=run.folder,
            env=install.environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    stack.callback(tail.wait)
    stack.callback(tail.kill)
    assert tail.stdout
    stack.callback(tail.stdout.close)
    return tail.stdout.fileno()


def _follow(
    run: Supervised,
    streams: dict[str, Stream],
    until: Callable[[], bool],
    failure: str = "",
    seconds: float = LONGEST,
) -> None:
    """Everything was read until this was so. Raises: Failed if it never was and matters."""
    deadline = time.monotonic() + seconds
    while not until():
        left = deadline - time.monotonic()
        ready = readable([run.ear, *streams.values()], max(left, 0))
        if run.ear in ready:
            run.hear()
        for name, stream in streams.items():
            if stream in ready and not stream.read():
                raise Failed(f"{name} ended: {run.errors()}")
        if left <= 0:
            if failure:
                raise Failed(f"{failure}: {run.errors()}")
            return


def _are_complete(streams: dict[str, Stream]) -> bool:
    return all(len(stream.delays) == PINGS for stream in streams.values())


def _result(streams: dict[str, Stream]) -> Result:
    values, notes = {}, []
    for name, stream in streams.items():
        if stream.delays:
            values[f"{name} p50 ms"] = percentile(stream.delays, 0.5)
            values[f"{name} p99 ms"] = percentile(stream.delays, 0.99)
        if len(stream.delays) != PINGS:
            notes.append(f"{len(stream.delays)} of {PINGS} at {name}")
    return Result(values, ", ".join(notes))


METRICS = [Metric(f"{place} {part} ms") for place in ("stdout", "tail") for part in ("p50", "p99")]
SUITES = [
    Suite(
        name=f"latency-{name}",
        title=f"Log latency, {title}",
        metrics=METRICS,
        measure=partial(measure, flood),
        applies=writes_a_log,
    )
    for name, title, flood in (
        ("alone", "a dyno that writes alone", False),
        ("flood", "beside a dyno that writes as fast as it can", True),
    )
]

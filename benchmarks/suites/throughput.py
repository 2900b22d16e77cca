"""Lines per second from children to the supervisor's standard output, a pipe; none may be lost."""

from __future__ import annotations

import os
import time
from functools import partial

from benchmarks import process
from benchmarks.peers import Peer
from benchmarks.records import SIZE, verify
from benchmarks.suites.suite import Metric, Result, Suite, writes_a_log
from benchmarks.supervised import Failed, Supervised, readable

SECONDS = 1.5
"""How long a run should take; the number of lines follows from smaller runs."""
FIRST_LINES = 20_000
MOST_LINES = 2_000_000
PREFIX = 90
QUIET = 3.0
LONGEST = 120.0
SETTLE = 1.0
"""Seconds from the start of the last child until writing begins, so that no boot is measured."""

sizes: dict[tuple[str, int, str], int] = {}


def measure(children: int, how: str, peer: Peer) -> Result:
    """Lines a second and CPU seconds per million lines, everything verified."""
    key = (peer.name, children, how)
    if key not in sizes:
        sizes[key] = _fitting_lines(children, how, peer)
    return _run(peer, children, how, sizes[key] // children)


def _fitting_lines(children: int, how: str, peer: Peer) -> int:
    """As many lines as this peer brings out in SECONDS, found by runs that grow."""
    lines, wanted = 0, FIRST_LINES
    while wanted > 2 * lines:
        lines = wanted
        rate = _run(peer, children, how, lines // children).values["klines/s"] * 1000
        wanted = max(FIRST_LINES, min(int(rate * SECONDS), MOST_LINES))
    return wanted


def _run(peer: Peer, children: int, how: str, lines: int) -> Result:
    with Supervised(peer, [f"write {lines} {how}"] * children, reading=True) as run:
        room = bytearray(b"\1") * (children * lines * (SIZE + PREFIX) + (4 << 20))
        await_children(run, children)
        own = run.own()
        before = process.cpu_seconds(own)
        begun = time.monotonic()
        run.go()
        size, ended = collect(run, memoryview(room), children, children * lines)
        used = process.cpu_seconds(own) - before
    output = bytes(memoryview(room)[:size])
    del room
    verdict = verify(output, range(1, children + 1), lines)
    total = children * lines
    figures = {"klines/s": total / (ended - begun) / 1000, "CPU s/M lines": used / total * 1e6}
    note = str(verdict) if peer.prefixes else f"no prefix, {verdict}"
    return Result(figures, note, wrong=not verdict.is_good())


def await_children(run: Supervised, children: int) -> None:
    """All children wait at the gate and all is calm; what was printed was read and dropped."""
    while len(run.words) < children:
        ready = readable([run.out, run.ear], 60)
        if run.ear in ready:
            run.hear()
        elif not ready or not os.read(run.out, 65536):
            raise Failed(f"{len(run.words)} of {children} children came: {run.errors()}")
    calm_at = time.monotonic() + SETTLE
    while (left := calm_at - time.monotonic()) > 0:
        if readable([run.out], left) and not os.read(run.out, 65536):
            raise Failed(f"ended: {run.errors()}")


def collect(run: Supervised, room: memoryview, children: int, total: int) -> tuple[int, float]:
    """The size of the output in `room`, and when its last byte came."""
    at, last = 0, time.monotonic()
    deadline = last + LONGEST
    while at < len(room) and time.monotonic() < deadline:
        ready = readable([run.out, run.ear], 0.05)
        if run.ear in ready:
            run.hear()
        if run.out in ready:
            size = os.readv(run.out, [room[at : at + (1 << 20)]])
            if not size:
                break
            at, last = at + size, time.monotonic()
        if not ready and len(run.words) == 2 * children:
            complete = bytes(room[:at]).count(b">") >= total
            if complete or time.monotonic() - last > QUIET:
                break
    return at, last


SUITES = [
    Suite(
        name=f"throughput-{children}-{how}",
        title=f"Log throughput, {children} chatty, {size}",
        metrics=[Metric("klines/s", more_is_better=True), Metric("CPU s/M lines")],
        measure=partial(measure, children, how),
        applies=writes_a_log,
    )
    for how, size in (("block", "64 KiB a write"), ("line", "one line a write"))
    for children in (1, 10)
]

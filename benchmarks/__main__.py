"""`python -m benchmarks`: hk-local and its peers take turns at every suite."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

from benchmarks import install, process
from benchmarks.peers import BASELINE, OURS, PEERS, Peer
from benchmarks.report import Row, table
from benchmarks.suites import ALL
from benchmarks.suites.suite import Suite
from benchmarks.supervised import Failed


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(suite.name for suite in ALL)
    parser.add_argument("suites", nargs="*", help=f"names or their beginnings, of: {names}")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each peer (default 5)")
    parser.add_argument("--peers", help="comma-separated names; default: all that can be had")
    parser.add_argument("--json", metavar="FILE", help="every single figure goes there too")
    return parser.parse_args()


def chosen_suites(asked: list[str]) -> list[Suite]:
    """The suites of these names, or whose name begins so; all if none is given."""
    names = [suite.name for suite in ALL]
    chosen: set[str] = set()
    for ask in asked or [""]:
        found = [ask] if ask in names else [name for name in names if name.startswith(ask)]
        if not found:
            sys.exit(f"{ask}: no such suite; there are {', '.join(names)}")
        chosen.update(found)
    return [suite for suite in ALL if suite.name in chosen]


def chosen_peers(names: str | None) -> list[Peer]:
    """The peers by these names that are on this machine, after installing what can be."""
    known = {peer.name: peer for peer in [OURS, *PEERS, BASELINE]}
    wanted = names.split(",") if names else list(known)
    for name in wanted:
        if name not in known:
            sys.exit(f"{name}: no such peer; there are {', '.join(known)}")
    install.install([known[name] for name in wanted])
    path = install.environment()["PATH"]
    here = [known[name] for name in wanted if shutil.which(known[name].program(), path=path)]
    absent = [name for name in wanted if known[name] not in here]
    if absent:
        print(f"Not on this machine, so left out: {', '.join(absent)}.\n")
    return here


def run(suite: Suite, peers: list[Peer], rounds: int) -> list[Row]:
    """Every peer's results; they take turns, in reversed order every other round."""
    rows = [Row(peer.name, [], []) for peer in peers]
    turns = list(zip(peers, rows, strict=True))
    for number in range(min(rounds, suite.rounds)):
        for peer, row in turns if number % 2 == 0 else reversed(turns):
            tell(f"{suite.name}, round {number + 1}: {peer.name}")
            try:
                row.results.append(suite.measure(peer))
            except Failed as failure:
                row.failures.append(f"failed: {failure}")
    tell("")
    return rows


def tell(progress: str) -> None:
    """A terminal shows what is going on."""
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)


def main() -> int:
    if sys.platform != "linux":
        sys.exit("The benchmarks read /proc: they run on Linux only.")
    asked = arguments()
    suites, peers = chosen_suites(asked.suites), chosen_peers(asked.peers)
    process.adopt_orphans()
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    machine = f"{os.cpu_count()} cores, {system}"
    print(f"{machine}. Medians (least to most) of at most {asked.rounds} rounds.\n", flush=True)
    figures: dict[str, object] = {"machine": machine}
    failed = False
    for suite in suites:
        rows = run(suite, [peer for peer in peers if suite.applies(peer)], asked.rounds)
        print(table(suite, rows), flush=True)
        figures[suite.name] = {row.peer: [result.values for result in row.results] for row in rows}
        failed |= any(row.is_bad() for row in rows if row.peer == OURS.name)
        if asked.json:
            Path(asked.json).write_text(json.dumps(figures, indent=1))
    return failed


if __name__ == "__main__":
    sys.exit(main())

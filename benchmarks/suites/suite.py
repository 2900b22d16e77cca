"""The shape of a suite."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers import Peer
from emulator.fact import Fact


class Metric(Fact):
    """One figure: what it counts and whether more of it is better."""

    name: str
    more_is_better: bool = False


class Result(Fact):
    """The figures of one run, by metric; those that it could not give are left out."""

    values: dict[str, float]
    note: str = ""
    wrong: bool = False
    """Something was lost or left behind: the figures are not worth much."""


class Suite(Fact):
    """A run of one peer that gives figures."""

    name: str
    title: str
    metrics: list[Metric]
    measure: Callable[[Peer], Result]
    applies: Callable[[Peer], bool]
    rounds: int = 99
    """More rounds than these are not worth their time."""


def supervises(peer: Peer) -> bool:
    return bool(peer.start)


def writes_a_log(peer: Peer) -> bool:
    return bool(peer.start) and not peer.on_terminal


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

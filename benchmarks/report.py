"""Medians, and how many times better hk-local is."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.peers import OURS
from benchmarks.suites.suite import Metric, Result, Suite
from emulator.fact import Fact


class Row(Fact):
    """What one peer did in a suite: a result a round, or why there is none."""

    peer: str
    results: list[Result]
    failures: list[str]

    def values(self, metric: Metric) -> list[float]:
        return [r.values[metric.name] for r in self.results if metric.name in r.values]

    def notes(self) -> str:
        return "; ".join(dict.fromkeys([*(r.note for r in self.results if r.note), *self.failures]))

    def is_bad(self) -> bool:
        return bool(self.failures) or any(result.wrong for result in self.results)


def table(suite: Suite, rows: Sequence[Row]) -> str:
    """The suite's figures as Markdown: median (least to most), and hk-local's against it."""
    ours = next((row for row in rows if row.peer == OURS.name), None)
    columns = [["", *(row.peer for row in rows)]]
    for metric in suite.metrics:
        columns.append([metric.name, *(_figure(row.values(metric)) for row in rows)])
        columns.append(["hk-local is", *(_ratio(metric, row, ours) for row in rows)])
    columns.append(["notes", *(row.notes() for row in rows)])
    filled = [column for column in columns if any(column[1:])]
    head, *lines = ("| " + " | ".join(cells) + " |" for cells in zip(*filled, strict=True))
    return "\n".join([f"### {suite.title} (`{suite.name}`)", "", head, _rule(filled), *lines, ""])


def _rule(columns: list[list[str]]) -> str:
    return "|" + " --- |" * len(columns)


def _figure(values: list[float]) -> str:
    if not values:
        return ""
    least, middle, most = (_number(part(values)) for part in (min, median, max))
    return middle if least == most else f"{middle} ({least} to {most})"


def _ratio(metric: Metric, row: Row, ours: Row | None) -> str:
    """How many times better ours is; below 1 it is worse."""
    if ours is None or row is ours or not (row.values(metric) and ours.values(metric)):
        return ""
    theirs, own = median(row.values(metric)), median(ours.values(metric))
    better, worse = (own, theirs) if metric.more_is_better else (theirs, own)
    return f"{_number(better / worse)}x" if worse else ""


def _number(value: float) -> str:
    """Three digits that count, or all before the point."""
    digits = 0 if value == int(value) else max(0, 3 - len(str(int(value)).lstrip("0")))
    return f"{value:,.{digits}f}"

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
    shown = [metric for metric in suite.metrics if any(row.values(metric) for row in rows)]
    ours = next((row for row in rows if row.peer == OURS.name), None)
    head = ["", *[cell for metric in shown for cell in (metric.name, "hk-local is")], "notes"]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        cells = [cell for metric in shown for cell in _cells(metric, row, ours)]
        lines.append([row.peer, *cells, row.notes()])
    body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"### {suite.title} (`{suite.name}`)\n\n{body}\n"


def _cells(metric: Metric, row: Row, ours: Row | None) -> tuple[str, str]:
    values = row.values(metric)
    if not values:
        return "-", ""
    least, middle, most = (_number(f(values)) for f in (min, median, max))
    figure = middle if len(values) == 1 else f"{middle} ({least} to {most})"
    our_values = ours.values(metric) if ours and ours is not row else []
    return figure, _ratio(metric, median(values), median(our_values)) if our_values else ""


def _ratio(metric: Metric, theirs: float, ours: float) -> str:
    """How many times better ours is; below 1 it is worse."""
    better, worse = (ours, theirs) if metric.more_is_better else (theirs, ours)
    return f"{_number(better / worse)}x" if worse else ""


def _number(value: float) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 3
    return f"{value:,.{digits}f}"

"""The sample app's queue, with time as an argument."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PERIOD = 10
START = 1_000_000


def counts(queue: Any, now: float) -> dict[str, int]:
    report = queue.report(now)
    return {name: report[name] for name in ("queued", "running", "done", "missed", "doubled")}


def test_a_job_is_queued_then_running_then_done(queue: Any) -> None:
    empty = {"queued": 0, "running": 0, "done": 0, "missed": 0, "doubled": 0}
    number = queue.add("hello", "web.1", 1.0)
    assert counts(queue, 1.0) == empty | {"queued": 1}
    job = queue.claim("worker.1", 2.0)
    assert (job["id"], job["name"], job["attempts"]) == (number, "hello", 1)
    assert counts(queue, 2.0) == empty | {"running": 1}
    assert queue.finish(job, 3.0)
    assert counts(queue, 3.0) == empty | {"done": 1}


def test_the_oldest_job_is_claimed_first_and_by_one_worker(queue: Any) -> None:
    first, second = queue.add("a", "web.1", 1.0), queue.add("b", "web.1", 1.0)
    claimed = [queue.claim(worker, 2.0) for worker in ("worker.1", "worker.2", "worker.3")]
    assert [job and job["id"] for job in claimed] == [first, second, None]


def test_a_job_given_back_is_first_in_line_and_counts_its_tries(queue: Any) -> None:
    number = queue.add("a", "web.1", 1.0)
    queue.add("b", "web.1", 1.0)
    assert queue.give_back(queue.claim("worker.1", 2.0))
    again = queue.claim("worker.2", 3.0)
    assert (again["id"], again["attempts"]) == (number, 2)


def test_a_lease_keeps_a_job_until_it_runs_out(queue: Any) -> None:
    queue.add("a", "web.1", 0.0)
    dead = queue.claim("worker.1", 0.0, lease=10)
    assert queue.claim("worker.2", 9.9) is None
    assert queue.claim("worker.2", 10.0)["id"] == dead["id"]


def test_a_renewed_lease_counts_from_then(queue: Any) -> None:
    queue.add("a", "web.1", 0.0)
    assert queue.renew(queue.claim("worker.1", 0.0, lease=10), 8.0, lease=10)
    assert queue.claim("worker.2", 17.9) is None
    assert queue.claim("worker.2", 18.0)


@pytest.mark.parametrize("change", ["finish", "renew", "give_back"])
def test_a_worker_that_lost_its_lease_changes_nothing(queue: Any, change: str) -> None:
    queue.add("a", "web.1", 0.0)
    late = queue.claim("worker.1", 0.0, lease=10)
    heir = queue.claim("worker.2", 10.0, lease=10)
    assert not getattr(queue, change)(late, *(() if change == "give_back" else (11.0,)))
    assert queue.finish(heir, 12.0)
    assert not queue.finish(heir, 13.0)


def test_the_queue_survives_a_restart(jobs: ModuleType, tmp_path: Path) -> None:
    path = str(tmp_path / "kept.sqlite3")
    before = jobs.Queue(path)
    number = before.add("a", "web.1", 1.0)
    before.close()
    after = jobs.Queue(path)
    assert after.claim("worker.1", 2.0)["id"] == number
    after.close()


def test_a_due_job_belongs_to_the_slot_it_was_queued_in(queue: Any) -> None:
    assert queue.add_due("tick", PERIOD, "clock.1", START + 9.99)[1] == START
    assert queue.add_due("tick", PERIOD, "clock.1", START + 10.0)[1] == START + 10


def test_a_slot_is_missed_only_once_it_is_over(queue: Any) -> None:
    queue.add_due("tick", PERIOD, "clock.1", START)
    assert counts(queue, START + 19.9)["missed"] == 0
    assert counts(queue, START + 20)["missed"] == 1


def test_a_gap_names_its_slots(queue: Any) -> None:
    for at in (0, 10, 40, 50):
        queue.add_due("tick", PERIOD, "clock.1", START + at)
    gap = {"name": "tick", "period": PERIOD, "first": START + 20, "last": START + 30, "slots": 2}
    assert queue.gaps(START + 55) == [gap]


def test_two_clocks_double_a_slot(queue: Any) -> None:
    queue.add_due("tick", PERIOD, "clock.1", START)
    queue.add_due("tick", PERIOD, "clock.2", START + 0.3)
    queue.add_due("tick", PERIOD, "clock.1", START + 10)
    queue.add_due("report", 60, "clock.1", START + 10)
    assert counts(queue, START + 11)["doubled"] == 1


def test_another_period_starts_the_count_anew(queue: Any) -> None:
    queue.add_due("tick", PERIOD, "clock.1", START)
    queue.add_due("tick", 4, "clock.1", START + 100)
    assert counts(queue, START + 101)["missed"] == 0
    assert counts(queue, START + 108)["missed"] == 1


def test_posted_jobs_are_neither_missed_nor_doubled(queue: Any) -> None:
    for _ in range(2):
        queue.add("tick", "web.1", START)
    assert counts(queue, START + 100) | {"queued": 0} == dict.fromkeys(counts(queue, START), 0)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_missed_and_doubled_agree_with_counting_by_hand(
    jobs: ModuleType, ticks: list[int], later: int
) -> None:
    queue = jobs.Queue(":memory:")
    for tick in sorted(ticks):
        queue.add_due("tick", PERIOD, "clock", START + tick * PERIOD)
    now = max(ticks) + later
    expected = [tick for tick in range(min(ticks), now) if tick not in ticks]
    doubled = {tick for tick in ticks if ticks.count(tick) > 1}
    report = queue.report(START + now * PERIOD)
    queue.close()
    assert (report["missed"], report["doubled"]) == (len(expected), len(doubled))


def test_the_newest_jobs_come_first(queue: Any) -> None:
    for number in range(30):
        queue.add(f"job {number}", "web.1", float(number))
    shown = [job["id"] for job in queue.report(99.0)["jobs"]]
    assert len(shown) == 25
    assert all(newer > older for newer, older in pairwise(shown))


def test_seconds_come_from_the_environment(
    jobs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLOCK_SECONDS", raising=False)
    assert jobs.seconds("CLOCK_SECONDS", 10) == 10
    monkeypatch.setenv("CLOCK_SECONDS", "3")
    assert jobs.seconds("CLOCK_SECONDS", 10) == 3
    for wrong in ("0", "-1", "1.5", "soon"):
        monkeypatch.setenv("CLOCK_SECONDS", wrong)
        with pytest.raises(SystemExit, match=f"CLOCK_SECONDS={wrong}: expected whole seconds"):
            jobs.seconds("CLOCK_SECONDS", 10)

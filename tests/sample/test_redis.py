"""The sample app on a real Redis: RQ does what the queue in SQLite does."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.app import until
from tests.redis_server import RedisServer, needs_redis
from tests.sample.conftest import FOLDER, load

pytestmark = [pytest.mark.real, needs_redis]

PERIOD = 10
START = 1_000_000
PATIENCE = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.close()


@pytest.fixture
def queue(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    server.client.flushall()
    monkeypatch.syspath_prepend(str(FOLDER))
    yield load("redis_jobs").RedisQueue(server.url)
    for name in ("jobs", "redis_jobs"):
        sys.modules.pop(name, None)


def counts(queue: Any, now: float = START) -> dict[str, int]:
    names = ("queued", "running", "done", "lost", "missed", "doubled")
    report = queue.report(now)
    return {name: report[name] for name in names if report[name]}


def test_queued_jobs_are_shown_the_newest_first(queue: Any) -> None:
    assert [queue.add("hello", "web.1", 1.0), queue.add("again", "web.1", 2.0)] == [1, 2]
    report = queue.report(START)
    assert (report["queue"], counts(queue)) == ("RQ on Redis", {"queued": 2})
    newest = report["jobs"][0]
    assert (newest["id"], newest["name"], newest["queued_by"]) == (2, "again", "web.1")
    assert (newest["state"], newest["worker"], newest["attempts"]) == ("queued", None, 0)


def test_slots_are_missed_and_doubled_as_in_sqlite(queue: Any) -> None:
    for offset in (0, 10, 10, 10, 40):
        assert queue.add_due("tick", PERIOD, "clock.1", START + offset)[1] == START + offset
    assert counts(queue, START + 45) == {"queued": 5, "missed": 2, "doubled": 1}
    gap = {"name": "tick", "period": PERIOD, "first": START + 20, "last": START + 30, "slots": 2}
    assert queue.gaps(START + 49) == [gap]
    open_gap = {**gap, "first": START + 50, "last": START + 60}
    assert queue.gaps(START + 70) == [gap, open_gap]
    assert counts(queue, START + 70)["missed"] == 4


def test_another_period_starts_the_count_anew(queue: Any) -> None:
    for offset, period in ((0, PERIOD), (50, PERIOD), (55, 5)):
        queue.add_due("tick", period, "clock.1", START + offset)
    assert queue.gaps(START + 55) == [] and counts(queue, START + 55) == {"queued": 3}


@pytest.fixture
def worker(script: Any, server: RedisServer) -> Callable[..., Any]:
    return lambda **settings: script("worker", REDIS_URL=server.url, DYNO="worker.1", **settings)


def test_worker_finishes_a_short_job_on_sigterm(queue: Any, worker: Any) -> None:
    queue.add("hello", "web.1", time.time())
    one = worker(JOB_SECONDS="2")
    one.wait_line("took #1 hello")
    assert counts(queue) == {"running": 1}
    status, rest = one.signal(signal.SIGTERM)
    assert status == 0 and "done #1 hello" in rest and "worker stops" in rest
    assert counts(queue) == {"done": 1}


def test_worker_gives_a_long_job_back_on_sigterm(
    queue: Any, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOB_SECONDS", "60")
    queue.add("long", "web.1", time.time())
    one = worker(FINISH_SECONDS="1")
    one.wait_line("took #1 long")
    _, rest = one.signal(signal.SIGTERM)
    assert "gave back #1 long" in rest
    assert counts(queue) == {"queued": 1} and queue.report(0)["jobs"][0]["attempts"] == 1
    two = worker(FINISH_SECONDS="1")
    two.wait_line("took #1 long, try 2")
    assert queue.report(0)["jobs"][0]["attempts"] == 2
    assert "gave back #1 long" in two.signal(signal.SIGTERM)[1]


def test_without_retries_a_job_that_is_broken_off_is_lost(
    queue: Any, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOB_SECONDS", "60")
    monkeypatch.setenv("RETRIES", "0")
    queue.add("long", "web.1", time.time())
    one = worker(FINISH_SECONDS="1")
    one.wait_line("took #1 long")
    _, rest = one.signal(signal.SIGTERM)
    assert "lost #1 long" in rest
    assert counts(queue) == {"lost": 1} and queue.report(0)["jobs"][0]["state"] == "lost"


def test_clock_and_web_use_the_same_queue(queue: Any, script: Any, server: RedisServer) -> None:
    clock = script("clock", REDIS_URL=server.url, CLOCK_SECONDS="1", DYNO="clock.1")
    clock.wait_line("queued #1 tick")
    until(lambda: counts(queue).get("queued"), "the job is queued", PATIENCE)
    assert queue.report(0)["jobs"][-1]["queued_by"].startswith("clock.1 ")


def test_without_rq_a_redis_is_one_line(tmp_path: Path, script: Any) -> None:
    (tmp_path / "rq.py").write_text("raise ImportError('no rq here')")
    one = script("worker", REDIS_URL="redis://localhost:1", PYTHONPATH=str(tmp_path))
    rest, _ = one.process.communicate(timeout=PATIENCE)
    assert one.process.returncode == 1
    assert rest == "REDIS_URL is set: pip install -r requirements.txt (no rq here)\n"

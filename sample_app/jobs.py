"""The queue between clock, worker and web: RQ's where there is a Redis (redis_jobs.py), else one
SQLite file that survives a restart.

A job is queued, then running under a lease, then done. A worker that is killed cannot say so:
its lease runs out and the job is there to be taken again. A job that a clock queued also has the
slot that it was due in, so that slots nobody queued (missed) or two clocks queued (doubled) can
be told apart from the rest.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

LEASE_SECONDS = 10

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, slot INTEGER, queued_by TEXT NOT NULL,
    queued_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'queued', worker TEXT,
    lease_until REAL, attempts INTEGER NOT NULL DEFAULT 0, done_at REAL);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, id);
CREATE INDEX IF NOT EXISTS jobs_by_slot ON jobs (name, slot) WHERE slot IS NOT NULL;
CREATE TABLE IF NOT EXISTS schedules (
    name TEXT PRIMARY KEY, period INTEGER NOT NULL, since INTEGER NOT NULL);
"""
CLAIM = """
UPDATE jobs SET state = 'running', worker = ?, lease_until = ?, attempts = attempts + 1
WHERE id = (SELECT id FROM jobs WHERE state = 'queued' OR (state = 'running' AND lease_until <= ?)
            ORDER BY id LIMIT 1)
RETURNING *
"""
SCHEDULE = """
INSERT INTO schedules (name, period, since) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET period = excluded.period, since = excluded.since
WHERE period != excluded.period
"""
GAPS = """
WITH slots AS (SELECT slot FROM jobs WHERE name = :name AND slot >= :since UNION SELECT :current),
     steps AS (SELECT LAG(slot) OVER (ORDER BY slot) AS before, slot FROM slots)
SELECT :name AS name, :period AS period, before + :period AS first, slot - :period AS last,
       (slot - before) / :period - 1 AS slots
FROM steps WHERE slot - before > :period
"""
DOUBLED = """
SELECT COUNT(*) FROM
    (SELECT 1 FROM jobs WHERE slot IS NOT NULL GROUP BY name, slot HAVING COUNT(*) > 1)
"""


class Queue:
    """Jobs in a SQLite file. Every change is one statement, hence whole or not at all."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        folder = os.open(Path(path).parent, os.O_RDONLY)
        try:
            # web, worker and clock start at once, and SQLite refuses to turn on WAL twice at once.
            fcntl.flock(folder, fcntl.LOCK_EX)
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.executescript(SCHEMA)
        finally:
            os.close(folder)

    def close(self) -> None:
        self.db.close()

    def add(self, name: str, queued_by: str, now: float, slot: int | None = None) -> int:
        """A job is queued; its number."""
        row = (name, slot, queued_by, now)
        insert = "INSERT INTO jobs (name, slot, queued_by, queued_at) VALUES (?, ?, ?, ?)"
        return self.db.execute(insert, row).lastrowid or 0

    def add_due(self, name: str, period: int, queued_by: str, now: float) -> tuple[int, int]:
        """The job of the slot that `now` lies in is queued; its number and the slot."""
        slot = int(now) - int(now) % period
        self.db.execute(SCHEDULE, (name, period, slot))
        return self.add(name, queued_by, now, slot), slot

    def claim(self, worker: str, now: float, lease: float = LEASE_SECONDS) -> sqlite3.Row | None:
        """The oldest free job is running under this worker's lease, unless there is none."""
        jobs = self.db.execute(CLAIM, (worker, now + lease, now)).fetchall()
        return jobs[0] if jobs else None

    def renew(self, job: sqlite3.Row, now: float, lease: float = LEASE_SECONDS) -> bool:
        """The lease counts from now; false if another worker has the job by now."""
        return self._change(job, "lease_until = ?", now + lease)

    def finish(self, job: sqlite3.Row, now: float) -> bool:
        """The job is done; false if another worker has it by now."""
        return self._change(job, "state = 'done', done_at = ?", now)

    def give_back(self, job: sqlite3.Row) -> bool:
        """The job is queued again, first in line; false if another worker has it by now."""
        return self._change(job, "state = 'queued', worker = ?", None)

    def _change(self, job: sqlite3.Row, change: str, value: float | None) -> bool:
        held = "id = ? AND state = 'running' AND attempts = ?"
        update = f"UPDATE jobs SET {change} WHERE {held}"
        return self.db.execute(update, (value, job["id"], job["attempts"])).rowcount == 1

    def gaps(self, now: float) -> list[dict[str, Any]]:
        """The runs of slots, since each schedule's first, that were over before any clock came."""
        found = []
        for schedule in self.db.execute("SELECT * FROM schedules").fetchall():
            current = int(now) - int(now) % schedule["period"]
            found += self.db.execute(GAPS, {**schedule, "current": current}).fetchall()
        return sorted(map(dict, found), key=lambda gap: gap["last"])

    def report(self, now: float, newest: int = 25) -> dict[str, Any]:
        """What the web page shows: counts, the last gaps and the newest jobs."""
        states = dict(self.db.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())
        gaps = self.gaps(now)
        rows = self.db.execute("SELECT * FROM jobs ORDER BY id DESC LIMIT ?", (newest,))
        return {
            "queue": "SQLite",
            "lost": 0,
            **{state: states.get(state, 0) for state in ("queued", "running", "done")},
            "missed": sum(gap["slots"] for gap in gaps),
            "doubled": self.db.execute(DOUBLED).fetchone()[0],
            "gaps": gaps[-5:],
            "jobs": [dict(row) for row in rows],
        }


def connect() -> closing[Any]:
    """The app's queue: RQ's on REDIS_URL, else QUEUE_FILE, or jobs.sqlite3 beside this file."""
    url = os.environ.get("REDIS_URL")
    if url:
        return closing(redis_jobs().RedisQueue(url))
    path = os.environ.get("QUEUE_FILE") or str(Path(__file__).with_name("jobs.sqlite3"))
    return closing(Queue(path))


def redis_jobs() -> Any:
    """The module for a Redis. Ends the process with one line if what it needs is not installed."""
    try:
        import redis_jobs
    except ImportError as error:
        raise SystemExit(f"REDIS_URL is set: pip install -r requirements.txt ({error})") from None
    return redis_jobs


def seconds(variable: str, default: int) -> int:
    """A config var as whole seconds. Ends the process with one line if it is something else."""
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise SystemExit(f"{variable}={text}: expected whole seconds, such as {variable}={default}")
    return int(text)


def hhmmss(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))

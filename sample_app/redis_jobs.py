"""The queue between clock, worker and web where there is a Redis: RQ's, and what the page counts.

RQ knows which jobs are queued, running, done, or failed for good (lost). Which slots no clock
queued (missed), and which two clocks did (doubled), is noted here.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

from jobs import seconds
from redis import Redis
from rq import Queue, Retry
from rq.job import Job
from rq.registry import FailedJobRegistry, StartedJobRegistry

QUEUE = "sample"
STATES = {"started": "running", "finished": "done", "failed": "lost", "stopped": "lost"}
"""RQ's words and the page's. All else is queued."""
NEWEST, GAPS = 25, 5
HOUR = 3600
CONNECTIONS: dict[str, Redis] = {}


def redis(url: str) -> Redis:
    """One pool of connections for all threads: Heroku's smallest plan has 20 for the whole app."""
    if url not in CONNECTIONS:
        # Heroku's certificates are self-signed, so they cannot be verified.
        options = {"ssl_cert_reqs": None} if url.startswith("rediss:") else {}
        CONNECTIONS[url] = Redis.from_url(url, **options)
    return CONNECTIONS[url]


class RedisQueue:
    """Does for web and clock what jobs.Queue does."""

    def __init__(self, url: str) -> None:
        self.redis = redis(url)
        self.queue = Queue(QUEUE, connection=self.redis)

    def close(self) -> None:
        """The connections are kept for the next use."""

    def add(self, name: str, queued_by: str, now: float, slot: int | None = None) -> int:
        """A job is queued; its number. If it fails, or its worker goes, it is tried again."""
        number = int(self.redis.incr("sample:jobs"))
        retries = int(os.environ.get("RETRIES") or 10)
        self.queue.enqueue(
            "tasks.work",
            seconds("JOB_SECONDS", 2),
            job_id=str(number),
            meta={"name": name, "slot": slot, "queued_by": queued_by, "retries": retries},
            retry=Retry(retries, enqueue_at_front=True) if retries else None,
            result_ttl=HOUR,
        )
        self.redis.lpush("sample:newest", number)
        self.redis.ltrim("sample:newest", 0, NEWEST - 1)
        return number

    def add_due(self, name: str, period: int, queued_by: str, now: float) -> tuple[int, int]:
        """The job of the slot that `now` lies in is queued; its number and the slot."""
        slot = int(now) - int(now) % period
        self._note(name, period, slot)
        return self.add(name, queued_by, now, slot), slot

    def _note(self, name: str, period: int, slot: int) -> None:
        """The slot is the schedule's last; what is missing before it is a gap."""
        key = f"sample:schedule:{name}"
        if int(self.redis.hget("sample:schedules", name) or 0) != period:
            self.redis.delete(f"{key}:last", f"{key}:gaps", f"{key}:missed", f"{key}:doubled")
            self.redis.hset("sample:schedules", name, period)
        last = int(self.redis.set(f"{key}:last", slot, get=True) or slot - period)
        if last == slot:
            if self.redis.incr(f"{key}:{slot}") == 1:
                self.redis.incr(f"{key}:doubled")
            self.redis.expire(f"{key}:{slot}", HOUR)
        elif gap := _gap(name, period, last, slot):
            self.redis.rpush(f"{key}:gaps", json.dumps(gap))
            self.redis.ltrim(f"{key}:gaps", -GAPS, -1)
            self.redis.incrby(f"{key}:missed", gap["slots"])

    def gaps(self, now: float) -> list[dict[str, Any]]:
        """The last runs of slots, by schedule, that were over before any clock came."""
        names = [name for name, _ in self._schedules()]
        past = [self.redis.lrange(f"sample:schedule:{name}:gaps", 0, -1) for name in names]
        found = [json.loads(text) for texts in past for text in texts]
        return sorted(found + self._open_gaps(now), key=lambda gap: gap["last"])

    def _open_gaps(self, now: float) -> list[dict[str, Any]]:
        """Those that go on: no clock has come since."""
        found = []
        for name, period in self._schedules():
            current = int(now) - int(now) % period
            last = int(self.redis.get(f"sample:schedule:{name}:last") or current)
            found.append(_gap(name, period, last, current))
        return [gap for gap in found if gap]

    def _schedules(self) -> list[tuple[str, int]]:
        found = self.redis.hgetall("sample:schedules")
        return [(name.decode(), int(period)) for name, period in found.items()]

    def report(self, now: float) -> dict[str, Any]:
        """What the web page shows: counts, the last gaps and the newest jobs."""
        missing = sum(gap["slots"] for gap in self._open_gaps(now))
        numbers = [number.decode() for number in self.redis.lrange("sample:newest", 0, -1)]
        jobs = Job.fetch_many(numbers, connection=self.redis)
        return {
            "queue": "RQ on Redis",
            "queued": len(self.queue),
            "running": StartedJobRegistry(queue=self.queue).count,
            "done": int(self.redis.get("sample:done") or 0),
            "lost": FailedJobRegistry(queue=self.queue).count,
            "missed": self._sum("missed") + missing,
            "doubled": self._sum("doubled"),
            "gaps": self.gaps(now)[-GAPS:],
            "jobs": [_shown(job) for job in jobs if job],
        }

    def _sum(self, what: str) -> int:
        keys = [f"sample:schedule:{name}:{what}" for name, _ in self._schedules()]
        return sum(int(count or 0) for count in self.redis.mget(keys)) if keys else 0


def _gap(name: str, period: int, last: int, slot: int) -> dict[str, Any] | None:
    """What is missing between two slots; None if nothing is."""
    slots = (slot - last) // period - 1
    if slots < 1:
        return None
    ends = {"first": last + period, "last": slot - period}
    return {"name": name, "period": period, **ends, "slots": slots}


def _shown(job: Job) -> dict[str, Any]:
    state = STATES.get(job.get_status(refresh=False).value, "queued")
    return {
        "id": int(job.id),
        **{field: job.meta[field] for field in ("name", "slot", "queued_by")},
        "queued_at": _seconds(job.enqueued_at),
        "state": state,
        "worker": job.worker_name,
        "attempts": gone_before(job) + (state != "queued"),
        "done_at": _seconds(job.ended_at),
    }


def gone_before(job: Job) -> int:
    """How often the job was begun and not done, before now."""
    return int(job.meta["retries"]) - (job.retries_left or 0)


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None

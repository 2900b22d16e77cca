"""What RQ runs, in a process of its own for each job."""

from __future__ import annotations

import time

from redis_jobs import gone_before
from rq import get_current_job
from rq.exceptions import ShutDownImminentException


def work(job_seconds: int) -> None:
    """The job is done, or broken off because its dyno has to stop. Your work goes here."""
    job = get_current_job()
    assert job
    what = f"#{job.id} {job.meta['name']}"
    again = f", try {gone_before(job) + 1}" if gone_before(job) else ""
    print(f"took {what}{again}", flush=True)
    started = time.time()
    try:
        time.sleep(job_seconds)
    except ShutDownImminentException:
        print(f"gave back {what}" if job.retries_left else f"lost {what}", flush=True)
        raise
    job.connection.incr("sample:done")
    print(f"done {what} in {time.time() - started:.1f} s", flush=True)

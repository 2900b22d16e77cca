"""What RQ's workers run."""

from __future__ import annotations

import time

from rq import get_current_job


def work(number: int) -> None:
    """Job 0 goes on until it may end, the others are short."""
    job = get_current_job()
    assert job
    job.connection.rpush(f"begun:{job.origin}", number)
    while number == 0 and not job.connection.exists("go"):
        time.sleep(0.05)
    job.connection.rpush(f"done:{job.origin}", number)

"""A worker of RQ that loses no job on Heroku.

On SIGTERM every process of the dyno gets the signal, the one that does the job too. RQ's own Worker
lets it die of it; HerokuWorker lets it go on for FINISH_SECONDS and then breaks off, and Retry (see
redis_jobs.py) has the job queued again.
"""

from __future__ import annotations

import os
import signal

import rq.worker
from redis_jobs import QUEUE, redis

HEARTBEAT, MAINTENANCE = 5, 10
"""A killed worker is missed a minute after its last heartbeat, when another one looks
after the queue. RQ's own figures are 30 seconds and 10 minutes."""


def run(name: str, finish_seconds: int) -> None:
    """Jobs are done until SIGTERM; the last one is done or given back."""
    # macOS has no SIGRTMIN, which HerokuWorker needs; there a job is given back at once.
    best = "HerokuWorker" if hasattr(signal, "SIGRTMIN") else "Worker"
    kind = getattr(rq.worker, os.environ.get("RQ_WORKER") or best)
    kind.imminent_shutdown_delay = finish_seconds
    worker = kind(
        [QUEUE],
        name=name,
        connection=redis(os.environ["REDIS_URL"]),
        job_monitoring_interval=HEARTBEAT,
        maintenance_interval=MAINTENANCE,
    )
    print(f"worker is up: {kind.__name__} of RQ")
    worker.work(logging_level="WARNING")
    print("worker stops with clean hands")

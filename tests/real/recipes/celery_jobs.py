"""A Celery app. With LATE it follows Heroku's recipe: a task is acknowledged when it is done."""

from __future__ import annotations

import os
import time

from celery import Celery
from redis import Redis

URL = os.environ["REDIS_URL"]
LATE = bool(os.environ.get("LATE"))

app = Celery("jobs", broker=URL)
app.conf.update(
    task_acks_late=LATE,
    task_reject_on_worker_lost=LATE,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)


@app.task
def work(recipe: str, number: int) -> None:
    """Job 0 goes on until it may end, the others are short."""
    redis = Redis.from_url(URL)
    redis.rpush(f"begun:{recipe}", number)
    while number == 0 and not redis.exists("go"):
        time.sleep(0.05)
    redis.rpush(f"done:{recipe}", number)

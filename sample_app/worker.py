"""Takes jobs from the queue, one at a time; where there is a Redis, as a worker of RQ.

On SIGTERM it finishes its job if that is nearly done and gives it back if not: Heroku grants 30
seconds. Killed with SIGKILL it can do neither; then its lease runs out and another worker has it.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time

from jobs import LEASE_SECONDS, Queue, connect, redis_jobs, seconds

ME = f"{os.environ.get('DYNO', 'worker')} (pid {os.getpid()})"
STEP = 0.2


class Worker:
    """One job after another until it is told to stop."""

    def __init__(self, queue: Queue, job_seconds: int, finish_seconds: int) -> None:
        self.queue = queue
        self.job_seconds = job_seconds
        self.finish_seconds = finish_seconds
        self.stopping = False

    def stop(self, *_signal: object) -> None:
        self.stopping = True

    def run(self) -> None:
        """Jobs are done until stop() is called; the last one is done or given back."""
        while not self.stopping:
            job = self.queue.claim(ME, time.time())
            if job:
                self.do(job)
            else:
                time.sleep(STEP)

    def do(self, job: sqlite3.Row) -> None:
        """The job is done, given back, or lost to another worker; the log says which."""
        started = time.time()
        again = f", try {job['attempts']}" if job["attempts"] > 1 else ""
        print(f"took #{job['id']} {job['name']}{again}")
        if not self.work(job, started + self.job_seconds):
            back = self.queue.give_back(job)
            print(f"gave back #{job['id']} {job['name']}" if back else f"lost #{job['id']}")
        elif self.queue.finish(job, time.time()):
            print(f"done #{job['id']} {job['name']} in {time.time() - started:.1f} s")
        else:
            print(f"lost #{job['id']} {job['name']}: the lease ran out, another worker has it")

    def work(self, job: sqlite3.Row, until: float) -> bool:
        """True once the work is done; false if it has to be left for later. Your work goes here."""
        renew_at = time.time() + LEASE_SECONDS / 2
        while (left := until - time.time()) > 0:
            if self.stopping and left > self.finish_seconds:
                return False
            if time.time() >= renew_at:
                self.queue.renew(job, time.time())
                renew_at = time.time() + LEASE_SECONDS / 2
            time.sleep(min(left, STEP))
        return True


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    job_seconds = seconds("JOB_SECONDS", 2)
    if os.environ.get("REDIS_URL"):
        redis_jobs()
        from rq_worker import run

        run(ME.replace(" ", "-"), seconds("FINISH_SECONDS", 5))
        return
    with connect() as queue:
        worker = Worker(queue, job_seconds, seconds("FINISH_SECONDS", 5))
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        print(f"worker is up: a job takes {job_seconds} s")
        worker.run()
    print("worker stops with clean hands")


if __name__ == "__main__":
    main()

"""Decides when work is due and queues it; never does the work, so it is never late for the next.

Run exactly one: two clocks queue every job twice, none queues nothing. Both show on the web page.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime

try:
    from apscheduler.schedulers.background import BackgroundScheduler
except ImportError:
    sys.exit("clock.py needs APScheduler: pip install -r requirements.txt")
from jobs import connect, hhmmss, seconds

ME = f"{os.environ.get('DYNO', 'clock')} (pid {os.getpid()})"
EPOCH = datetime.fromtimestamp(0, UTC)


def queue_due(name: str, period: int) -> None:
    """The job of the present slot is queued."""
    with connect() as queue:
        number, slot = queue.add_due(name, period, ME, time.time())
    print(f"queued #{number} {name}, due at {hhmmss(slot)}")


def tell_missed() -> None:
    """The log says which slots have just passed while no clock was up."""
    now = time.time()
    with connect() as queue:
        for gap in queue.gaps(now):
            if now - gap["last"] < 2 * gap["period"]:
                times = f"{hhmmss(gap['first'])} to {hhmmss(gap['last'])}"
                print(f"missed {gap['slots']} x {gap['name']}, due {times}: no clock was up")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    # Waited for below: what a handler raises somewhere in APScheduler may be lost there.
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    period = seconds("CLOCK_SECONDS", 10)
    scheduler = BackgroundScheduler(timezone=UTC)
    # Counted from the epoch, every clock has the same slots, whenever it was started.
    scheduler.add_job(
        queue_due, "interval", ("tick", period), seconds=period, start_date=EPOCH, name="tick"
    )
    scheduler.add_job(queue_due, "cron", ("report", 60), minute="*", name="report")
    tell_missed()
    print(f"clock is up: a tick every {period} s, a report every minute")
    scheduler.start()
    signal.sigwait(stops)
    scheduler.shutdown()  # a job that is being queued still gets queued
    print("clock stops: no job is queued until the next clock is up")


if __name__ == "__main__":
    main()

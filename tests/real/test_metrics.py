"""The labs feature log-runtime-metrics, turned on and off while the app runs."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.real.app import App

pytestmark = pytest.mark.real
SOON = "from emulator.dyno import metrics; metrics.EVERY = 0.1"
PATCH = """
import sys
from emulator.cli.client import Client
path = "/apps/~/features/log-runtime-metrics"
Client(sys.argv[1]).ask("PATCH", path, '{"enabled":%s}' % sys.argv[2])
"""


def enable(app: App, enabled: str) -> None:
    words = [sys.executable, "-c", PATCH, str(app.dir), enabled]
    subprocess.run(words, env=app.environment(), check=True)


def test_metrics(app: App):
    app.procfile(worker="while :; do :; done")
    emulator = app.start(before=SOON).up("worker.1")
    enable(app, "true")
    emulator.expect("sample#memory_quota=512.00MB", times=3)
    head = r"heroku\[worker\.1\]: source=worker\.1 dyno=heroku\.\d{1,9}\.[0-9a-f-]{36} "
    load = head + r"sample#load_avg_1m=(\S+) sample#load_avg_5m=\S+ sample#"
    seen = 3
    while float(re.findall(load, emulator.text)[-1]) == 0:  # it may not have had its turn yet
        seen += 1
        emulator.expect("sample#memory_quota=512.00MB", times=seen)
    assert re.search(head + r"sample#memory_total=\d+\.\d\dMB sample#memory_rss=", emulator.text)
    enable(app, "false")
    emulator.stop()
    app.assert_nothing_left()

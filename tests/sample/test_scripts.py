"""The sample app's scripts, each as a process."""

from __future__ import annotations

import json
import multiprocessing
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.real.app import until

pytestmark = pytest.mark.real

Start = Callable[..., Any]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def state_of(queue: Any, number: int) -> str:
    return {job["id"]: job["state"] for job in queue.report(time.time())["jobs"]}[number]


def ask(port: str, path: str, **request: Any) -> tuple[int, bytes]:
    try:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", **request)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_worker_does_a_job(queue: Any, script: Start) -> None:
    number = queue.add("hello", "test", time.time())
    worker = script("worker", JOB_SECONDS="1")
    worker.wait_line(f"took #{number} hello")
    worker.wait_line(f"done #{number} hello")
    assert state_of(queue, number) == "done"
    assert worker.signal(signal.SIGTERM) == (0, "worker stops with clean hands\n")


def test_worker_finishes_a_short_job_on_sigterm(queue: Any, script: Start) -> None:
    number = queue.add("short", "test", time.time())
    worker = script("worker", JOB_SECONDS="1", FINISH_SECONDS="5")
    worker.wait_line(f"took #{number}")
    status, rest = worker.signal(signal.SIGTERM)
    assert (status, state_of(queue, number)) == (0, "done")
    assert f"done #{number} short" in rest


def test_worker_gives_a_long_job_back_on_sigterm(queue: Any, script: Start) -> None:
    number = queue.add("long", "test", time.time())
    worker = script("worker", JOB_SECONDS="60")
    worker.wait_line(f"took #{number}")
    status, rest = worker.signal(signal.SIGTERM)
    assert (status, state_of(queue, number)) == (0, "queued")
    assert rest == f"gave back #{number} long\nworker stops with clean hands\n"


def test_a_job_whose_worker_was_killed_comes_back(queue: Any, script: Start) -> None:
    number = queue.add("orphan", "test", time.time())
    worker = script("worker", JOB_SECONDS="60")
    worker.wait_line(f"took #{number}")
    assert worker.signal(signal.SIGKILL) == (-signal.SIGKILL, "")
    assert queue.claim("too soon", time.time()) is None
    queue.db.execute("UPDATE jobs SET lease_until = ?", (time.time(),))
    heir = script("worker", JOB_SECONDS="1")
    heir.wait_line(f"took #{number} orphan, try 2")
    heir.wait_line(f"done #{number} orphan")


def test_clock_queues_and_never_works(queue: Any, script: Start) -> None:
    clock = script("clock", CLOCK_SECONDS="1")
    clock.wait_line("tick, due at")
    status, rest = clock.signal(signal.SIGTERM)
    assert status == 0
    assert rest.endswith("clock stops: no job is queued until the next clock is up\n")
    report = queue.report(time.time())
    assert report["queued"] >= 1
    assert report["running"] == report["done"] == 0


def test_two_clocks_share_their_slots(queue: Any, script: Start) -> None:
    clocks = [script("clock", CLOCK_SECONDS="1") for _ in range(2)]
    for clock in clocks:
        clock.wait_line("clock is up")
    until(lambda: queue.report(time.time())["doubled"] >= 1, "a slot is doubled", 60.0)


def test_clock_tells_what_was_missed_before_it(queue: Any, script: Start) -> None:
    queue.add_due("tick", 1, "an earlier clock", time.time() - 5)
    script("clock", CLOCK_SECONDS="1").wait_line("x tick, due")
    assert queue.report(time.time())["missed"] >= 3


def test_web_shows_and_takes_jobs(queue: Any, script: Start) -> None:
    port = free_port()
    web = script("web", PORT=port)
    web.wait_line(f"web is up: port {port}")
    status, page = ask(port, "/")
    assert (status, b"<title>Jobs</title>" in page) == (200, True)
    status, answer = ask(port, "/jobs", data=b"name=hello")
    job = json.loads(answer)
    assert (status, job["name"], state_of(queue, job["id"])) == (201, "hello", "queued")
    as_json = {"Content-Type": "application/json"}
    assert ask(port, "/jobs", data=b'{"name": "again"}', headers=as_json)[0] == 201
    assert json.loads(ask(port, "/jobs")[1])["queued"] == 2
    status, rest = web.signal(signal.SIGTERM)
    assert status == 0
    assert rest.endswith("web stops: every request is answered\n")


@pytest.mark.parametrize("body", [b"", b"name=", b"nme=x", b"name=" + b"x" * 81, b"\xff" * 9])
def test_web_refuses_what_is_no_job(queue: Any, script: Start, body: bytes) -> None:
    port = free_port()
    script("web", PORT=port).wait_line("web is up")
    status, answer = ask(port, "/jobs", data=body)
    assert (status, list(json.loads(answer))) == (400, ["error"])
    assert ask(port, "/nothing")[0] == 404
    assert queue.report(time.time())["queued"] == 0


def test_a_name_cannot_forge_a_line_of_the_log(queue: Any, script: Start) -> None:
    port = free_port()
    web = script("web", PORT=port)
    web.wait_line("web is up")
    ask(port, "/jobs", data=b"name=a%0Aqueued%1B[2J")
    assert "a?queued?[2J, posted" in web.wait_line("queued #")


@pytest.mark.parametrize(
    ("name", "environment", "said"),
    [
        ("worker", {"JOB_SECONDS": "soon"}, "JOB_SECONDS=soon: expected whole seconds"),
        ("clock", {"CLOCK_SECONDS": "0"}, "CLOCK_SECONDS=0: expected whole seconds"),
        ("web", {"PORT": "http"}, "PORT=http: expected a number"),
        ("web", {"PORT": "99999"}, "PORT=99999: cannot listen there"),
    ],
)
def test_a_wrong_setting_is_one_line(
    script: Start, name: str, environment: dict[str, str], said: str
) -> None:
    process = script(name, **environment).process
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output.count("\n")) == (1, 1)
    assert output.startswith(said)


def open_each(jobs: Any, paths: list[str], together: Any) -> None:
    for path in paths:
        together.wait(60)
        queue = jobs.Queue(path)
        queue.add("a", "test", 1.0)
        queue.close()


def test_processes_that_start_at_once_share_a_new_queue(jobs: Any, tmp_path: Path) -> None:
    processes = multiprocessing.get_context("fork")
    together = processes.Barrier(4)
    paths = [str(tmp_path / f"{number}.sqlite3") for number in range(100)]
    crowd = [processes.Process(target=open_each, args=(jobs, paths, together)) for _ in range(4)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert [one.exitcode for one in crowd] == [0] * 4

"""Scheduled jobs, as the API has them."""

from __future__ import annotations

import pytest

from tests.api.bench import WALL, Bench

JOBS = "/hk-local/scheduler/jobs"


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    assert bench.ask("POST", "/apps/~/addons", {"plan": "scheduler:standard"}).status == 201
    return bench


def added(bench, **job):
    return bench.ask("POST", JOBS, {"command": "python report.py", "every": "hour", **job})


def test_a_job(bench):
    assert added(bench, at=":30").status == 201
    assert bench.get(JOBS) == [
        {
            "at": "30",
            "command": "python report.py",
            "created_at": "2027-01-15T08:00:00Z",
            "description": "every hour at :30",
            "every": "hour",
            "id": "1",
            "last_dyno": None,
            "last_run_at": None,
            "missed": None,
            "next_run_at": "2027-01-15T08:30:00Z",
            "size": None,
        }
    ]


def test_what_the_commands_say(bench):
    assert bench.text(JOBS) == "No scheduled jobs on shop\n"
    response = bench.ask("POST", JOBS, {"command": "rake x", "every": "10m"}, Accept="text/plain")
    message = dict(response.fields)["HK-Message"]
    assert message == "Scheduling%20rake%20x%20every%2010%20minutes...%20done,%201"
    response = bench.ask("POST", f"{JOBS}/1/actions/run", Accept="text/plain")
    dyno = bench.kernel.world.jobs[0].dyno
    assert dict(response.fields)["HK-Message"].endswith(f"shop...%20done,%20{dyno}")
    bench.clock.now += 100 * 60 + 1
    bench.kernel.wake()
    lines = bench.text(JOBS).splitlines()
    assert lines[0] == "=== shop Scheduled jobs, times in UTC"
    assert [line.split() for line in lines[2:3]] == [
        ["id", "command", "due", "size", "last", "run", "next", "run", "missed"]
    ]
    response = bench.ask("DELETE", f"{JOBS}/1", Accept="text/plain")
    message = dict(response.fields)["HK-Message"]
    assert message == "Removing%20scheduled%20job%201,%20rake%20x...%20done"


def test_what_was_missed(bench):
    added(bench, at=":00", size="standard-2x")
    bench.clock.now += 3 * 3600 + 120
    bench.kernel.wake()
    job = bench.get(JOBS)[0]
    assert job["missed"] == {
        "since": "2027-01-15T09:00:00Z",
        "until": "2027-01-15T11:00:00Z",
        "runs": 3,
    }
    assert (job["size"], job["next_run_at"]) == ("Standard-2X", "2027-01-15T12:00:00Z")
    assert "3, until 2027-01-15 11:00" in bench.text(JOBS)


def test_a_run(bench):
    added(bench)
    bench.clock.now += 5.0
    response = bench.ask("POST", f"{JOBS}/1/actions/run")
    assert response.status == 201
    job = bench.get(JOBS)[0]
    assert job["last_run_at"] == "2027-01-15T08:00:05Z"
    assert job["last_dyno"] in [dyno["name"] for dyno in bench.get("/apps/~/dynos")]
    assert bench.kernel.world.jobs[0].last_at == WALL + 5


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "", {"every": "10m"}, 422, "command: expected the command to run"),
        ("POST", "", {"command": "x"}, 422, "every: expected 10m, hour or day"),
        ("POST", "", {"command": "x", "every": "day", "at": 3}, 422, "at: expected a text"),
        ("POST", "", {"command": "x", "every": "hour", "at": "7"}, 422, "at: expected a minute"),
        ("DELETE", "/7", None, 404, "Couldn't find that scheduled job (7). There are 1."),
        ("POST", "/7/actions/run", None, 404, "Couldn't find that scheduled job (7)"),
    ],
)
def test_what_is_wrong_is_said(bench, method, path, body, status, said):
    added(bench)
    found = bench.refused(method, JOBS + path, body)
    assert found[0] == status and said in found[2]
    assert len(bench.kernel.world.jobs) == 1


def test_without_the_add_on_there_are_no_jobs():
    bench = Bench().start(web=1)
    assert (
        "hk-local addons:create scheduler"
        in bench.refused("POST", JOBS, {"command": "x", "every": "10m"})[2]
    )
    assert bench.get(JOBS) == []


def test_the_add_on_s_page_is_opened_by_a_fresh_link(bench):
    bench.info = {**bench.info, "api_url": "http://localhost:5555"}
    for kind in ("addons", "addon-attachments"):
        (shown,) = bench.get(f"/apps/~/{kind}")
        assert shown["web_url"].startswith("http://localhost:5555/hk-local/scheduler#")
    bench.ask("POST", "/apps/~/addons", {"plan": "heroku-redis:mini"})
    assert "devcenter" in bench.get("/apps/~/addons/heroku-redis")["web_url"]

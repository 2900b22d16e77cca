"""A Rails app on the Postgres and the Redis of add-ons, its workers restarted with a job in flight.

Two of them wait longer for their job than a dyno may, and SIGKILL has them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tests.real.app import App, all_pids, folder, signal_quietly, until

RAILS = all(map(shutil.which, ("rails", "puma", "sidekiq")))
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not RAILS and not os.environ.get("CI"), reason="there is no Rails"),
]

SOURCE = Path(__file__).with_name("rails")
SHORT = "from emulator.dyno.policy import Policy; Policy.exit_timeout = 10.0"
"""A dyno that has to be killed is killed after 10 seconds, not 30."""
WORKERS = ("delayed-right", "delayed-wrong", "sidekiq-wrong")
COUNT = 4
PATIENCE = 90.0


class Shop:
    """The app, once it has a database, a Redis and all its dynos."""

    def __init__(self, app: App) -> None:
        self.app = app
        shutil.copytree(SOURCE, app.dir, dirs_exist_ok=True)
        app.write(".env", f"{app.mark}\nRAILS_ENV=production\nRUBYOPT=-W0\n")
        app.env["HOME"] = str(app.root)
        self.emulator = app.start("-m", "all=0", before=SHORT)
        self.ask("addons:create", "heroku-redis")
        self.ask("addons:create", "heroku-postgresql", "--wait")
        self.ask("addons:wait")
        self.ask("ps:scale", "web=1")
        self.ask("run", "bin/rails", "db:migrate")
        config = json.loads(self.ask("config", "--json"))
        self.redis = Redis.from_url(config["REDIS_URL"], decode_responses=True)
        self.database = config["DATABASE_URL"]

    def ask(self, *words: str) -> str:
        done = self.app.hk_local(*words)
        assert done.returncode == 0, done
        return done.stdout

    def post(self) -> None:
        """The web dyno has taken the jobs."""
        url = json.loads(self.ask("status", "--json"))["web_url"]
        data = f"count={COUNT}".encode()
        with urllib.request.urlopen(f"{url}jobs", data, timeout=PATIENCE) as answer:
            assert answer.status == 201

    def numbers(self, what: str, recipe: str) -> list[str]:
        return list(self.redis.lrange(f"{what}:{recipe}", 0, -1))


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Every worker was restarted in the middle of job 0, which could end when it was all over."""
    app = App()
    try:
        shop = Shop(app)
        shop.ask("ps:scale", "all=1")
        shop.post()
        for name in WORKERS:
            until(lambda name=name: shop.numbers("begun", name), f"{name} has begun", PATIENCE)
        for name in WORKERS:
            shop.ask("ps:restart", "-p", name)
        shop.emulator.expect("Error R12", times=2, within=PATIENCE)
        shop.redis.set("go", 1)
        yield shop
        shop.redis.close()
        shop.emulator.stop(within=PATIENCE)
        app.assert_nothing_left()
    finally:
        for emulator in app.emulators:
            emulator.close()
        for pid in all_pids():
            if folder(pid).startswith(str(app.dir)):
                signal_quietly(pid, signal.SIGKILL)
        app.close()


def test_only_workers_without_the_recipe_had_to_be_killed(shop: Shop) -> None:
    killed = re.findall(r"heroku\[(\S+)\]: Error R12", shop.emulator.text)
    assert sorted(killed) == ["delayed-wrong.1", "sidekiq-wrong.1"]


def test_delayed_job_tries_again_what_the_signal_broke_off(shop: Shop) -> None:
    name = "delayed-right"
    until(lambda: len(shop.numbers("done", name)) >= COUNT, "all are done", PATIENCE)
    assert sorted(shop.numbers("done", name)) == ["0", "1", "2", "3"]
    assert shop.numbers("begun", name).count("0") == 2


def test_sidekiq_loses_what_it_waits_for_too_long(shop: Shop) -> None:
    name = "sidekiq-wrong"
    until(lambda: len(shop.numbers("done", name)) >= COUNT - 1, "the rest is done", PATIENCE)
    assert sorted(shop.numbers("done", name)) == ["1", "2", "3"]
    assert shop.numbers("begun", name)[0] == "0"
    left = [shop.redis.llen("queue:default"), *map(shop.redis.zcard, ("retry", "dead"))]
    assert left == [0, 0, 0]


def test_a_job_of_delayed_job_stays_locked_by_the_dead_for_four_hours(shop: Shop) -> None:
    name = "delayed-wrong"
    until(lambda: len(shop.numbers("done", name)) >= COUNT - 1, "the rest is done", PATIENCE)
    assert sorted(shop.numbers("done", name)) == ["1", "2", "3"]
    with psycopg.connect(shop.database, autocommit=True) as database:
        locks = "select attempts, locked_by is not null from delayed_jobs where queue = %s"
        held = [(0, True)]
        until(lambda: database.execute(locks, [name]).fetchall() == held, "one is left", PATIENCE)
        database.execute("update delayed_jobs set locked_at = locked_at - interval '4 hours'")
    until(lambda: "0" in shop.numbers("done", name), "it is done after all", PATIENCE)

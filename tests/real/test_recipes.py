"""Real workers of real frameworks are restarted with a job in flight. Nothing is lost by those that
follow the recipe for a SIGTERM that goes to every process; the others lose what they were doing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.app import until
from tests.real.served import Served
from tests.redis_server import RedisServer, needs_redis

pytestmark = [pytest.mark.real, needs_redis]

RECIPES = Path(__file__).with_name("recipes")
MODULES = os.environ.get("HK_LOCAL_BULLMQ", "")
"""A folder of node modules with bullmq 6, node-resque 9 and ioredis 5."""
BULLMQ, RESQUE = ((Path(MODULES) / name).is_dir() for name in ("bullmq", "node-resque"))
SIDEKIQ = shutil.which("sidekiq")
COUNT = 4
PATIENCE = 60.0

QUEUE = """
import sys
from rq import Queue, Retry
from redis import Redis
from celery_jobs import URL, work
for number in range(int(sys.argv[1])):
    for name, retry in (("rq-right", Retry(3)), ("rq-wrong", None)):
        queue = Queue(name, connection=Redis.from_url(URL))
        queue.enqueue("rq_jobs.work", number, retry=retry)
    for name in ("celery-right", "celery-wrong"):
        work.apply_async((name, number), queue=name)
"""


PUSH = """
ARGV[0].to_i.times do |number|
  job = { "class" => Work, "queue" => "sidekiq-right", "args" => ["sidekiq-right", number] }
  Sidekiq::Client.push(job)
end
"""


def is_here(name: str) -> bool:
    """Whether the framework of that recipe can be used."""
    needs = {"bullmq": BULLMQ, "resque": RESQUE, "sidekiq": SIDEKIQ}
    return bool(needs.get(name.partition("-")[0], True))


class Workshop(Served):
    """The workers of every recipe, whose first job is in flight."""

    def __init__(self, home: Path, server: RedisServer) -> None:
        lines = (RECIPES / "Procfile").read_text().splitlines(keepends=True)
        used = [line for line in lines if is_here(line.partition(":")[0])]
        names = [line.partition(":")[0] for line in used]
        self.names = [name for name in names if not name.endswith("clock")]
        super().__init__(home, "".join(used), f"REDIS_URL={server.url}\n")
        for path in RECIPES.glob("*.*"):
            shutil.copy(path, self.dir)
        path = f"{Path(sys.executable).parent}{os.pathsep}{self.plain['PATH']}"
        self.plain |= {"PATH": path, "NODE_PATH": MODULES, "PYTHONWARNINGS": "ignore"}
        self.server = server

    def queue(self) -> None:
        words = [[sys.executable, "-c", QUEUE, str(COUNT)]]
        if BULLMQ:
            words.append(["node", "bullmq_add.js", str(COUNT), "bullmq-right", "bullmq-wrong"])
        if RESQUE:
            words.append(["node", "resque_add.js", str(COUNT), "resque-right", "resque-wrong"])
        if SIDEKIQ:
            words.append(["ruby", "-r", "./sidekiq_jobs.rb", "-e", PUSH, str(COUNT)])
        env = {**self.plain, "REDIS_URL": self.server.url}
        for command in words:
            subprocess.run(command, cwd=self.dir, env=env, check=True, timeout=PATIENCE)

    def numbers(self, what: str, name: str) -> list[str]:
        return list(self.server.client.lrange(f"{what}:{name}", 0, -1))

    def has_ended(self, name: str) -> bool:
        """Whether an earlier process of that type has."""
        log = self.hk_local("logs", "-n", "100", "-p", name)
        return "Process exited with status" in log


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Every worker was restarted in the middle of job 0, which could end when it was all over."""
    home = tmp_path_factory.mktemp("home")
    server = RedisServer(home)
    shop = Workshop(home, server)
    try:
        shop.queue()
        shop.start("--no-reload", *(f"{name}=1" for name in shop.names))
        for name in shop.names:
            until(lambda name=name: shop.numbers("begun", name), f"{name} has begun", PATIENCE)
        shop.hk_local("ps:restart")
        for name in shop.names:
            if name.endswith("wrong"):
                until(lambda name=name: shop.has_ended(name), f"{name} has ended", PATIENCE)
        server.client.set("go", 1)
        yield shop
    finally:
        shop.stop()
        server.close()


def all_of(name: str) -> pytest.MarkDecorator | object:
    skipped = pytest.mark.skipif(
        not is_here(name) and not os.environ.get("CI"),
        reason="there is no sidekiq, or HK_LOCAL_BULLMQ names no folder with it",
    )
    return pytest.param(name, marks=skipped)


FRAMEWORKS = [all_of(name) for name in ("rq", "celery", "bullmq", "resque")]


@pytest.mark.parametrize("name", [*FRAMEWORKS, all_of("sidekiq")])
def test_with_the_recipe_no_job_is_lost(workshop: Workshop, name: str) -> None:
    wanted = [str(number) for number in range(COUNT)]
    right = f"{name}-right"
    until(lambda: len(workshop.numbers("done", right)) >= COUNT, f"{right} is done", PATIENCE)
    assert sorted(workshop.numbers("done", right)) == wanted


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_without_it_the_job_in_flight_is_lost(workshop: Workshop, name: str) -> None:
    wrong = f"{name}-wrong"
    until(lambda: len(workshop.numbers("done", wrong)) >= COUNT - 1, "the rest is done", PATIENCE)
    assert sorted(workshop.numbers("done", wrong)) == [str(number) for number in range(1, COUNT)]
    assert workshop.numbers("begun", wrong)[0] == "0"
    redis = workshop.server.client
    if name == "rq":
        assert redis.zcard("rq:failed:rq-wrong") == 1
    if name == "bullmq":
        until(lambda: redis.zcard("bull:bullmq-wrong:failed"), "it has failed", PATIENCE)
    if name == "celery":
        assert redis.llen("celery-wrong") == 0
        until(lambda: redis.hlen("unacked") == 0, "none comes back", PATIENCE)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_no_dyno_had_to_be_killed(workshop: Workshop, name: str) -> None:
    dynos = json.loads(workshop.hk_local("ps", "--json"))
    assert {dyno["state"] for dyno in dynos if dyno["type"].startswith(name)} == {"up"}
    assert "R12" not in workshop.hk_local("logs", "-n", "1500", "--source", "heroku")


@pytest.mark.parametrize("name", [all_of("resque")])
def test_a_scheduler_returns_the_job_that_a_dead_worker_holds(
    workshop: Workshop, name: str
) -> None:
    right, wrong = f"{name}-right", f"{name}-wrong"
    until(lambda: len(workshop.numbers("done", right)) >= COUNT, "none is in flight", PATIENCE)
    until(lambda: len(workshop.numbers("done", wrong)) >= COUNT - 1, "the rest is done", PATIENCE)
    redis = workshop.server.client

    def held() -> list[str]:
        found = redis.mget("none", *redis.keys("resque:worker:*:resque-wrong"))
        return [json.loads(job)["payload"]["args"] for job in found if job]

    until(lambda: held() == [[0]], "only the dead worker has a job", PATIENCE)
    assert redis.llen("resque:queue:resque-wrong") == redis.llen("resque:failed") == 0
    workshop.hk_local("ps:scale", f"{name}-clock=1")
    until(lambda: "0" in workshop.numbers("done", wrong), "it is done", PATIENCE)

"""Real Redis and Postgres behind an app: they serve, have limits, keep data, and never stay."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from tests.real.app import App, Emulator, all_pids, command, folder, signal_quietly, until

pytestmark = pytest.mark.real

LONG = 60.0
"""A machine that is busy may take so long to make a Postgres."""

CONNECT = "import socket, sys; socket.create_connection(('127.0.0.1', sys.argv[1]))"
DECLARED = f"""
[addons.files]
command = "exec {sys.executable} -m http.server --bind 127.0.0.1 $PORT"
ready = '''{sys.executable} -c "{CONNECT}" $PORT'''
config = {{ FILES_URL = "http://127.0.0.1:$PORT/", FILES_KEY = "$PASSWORD" }}
"""


def servers(app: App) -> list[int]:
    """The processes that work in folders of add-ons."""
    place = str(app.dir / ".hk-local" / "addons")
    return [pid for pid in all_pids() if folder(pid).startswith(place)]


def server(app: App, name: str) -> int:
    """The first process of that program."""
    return min(pid for pid in servers(app) if name in command(pid).split("\0")[0].split(" ")[0])


def started(app: App, **commands: str) -> Emulator:
    app.procfile(**(commands or {"worker": "exec sleep 1000"}))
    emulator = app.start()
    emulator.expect("heroku[worker.1]: State changed from starting to up", within=LONG)
    return emulator


def ask(app: App, *words: str) -> str:
    done = app.hk_local(*words)
    assert done.returncode == 0, done
    return done.stdout


def config(app: App) -> dict[str, str]:
    found: dict[str, str] = json.loads(ask(app, "config", "--json"))
    return found


def addons(app: App) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(ask(app, "addons", "--json"))
    return found


def gone(app: App) -> None:
    until(lambda: not servers(app), "the servers are gone")
    app.assert_nothing_left()


@pytest.fixture
def closing(app: App) -> Iterator[App]:
    """Also a failed test leaves no server; the certificate of its user is its own."""
    app.env["HOME"] = str(app.root)
    yield app
    for emulator in app.emulators:
        emulator.close()
    for pid in servers(app):
        signal_quietly(pid, signal.SIGKILL)


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, **({"ssl_cert_reqs": "none"} if url[:6] == "rediss" else {}))


TOOLS = ("sh", "sleep", "bash", "true", "tail", "rm", "mv", "chown", "grep")


def by_wheel_alone(app: App, tmp_path: Path, way: str = "unshare") -> None:
    """The machine has no Redis of its own for this app, and that way for root to be another."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in (*TOOLS, way):
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    app.env["PATH"] = str(tools)


@pytest.mark.parametrize("wheel", [False, True], ids=["machine's", "wheel's"])
def test_redis_serves_within_its_limits(closing: App, tmp_path: Path, wheel: bool) -> None:
    app = closing
    if wheel:
        by_wheel_alone(app, tmp_path)
    emulator = started(app, worker='echo "redis is $REDIS_URL."; exec sleep 1000')
    ask(app, "addons:create", "heroku-redis", "--wait")
    url = config(app)["REDIS_URL"]
    emulator.expect(f"app[worker.1]: redis is {url}.")
    emulator.expect("completed provisioning, setting REDIS_TLS_URL, REDIS_URL. by user heroku-r")
    with client(url) as link, client(config(app)["REDIS_TLS_URL"]) as tls:
        link.set("key", "value")
        assert tls.get("key") == b"value"
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            for number in range(30):
                link.set(f"large-{number}", b"x" * 1024 * 1024)
        assert link.config_get("timeout") == {"timeout": "300"}
    links = [client(url) for _ in range(21)]
    with pytest.raises(redis.exceptions.ConnectionError):
        for one in links:
            one.ping()
    for one in links:
        one.close()
    with pytest.raises(redis.exceptions.AuthenticationError):
        client(url.replace("redis://:", "redis://:x")).ping()
    assert emulator.stop() == 128 + signal.SIGTERM
    assert emulator.stderr == ""
    gone(app)


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, connect_timeout=60) as link:
        found = link.execute(sql)
        return found.fetchall() if found.description else []


def connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection, even if those that were closed just now count for another moment."""
    made: list[psycopg.Connection[tuple[object, ...]]] = []

    def connects() -> bool:
        try:
            made.append(psycopg.connect(url))
        except psycopg.OperationalError as error:
            assert "too many connections for role" in str(error)
        return bool(made)

    until(connects, "it is connected")
    return made[0]


def test_postgres_serves_within_its_limits_and_keeps_its_data(closing: App) -> None:
    """That of the wheel, which has no TLS of its own."""
    app = closing
    emulator = started(app)
    ask(app, "addons:create", "heroku-postgresql", "--version", "18", "--wait")
    url = config(app)["DATABASE_URL"]
    for mode in ("disable", "prefer", "require"):
        assert rows(f"{url}?sslmode={mode}", "select 1") == [(1,)]
    rows(url, "create table job (name text)")
    rows(url, "insert into job values ('kept')")
    assert "1 row" in ask(app, "pg:psql", "-c", "select * from job")
    with ExitStack() as links:
        for _ in range(20):
            links.enter_context(connected(url))
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            psycopg.connect(url)
    emulator.kill()
    until(lambda: not servers(app), "the servers are gone with the emulator")
    app.procfile(worker="{python} -c 'import os; os.write(1, os.environb[b\"DATABASE_URL\"])'")
    emulator = app.start()
    emulator.expect("automatic recovery in progress", within=LONG)
    assert rows(config(app)["DATABASE_URL"], "select name from job") == [("kept",)]
    assert config(app)["DATABASE_URL"] == url
    ask(app, "addons:destroy", "DATABASE", "--confirm", "app")
    assert "DATABASE_URL" not in config(app)
    until(lambda: not os.listdir(app.dir / ".hk-local" / "addons"), "its data are gone")
    assert emulator.stop(within=LONG) == 128 + signal.SIGTERM
    gone(app)


def test_postgres_where_there_is_no_user_namespace(closing: App, tmp_path: Path) -> None:
    """It runs as nobody for root, and opens its data again where there is one. Its log lines are
    called as it is."""
    app = closing
    path = app.environment()["PATH"]
    by_wheel_alone(app, tmp_path, "setpriv")
    emulator = started(app)
    ask(app, "addons:create", "heroku-postgresql", "--as", "JOBS", "--wait")
    emulator.expect(": [JOBS] [1-1]  sql_error_code = 00000 LOG:  starting PostgreSQL ")
    rows(config(app)["JOBS_URL"], "create table job (name text)")
    emulator.stop(within=LONG)
    app.env["PATH"] = path
    emulator = started(app)
    assert rows(config(app)["JOBS_URL"], "select * from job") == []
    emulator.stop(within=LONG)
    gone(app)


@pytest.fixture
def pair(closing: App) -> App:
    """An app with a Redis, and another server that its project declares."""
    closing.write("hk-local.toml", DECLARED)
    started(closing)
    ask(closing, "addons:create", "heroku-redis", "--wait")
    ask(closing, "addons:create", "files", "--wait")
    return closing


def answers(url: str) -> bool:
    try:
        return bool(client(url).ping())
    except redis.exceptions.RedisError:
        return False


def test_what_happens_to_servers(pair: App) -> None:
    """One that is killed is started again, at the same place; so are all with a new warden."""
    app, emulator = pair, pair.emulators[-1]
    before = config(app)
    assert before["FILES_URL"].startswith("http://127.0.0.1:") and len(before["FILES_KEY"]) == 64
    os.kill(server(app, "python"), signal.SIGKILL)
    emulator.expect("the server exited with status 137")
    until(lambda: len(servers(app)) == 2, "it is there again")
    os.kill(emulator.warden_pid, signal.SIGKILL)
    emulator.expect("the warden process was killed")
    until(lambda: answers(before["REDIS_URL"]), "Redis is there again", LONG)
    assert config(app) == before
    assert emulator.stop() == 128 + signal.SIGTERM
    gone(app)


def test_survivors_of_us_all_are_swept(pair: App) -> None:
    """Emulator, warden and shims are killed at once; never are there two servers on the data."""
    app, emulator = pair, pair.emulators[-1]
    old = set(servers(app))
    warden, shims = emulator.warden_pid, emulator.shims
    for pid in (emulator.pid, warden, *shims):
        os.kill(pid, signal.SIGSTOP)
    for pid in (emulator.pid, warden, *shims):
        os.kill(pid, signal.SIGKILL)
    emulator.ends()
    assert old & set(servers(app))
    emulator = started(app)
    emulator.expect("left by a previous run")
    assert not old & set(servers(app))
    assert answers(config(app)["REDIS_URL"])
    assert emulator.stop() == 128 + signal.SIGTERM
    gone(app)


def test_a_port_that_is_taken_is_given_up(pair: App) -> None:
    """The config vars change with it, which is a release."""
    app, emulator = pair, pair.emulators[-1]
    url, tls = (config(app)[name] for name in ("REDIS_URL", "REDIS_TLS_URL"))
    emulator.stop()
    gone(app)
    port = int(tls.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        emulator = started(app)
        emulator.expect(f": port {port} is another program's; taking another one")
        after = config(app)["REDIS_URL"]
        assert after != url and answers(after)
        emulator.stop()
    gone(app)


READ_ONLY = f"""
[addons.files]
command = '''mkdir -p kept/deep; touch kept/deep/file; chmod 500 kept/deep kept
exec {sys.executable} -m http.server --bind 127.0.0.1 $PORT'''
config = {{ FILES_URL = "http://127.0.0.1:$PORT/" }}
"""


def test_what_is_destroyed_leaves_no_data(closing: App) -> None:
    """Not what it made read-only, and not what we were killed in the middle of removing."""
    app = closing
    app.write("hk-local.toml", READ_ONLY)
    emulator = started(app)
    place = app.dir / ".hk-local" / "addons"
    ask(app, "addons:create", "files", "--wait")
    shutil.copytree(next(place.iterdir()), place / "1234.gone")
    ask(app, "addons:destroy", "FILES", "--confirm", "app")
    until(lambda: [one.name for one in place.iterdir()] == ["1234.gone"], "its data are gone", LONG)
    ask(app, "addons:create", "heroku-redis:premium-0")
    ask(app, "addons:create", "files", "--wait")
    emulator.kill()
    emulator = started(app)
    until(lambda: not (place / "1234.gone").exists(), "what was left is gone", LONG)
    ask(app, "apps:destroy", "--confirm", "app")
    emulator.ends(LONG)
    gone(app)
    assert not (app.dir / ".hk-local").exists()


def test_what_is_not_there_is_said_and_no_dyno_waits_for_it(pair: App, tmp_path: Path) -> None:
    app = pair
    app.emulators[-1].stop()
    by_wheel_alone(app, tmp_path)
    app.env["PYTHONPATH"] = str(Path(__file__).parents[2])
    app.write("hk-local.toml", "")
    emulator = app.start(before=f"import sys; sys.path[1:] = {NO_WHEELS!r}")
    emulator.expect("There is no Redis on this machine. Install redis-server or", within=LONG)
    emulator.expect("hk-local.toml no longer has [addons.files]")
    emulator.expect("heroku[worker.1]: State changed from starting to up")
    emulator.stop()
    gone(app)


NO_WHEELS = [path for path in sys.path if not path.endswith("site-packages")]

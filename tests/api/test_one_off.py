"""One-offs: detached they are a dyno, attached a stream that ends with the exit status."""

from __future__ import annotations

import os
from json import loads

import pytest

from emulator.api.percent import unquote
from emulator.dyno.slot import Signal, Spawn, SpawnFailed
from tests.api.bench import Bench, read


@pytest.fixture
def bench():
    return Bench().start(web=1, worker=0)


@pytest.fixture
def pipes():
    """Three descriptors to lend; closed in the end if they are still open."""
    reader, writer = os.pipe()
    fds = [reader, writer, os.dup(writer)]
    yield fds
    for fd in fds:
        try:
            os.close(fd)
        except OSError:
            pass


def spawned(bench) -> Spawn:
    return next(order for order in bench.orders if isinstance(order, Spawn))


def attached(bench, fds, command="bash", **fields):
    body = {"command": command, "attach": True}
    return bench.ask("POST", "/apps/~/dynos", body, fds, Accept="text/plain", **fields)


def name_in(stream) -> str:
    lines = stream.head.decode().split("\r\n")
    return next(line for line in lines if line.startswith("HK-Dyno: ")).partition(": ")[2]


def test_detached(bench):
    body = {"command": "ls -l", "env": {"A": "x", "COLUMNS": 80}, "size": "standard-2x"}
    response = bench.ask("POST", "/apps/~/dynos", body)
    dyno = loads(response.body)
    assert response.status == 201
    assert dyno["name"].startswith("run.")
    told = (dyno["command"], dyno["size"], dyno["state"], dyno["attach_url"])
    assert told == ("ls -l", "Standard-2X", "starting", None)
    order = spawned(bench)
    assert order.extra == (("A", "x"), ("COLUMNS", "80"))
    assert bench.lent == []


def test_detached_as_text(bench):
    response = bench.ask("POST", "/apps/~/dynos", {"command": "ls"}, Accept="text/plain")
    name = bench.get("/apps/~/dynos?type=run")[0]["name"]
    assert unquote(dict(response.fields)["HK-Message"]) == f"Running ls on shop... done, {name}"
    hint = f"Run hk-local logs --dyno-name {name} to view the output.\n\n"
    assert response.body.decode() == hint


def test_a_process_type_is_run_with_its_arguments(bench):
    bench.ask("POST", "/apps/~/dynos", {"command": "worker --once", "type": "worker"})
    assert spawned(bench).command == "python worker.py --once"
    assert spawned(bench).launch.startswith("worker.")


def test_names_differ(bench):
    for _ in range(20):
        bench.ask("POST", "/apps/~/dynos", {"command": "ls"})
    assert len(bench.get("/apps/~/dynos?type=run")) == 20


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "command: expected the command to run"),
        ({"command": "  "}, "command: expected the command to run"),
        ({"command": 1}, "command: expected a text"),
        ({"command": "ls", "size": "huge"}, "No such dyno size: huge"),
        ({"command": "ls", "type": "a.b"}, "type: expected a process type"),
        ({"command": "ls", "env": {"A=B": "c"}}, "env: expected names without ="),
        ({"command": "ls", "env": {"": "c"}}, "env: expected names without ="),
        ({"command": "ls", "env": {"A": []}}, "env: A: expected a text"),
    ],
)
def test_wrong_bodies(bench, body, text):
    status, id_, message = bench.refused("POST", "/apps/~/dynos", body)
    assert (status, id_) == (422, "invalid_params")
    assert message.startswith(text)
    assert bench.get("/apps/~/dynos")[0]["name"] == "web.1"
    assert bench.orders == []


@pytest.mark.parametrize("fds", [0, 2])
def test_a_client_without_its_descriptors_is_told_so(bench, pipes, fds):
    body = {"command": "ls", "attach": True}
    fields = {} if fds else {"HK-Tty": "1"}
    response = bench.ask("POST", "/apps/~/dynos", body, pipes[:fds], **fields)
    assert response.status == 422
    assert loads(response.body)["message"].startswith("attach: send standard input, output and err")
    assert bench.orders == []


STATUS = ' ; echo "\uffff heroku-command-exit-status: $?"'


@pytest.mark.parametrize(
    ("fields", "size", "wants_status", "on_screen"),
    [
        ({"env": {"TERM": "xterm", "COLUMNS": 101, "LINES": 33}}, (101, 33), False, True),
        ({"env": {"COLUMNS": "-1", "LINES": "99999"}}, (80, 24), False, True),
        ({"command": f"ls{STATUS}", "force_no_tty": True}, None, True, False),
    ],
)
def test_over_tcp_its_client_is_expected_elsewhere(bench, fields, size, wants_status, on_screen):
    body = {"command": "ls", "attach": True, **fields}
    response = bench.ask("POST", "/apps/~/dynos", body)
    dyno = loads(response.body)
    assert (response.status, dyno["command"]) == (201, "ls")
    assert dyno["attach_url"] == "rendezvous://localhost:5000/secret"
    assert bench.awaited == [(dyno["name"], size, wants_status, on_screen)]
    assert spawned(bench).command == "ls"
    assert bench.lent == []


def test_inside_of_a_dyno(bench):
    bench.ask("PATCH", "/apps/~/formation/web", {"size": "standard-2x"})
    bench.boot()
    port = bench.kernel.world.slots["web.1"].current.port
    response = bench.ask("POST", "/apps/~/dynos/web.1", {"command": "ls", "env": {"A": "1"}})
    dyno = loads(response.body)
    assert (response.status, dyno["size"]) == (201, "Standard-2X")
    assert dyno["attach_url"].startswith("rendezvous:")
    assert spawned(bench).extra == (("PORT", str(port)), ("A", "1"))
    assert bench.ask("POST", "/apps/~/dynos/web.9", {"command": "ls"}).status == 404


def test_a_one_off_that_is_refused_awaits_nobody(bench):
    body = {"command": "ls", "attach": True, "size": "huge"}
    assert bench.ask("POST", "/apps/~/dynos", body).status == 422
    ((dyno, *_),) = bench.awaited
    assert bench.lent == [(dyno, [], False)]


def test_attached_it_has_the_clients_descriptors(bench, pipes):
    stream = attached(bench, pipes)
    name = name_in(stream)
    assert stream.head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert unquote(stream.head.decode()).find(f"Running bash on shop... up, {name}") > 0
    assert bench.lent == [(name, pipes, False)]
    assert spawned(bench).launch.startswith(name)


def test_the_stream_ends_with_the_exit_status(bench, pipes):
    stream = attached(bench, pipes)
    woken = []
    stream.begin(lambda: woken.append(1))
    bench.boot()
    bench.text("/apps/~/dynos", "DELETE")
    assert (read(stream), woken) == ("", [])
    bench.exit(name_in(stream), 7)
    assert (read(stream), woken) == ("7\n<end>", [1])
    stream.end()
    assert bench.kernel.observers == []
    assert not any(isinstance(order, Signal) and order.name == "HUP" for order in bench.orders)


def test_a_client_that_leaves_hangs_up(bench, pipes):
    stream = attached(bench, pipes)
    stream.begin(lambda: None)
    bench.boot()
    stream.end()
    [order] = bench.orders
    assert (order.name, order.launch.partition("@")[0]) == ("HUP", name_in(stream))
    assert bench.kernel.observers == []


def test_an_earlier_one_off_of_that_name_is_not_taken_for_it(bench, pipes):
    name = bench.kernel.world.free_name("run")
    bench.exits[name] = 3
    stream = attached(bench, pipes)
    stream.begin(lambda: None)
    assert name_in(stream) == name
    assert read(stream) == ""


def test_a_one_off_that_cannot_start_ends_with_1(bench, pipes):
    stream = attached(bench, pipes)
    stream.begin(lambda: None)
    bench.kernel.submit(SpawnFailed(spawned(bench).launch, "no memory"))
    assert read(stream) == "1\n<end>"


def test_a_stopped_one_off_ends_with_its_status(bench, pipes):
    stream = attached(bench, pipes)
    stream.begin(lambda: None)
    bench.boot()
    bench.ask("POST", f"/apps/~/dynos/{name_in(stream)}/actions/stop")
    assert read(stream) == ""
    bench.exit(name_in(stream), 143)
    assert read(stream) == "143\n<end>"


def test_a_terminal_is_lent_thrice(bench):
    reader, writer = os.pipe()
    try:
        attached(bench, [writer], HK_Tty="1")
        [(_, fds, tty)] = bench.lent
        assert tty
        assert len(set(fds)) == 3
        assert len({os.fstat(fd).st_ino for fd in fds}) == 1
    finally:
        for fd in (reader, *fds):
            os.close(fd)


def test_the_wrong_number_of_descriptors_is_refused(bench, pipes):
    for fds, fields in ((pipes[:2], {}), (pipes, {"HK_Tty": "1"})):
        response = attached(bench, fds, **fields)
        assert response.status == 422
    assert bench.lent == []


def test_descriptors_of_a_refused_one_off_are_closed_and_not_lent_to_the_next(bench, pipes):
    response = bench.ask(
        "POST", "/apps/~/dynos", {"command": "ls", "attach": True, "size": "huge"}, pipes
    )
    assert response.status == 422
    assert bench.lent[-1][1] == []
    for fd in pipes:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)


def test_nothing_starts_while_the_app_stops(bench, pipes):
    bench.ask("POST", "/hk-local/stop")
    assert "The app is stopping" in bench.refused("POST", "/apps/~/dynos", {"command": "ls"})[2]
    assert attached(bench, pipes).status == 422

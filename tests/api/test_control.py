"""The emulator's status, waiting for dynos, and the end."""

from __future__ import annotations

import json
import os

import pytest

from emulator.dyno.slot import Signal
from emulator.runtime.command import SetConfig
from tests.api.bench import Bench, read


def reports(stream):
    return [json.loads(line) for line in read(stream).removesuffix("<end>").split("\n") if line]


def begun(stream):
    stream.begin(lambda: None)
    return stream


def test_status():
    bench = Bench().start(web=2, worker=1)
    bench.crash("worker.1")
    port = bench.kernel.world.slots["web.1"].current.port
    shown = bench.get("/hk-local/status")
    assert shown == {
        "app": "shop",
        "dir": "/srv/shop",
        "dynos": {"up": 2, "crashed": 1},
        "log": {"problem": None},
        "pid": 42,
        "release": 3,
        "started_at": "2027-01-15T08:00:00Z",
        "version": "1.2.3",
        "web_url": f"http://localhost:{port}/",
    }
    assert bench.text("/hk-local/status") == (
        "App:      shop\n"
        "Folder:   /srv/shop\n"
        f"Web:      http://localhost:{port}/\n"
        "API:      at the socket only\n"
        "Release:  v3\n"
        "Dynos:    2 up, 1 crashed\n"
        "Emulator: hk-local 1.2.3, pid 42\n"
        "Started:  2027/01/15 08:00:00 +0000 (~ 0s ago)\n"
    )


def test_status_of_nothing():
    bench = Bench()
    assert "Dynos:    none\n" in bench.text("/hk-local/status")
    assert "Web:      no web dyno\n" in bench.text("/hk-local/status")
    bench.info = {**bench.info, "api_url": "http://localhost:5555"}
    assert "API:      http://localhost:5555\n" in bench.text("/hk-local/status")
    assert bench.get("/hk-local/status")["api_url"] == "http://localhost:5555"


def test_status_in_a_folder_whose_name_is_not_utf_8():
    bench = Bench()
    bench.info = {**bench.info, "dir": os.fsdecode(b"/srv/bad\xff")}
    assert "Folder:   /srv/bad?\n" in bench.text("/hk-local/status")
    assert bench.get("/hk-local/status")["dir"] == "/srv/bad?"


def test_status_while_the_log_is_not_stored():
    bench = Bench()
    bench.history.problem = "cannot write to /srv/shop/.hk-local/log: No space left on device"
    assert bench.text("/hk-local/status").endswith(
        "Log:      is not being stored: "
        "cannot write to /srv/shop/.hk-local/log: No space left on device\n"
    )
    assert bench.get("/hk-local/status")["log"] == {"problem": bench.history.problem}


def test_waiting_ends_when_all_are_up():
    bench = Bench().start(web=2, worker=1)
    bench.text("/apps/~/dynos", "DELETE")
    stream = begun(bench.ask("GET", "/hk-local/wait"))
    first = {"release": 3, "up": 0, "of": 3, "crashed": [], "done": False}
    assert reports(stream) == [first]
    bench.boot()
    assert reports(stream) == [{"release": 3, "up": 3, "of": 3, "crashed": [], "done": True}]
    assert read(stream) == "<end>"
    stream.end()
    assert bench.kernel.observers == []


def test_waiting_for_what_is_there_already():
    stream = begun(Bench().start(web=1).ask("GET", "/hk-local/wait"))
    report = {"release": 3, "up": 1, "of": 1, "crashed": [], "done": True}
    assert (reports(stream), read(stream)) == ([report], "<end>")


def test_a_crashed_dyno_is_not_waited_for():
    bench = Bench().start(web=1, worker=1)
    bench.crash("worker.1")
    bench.text("/apps/~/dynos/web.1", "DELETE")
    stream = begun(bench.ask("GET", "/hk-local/wait"))
    assert not reports(stream)[-1]["done"]
    bench.boot()
    last = reports(stream)[-1]
    assert (last["crashed"], last["done"]) == (["worker.1"], True)


@pytest.mark.parametrize(("query", "up"), [("", 1), ("?release=1", 0)])
def test_waiting_for_a_release(query, up):
    bench = Bench().start(web=1)
    slots = bench.kernel.world.slots
    bench.kernel.submit(SetConfig({"A": "1"}))
    bench.boot()
    old = slots["web.1"]
    bench.kernel.world = bench.kernel.world.replace(slots={"web.1": old})
    stream = begun(bench.ask("GET", f"/hk-local/wait{query}"))
    assert reports(stream)[0]["up"] == up


@pytest.mark.parametrize(
    ("query", "of"), [("", 3), ("?type=web", 2), ("?type=run", 1), ("?run=1", 4)]
)
def test_who_is_waited_for(query, of):
    bench = Bench().start(web=2, worker=1)
    bench.ask("POST", "/apps/~/dynos", {"command": "bash"})
    stream = begun(bench.ask("GET", f"/hk-local/wait{query}"))
    assert reports(stream)[0]["of"] == of


def test_a_waiter_is_woken_by_what_happens_and_told_what_is_new():
    bench = Bench().start(web=1)
    bench.ask("PATCH", "/apps/~/formation/web", {"quantity": 50})
    stream, woken = bench.ask("GET", "/hk-local/wait"), []
    stream.begin(lambda: woken.append(1))
    assert [one["up"] for one in reports(stream)] == [1]
    bench.boot()
    assert (len(woken), [one["up"] for one in reports(stream)]) == (98, [50])


def test_stopping_tells_what_it_waits_for_and_ends_with_the_emulator():
    bench = Bench().start(web=2, worker=1)
    stream = bench.ask("POST", "/hk-local/stop")
    assert b" 202 Accepted" in stream.head and stream.is_last
    begun(stream)
    assert read(stream) == "Waiting for web.1, web.2, worker.1\n"
    bench.exit("web.2")
    assert read(stream) == "Waiting for web.1, worker.1\n"
    bench.exit("web.1")
    bench.exit("worker.1")
    assert read(stream) == "Every dyno has stopped\n"
    assert bench.kernel.world.is_gone
    assert read(stream) == ""


def test_many_dynos_are_counted():
    bench = Bench().start(web=25)
    stream = begun(bench.ask("POST", "/hk-local/stop"))
    assert read(stream).endswith("web.10 and 15 more\n")


@pytest.mark.parametrize(("body", "names"), [(None, {"TERM"}), ({"kill": True}, {"TERM", "KILL"})])
def test_killing_is_asked_for(body, names):
    bench = Bench().start(web=1)
    bench.ask("POST", "/hk-local/stop", body)
    assert {order.name for order in bench.orders if isinstance(order, Signal)} == names


def test_ranges():
    bench = Bench().start(web=1)

    def versions(header):
        return [r["version"] for r in bench.get("/apps/~/releases", Range=header)]

    assert versions("version ..; max=2, order=desc") == [3, 2]
    assert versions("version ..; order=desc,max=1") == [3]
    assert versions("version ..;  ;") == versions("id ..; max=1000;") == [1, 2, 3]
    assert bench.ask("GET", "/apps/~/releases", Range="version ..; max=2").status == 206
    assert bench.ask("GET", "/apps/~/releases", Range="version ..; max=3").status == 200
    for wrong in ("version ..; max=0", "version ..; max=x", "version ..; order=up", "v; a=b"):
        response = bench.ask("GET", "/apps/~/releases", Range=wrong)
        assert response.status == 422
    shown = bench.text("/apps/~/releases", Range="version ..; max=1, order=desc")
    assert "Enable Logplex" not in shown
    assert "Current: v3" in shown


def test_the_next_page_is_told_until_there_is_none():
    bench, found, header = Bench().start(web=1), [], "version ..; max=2, order=desc"
    for n in range(4, 16):
        bench.kernel.submit(SetConfig({"N": str(n)}))
    while header:
        response = bench.ask("GET", "/apps/~/releases", Range=header)
        found += [release["version"] for release in json.loads(response.body)]
        header = dict(response.fields).get("Next-Range", "")
        assert response.status == (206 if header else 200)
    assert found == list(range(15, 0, -1))


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ("version 2..3", [2, 3]),
        ("version ]1..; max=1", [2]),
        ("version ..2", [1, 2]),
        ("version 2..; order=desc", [2, 1]),
        ("version 9..; order=desc", [3, 2, 1]),
        ("version 10..", []),
        ("version ..0", []),
        ("name x..y", [1, 2, 3]),
    ],
)
def test_bounds_of_a_range(header, versions):
    found = Bench().start(web=1).get("/apps/~/releases", Range=header)
    assert [release["version"] for release in found] == versions


def test_a_page_after_an_id():
    bench = Bench().start(web=1)
    response = bench.ask("GET", "/apps/~/releases", Range="id ..; max=2")
    again = bench.get("/apps/~/releases", Range=dict(response.fields)["Next-Range"])
    assert [release["version"] for release in again] == [3]


def test_one_release():
    bench = Bench().start(web=1)
    id_ = bench.get("/apps/~/releases/3")["id"]
    assert bench.get("/apps/~/releases/v3") == bench.get(f"/apps/~/releases/{id_}")
    refusal = bench.refused("GET", "/apps/~/releases/9")
    assert refusal[2] == "Couldn't find that release (9). The current one is v3."

"""What was answered is answered again, until the world is another."""

from __future__ import annotations

from tests.api.bench import Bench


def test_an_answer_holds_until_the_world_changes():
    bench = Bench().start(web=1, worker=1)
    first = bench.ask("GET", "/apps/~/dynos")
    assert bench.ask("GET", "/apps/~/dynos").body is first.body
    bench.crash("worker.1")
    states = {dyno["name"]: dyno["state"] for dyno in bench.get("/apps/~/dynos")}
    assert states == {"web.1": "up", "worker.1": "crashed"}


def test_another_question_has_its_own_answer():
    bench = Bench().start(web=1, worker=1)
    assert len(bench.get("/apps/~/dynos")) == 2
    assert len(bench.get("/apps/~/dynos?type=web")) == 1
    assert bench.text("/apps/~/dynos").startswith("=== web")
    assert bench.refused("GET", "/apps/other/dynos")[0] == 404


def test_text_tells_the_time_that_has_gone_by():
    bench = Bench().start(web=1)
    assert "(~ 0s ago)" in bench.text("/apps/~/dynos")
    bench.wait(5)
    assert "(~ 5s ago)" in bench.text("/apps/~/dynos")


def test_only_so_much_is_kept():
    bench = Bench().start(web=1)
    for n in range(200):
        assert bench.get(f"/apps/~/dynos?x={n}")


def test_a_remembered_answer_has_the_same_mark():
    bench = Bench().start(web=1)
    first, second = (dict(bench.ask("GET", "/apps/~").fields)["ETag"] for _ in range(2))
    assert first == second
    assert bench.ask("GET", "/apps/~", If_None_Match=first).status == 304
    bench.ask("PATCH", "/apps/~", {"maintenance": True})
    assert bench.ask("GET", "/apps/~", If_None_Match=first).status == 200

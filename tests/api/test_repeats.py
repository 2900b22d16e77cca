"""A request that is sent again because its answer was lost does nothing twice."""

from __future__ import annotations

import json

from emulator.api.repeats import MOST, SECONDS
from tests.api.bench import Bench

RUN = ("POST", "/apps/~/dynos", {"command": "job"})


def name(response):
    return json.loads(response.body)["name"]


def test_it_gets_the_answer_that_was_given():
    bench = Bench().start()
    first = bench.ask(*RUN, Request_Id="one,zero")
    assert name(bench.ask(*RUN, Request_Id="one,zero")) == name(first)
    assert name(bench.ask(*RUN, Request_Id="two,one,zero")) != name(first)
    assert len([dyno for dyno in bench.kernel.world.slots if dyno.startswith("run.")]) == 2


def test_without_a_name_or_long_after_it_is_another():
    bench = Bench().start()
    assert name(bench.ask(*RUN)) != name(bench.ask(*RUN))
    first = bench.ask(*RUN, Request_Id="one")
    bench.clock.now += SECONDS + 1
    assert name(bench.ask(*RUN, Request_Id="one")) != name(first)


def test_scaling_by_one_is_by_one():
    bench = Bench().start()
    body = {"updates": [{"type": "worker", "quantity": "+1"}]}
    for _ in range(2):
        assert bench.ask("PATCH", "/apps/~/formation", body, Request_Id="one").status == 200
    assert bench.kernel.world.formation["worker"].quantity == 1


def test_another_body_is_another_request():
    bench = Bench().start()
    bench.ask("PATCH", "/apps/~", {"maintenance": True}, Request_Id="one")
    bench.ask("PATCH", "/apps/~", {"maintenance": False}, Request_Id="one")
    assert not bench.kernel.world.maintenance


def test_what_was_refused_may_be_tried_again():
    bench = Bench().start()
    assert bench.ask("DELETE", "/apps/~/dynos/run.1", Request_Id="one").status == 404
    bench.ask("DELETE", "/apps/~/dynos/web.1", Request_Id="one")
    assert bench.ask("DELETE", "/apps/~/dynos/run.1", Request_Id="one").status == 404


def test_the_oldest_is_forgotten():
    bench = Bench()
    body = {"maintenance": True}
    for number in range(MOST + 5):
        bench.ask("PATCH", "/apps/~", body, Request_Id=str(number))
    assert len(bench.api._repeats._known) == MOST

"""Times as people and as programs read them, ids, and which dynos there are."""

from __future__ import annotations

from uuid import UUID

import pytest

from emulator.api.identity import identity, shaped
from emulator.api.view import View, iso
from emulator.errors import NotFound
from emulator.runtime.world import World
from tests.api.bench import WALL, Bench


def view(now: float = WALL, offset: int = 0) -> View:
    return View(World("shop", "dev@localhost", id="1"), now, WALL, lambda wall: offset)


@pytest.mark.parametrize(
    ("elapsed", "shown"),
    [
        (0, " (~ 0s ago)"),
        (59.9, " (~ 59s ago)"),
        (60, " (~ 1m ago)"),
        (3599, " (~ 59m ago)"),
        (3600, " (~ 1h ago)"),
        (25 * 3600 - 1, " (~ 24h ago)"),
        (25 * 3600, ""),
    ],
)
def test_ages(elapsed: float, shown: str):
    assert view(WALL + elapsed).ago(WALL) == "2027/01/15 08:00:00 +0000" + shown


@pytest.mark.parametrize(
    ("offset", "shown"),
    [
        (3600, "2027/01/15 09:00:00 +0100"),
        (-12_600, "2027/01/15 04:30:00 -0330"),
        (20_700, "2027/01/15 13:45:00 +0545"),
    ],
)
def test_local_time(offset: int, shown: str):
    assert view(offset=offset).local(int(WALL)) == shown


def test_the_zone_is_that_of_the_time_shown():
    summer = View(World("shop", ""), WALL, 0, lambda wall: 7200 if wall < WALL else 3600)
    assert summer.local(int(WALL) - 1)[-5:] == "+0200"
    assert summer.local(int(WALL))[-5:] == "+0100"


def test_program_time():
    assert iso(WALL + 0.999) == "2027-01-15T08:00:00Z"
    assert view().wall(2.5) == WALL + 2.5


def test_ids_are_stable_and_differ():
    ids = [identity(app, kind, name) for app in "ab" for kind in "cd" for name in ("", "e")]
    assert len(set(ids)) == 8
    assert identity("a", "c") == ids[0]
    assert UUID(ids[0]).version == 5
    assert UUID(shaped(b"\xff" * 16, 4)).version == 4


def test_dynos_that_are_shown():
    bench = Bench().start(web=2, worker=1)
    view = bench_view(bench)
    assert [slot.name for slot in view.dynos] == ["web.1", "web.2", "worker.1"]
    first = view.dyno_id(view.dyno("web.1"))
    assert view.dyno(first).name == "web.1"
    bench.text("/apps/~/dynos/web.1", "DELETE")
    assert bench_view(bench).dyno_id(bench_view(bench).dyno("web.1")) != first
    bench.text("/apps/~/formation", "PATCH", {"updates": [{"type": "web", "quantity": 1}]})
    with pytest.raises(NotFound, match=r"Couldn't find that dyno \(web.2\). There are web.1, wor"):
        bench_view(bench).dyno("web.2")


def bench_view(bench: Bench) -> View:
    return View(bench.kernel.world, WALL, WALL, lambda wall: 0)

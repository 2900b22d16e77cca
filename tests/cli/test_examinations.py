"""What is told of servers: kept for whoever asks, and in the log if the app wants metrics."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from emulator.addon import condition
from emulator.addon.catalog import SERVICES
from emulator.addon.condition import Condition
from emulator.app.surroundings import Addon, Attachment
from emulator.cli.examinations import EVERY, METRICS, TOLD, Examinations
from emulator.logplex.narration import Sentence

ADDON = Addon("1", "redis-flat-1", "heroku-redis", "mini", "", "", 7001, 0, 1.0)
FOUND = Condition((("Connections", "1/20"),), "heroku-redis", (("hit-rate", "1"), ("a", "2kB")))


class Loop:
    def __init__(self) -> None:
        self.due: list[object] = []

    def call_later(self, seconds, act):
        assert seconds == EVERY
        self.due.append(act)

    def turn(self) -> None:
        self.due.pop(0)()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(condition, "examine", lambda addon, service: FOUND)
    world = SimpleNamespace(features=(METRICS,), attachments=(Attachment("2", "REDIS", "1", 1.0),))
    told: list[Sentence] = []
    up = [(ADDON, SERVICES["heroku-redis"])]
    loop = Loop()
    made = Examinations(
        loop,
        SimpleNamespace(world=world),
        lambda: up,
        lambda act, then: then(act()),
        told.append,
    )
    return SimpleNamespace(made=made, loop=loop, told=told, world=world, up=up)


def test_each_third_look_is_told(bench):
    for _ in range(2 * TOLD):
        bench.loop.turn()
    text = "source=REDIS addon=redis-flat-1 sample#hit-rate=1 sample#a=2kB"
    assert bench.told == [Sentence("app", "heroku-redis", text)] * 2


def test_without_the_feature_nothing_is_told(bench):
    bench.world.features = ()
    for _ in range(TOLD):
        bench.loop.turn()
    assert bench.told == [] and bench.made.rows(ADDON) == FOUND.rows


def test_what_was_found_is_kept_until_it_is_gone(bench):
    assert bench.made.rows(ADDON) == ()
    bench.made.examine(*bench.up[0])
    assert bench.made.rows(ADDON) == FOUND.rows
    bench.made.forget(ADDON)
    assert bench.made.rows(ADDON) == ()


def test_one_that_says_nothing_is_not_told(bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(condition, "examine", lambda addon, service: Condition())
    bench.made.examine(*bench.up[0], tells=True)
    assert bench.told == []

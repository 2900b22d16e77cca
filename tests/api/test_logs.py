"""Logs: stored lines, then live ones, without a gap or a repeat; slow readers are told of loss."""

from __future__ import annotations

import json
from itertools import count
from json import loads
from uuid import UUID

import pytest

from emulator.api.logs import KEPT_SESSIONS
from emulator.logplex.block import Block, Stream
from emulator.logplex.buffer import BUDGET
from tests.api.bench import Bench, read

STAMP = "2027-01-15T08:00:00.000000+00:00"


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    bench.log("one\ntwo\n")
    bench.log("three\n", dyno="worker.1")
    bench.log("State changed from starting to up\n", source="heroku")
    return bench


class Reading:
    """A stream that was begun, and what woke it."""

    def __init__(self, bench, target, **fields):
        self.stream = bench.ask("GET", target, **fields)
        self.woken = 0
        self.stream.begin(self.wake)

    def wake(self):
        self.woken += 1

    @property
    def text(self):
        return read(self.stream)


def messages(text):
    return [line.partition("]: ")[2] for line in text.split("\n") if "]: " in line]


def test_the_last_lines(bench):
    reading = Reading(bench, "/apps/~/logs?lines=3")
    assert b"text/plain" in reading.stream.head
    assert b"Connection: close" in reading.stream.head
    assert reading.text == (
        f"{STAMP} app[web.1]: two\n"
        f"{STAMP} app[worker.1]: three\n"
        f"{STAMP} heroku[web.1]: State changed from starting to up\n"
        "<end>"
    )
    assert not reading.stream.is_endless


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("dyno=web.1&source=app", ["one", "two"]),
        ("type=worker", ["three"]),
        ("source=heroku", ["State changed from starting to up"]),
        ("grep=t", ["two", "three", "State changed from starting to up"]),
        ("grep=t&lines=1", ["State changed from starting to up"]),
        ("grep=t&dyno=web.1&source=app", ["two"]),
        ("grep=nowhere", []),
        ("lines=0", []),
        ("grep=t&lines=0", []),
        ("dyno=web.9", []),
    ],
)
def test_filters(bench, query, shown):
    reading = Reading(bench, f"/apps/~/logs?{query}")
    bench.turn()
    assert messages(reading.text) == shown
    assert read(reading.stream) == "<end>"


def test_since(bench):
    bench.clock.now = 120.0
    bench.log("late\n")
    assert messages(Reading(bench, "/apps/~/logs?since=1m").text) == ["late"]


def test_forms(bench):
    def shown(query, **fields):
        return Reading(bench, f"/apps/~/logs?lines=1&{query}", **fields).text.removesuffix("<end>")

    body = "State changed from starting to up"
    assert shown("timestamps=none") == f"heroku[web.1]: {body}\n"
    assert shown("timestamps=time") == f"08:00:00 heroku[web.1]: {body}\n"
    assert shown("prefix=0") == body + "\n"
    assert loads(shown("format=json")) == {
        "at": STAMP,
        "source": "heroku",
        "dyno": "web.1",
        "message": body,
    }
    assert "\x1b[92mup" in shown("", HK_Color="1")
    assert "\x1b" not in shown("color=0", HK_Color="1")
    assert b"application/x-ndjson" in Reading(bench, "/apps/~/logs?format=json").stream.head


def test_a_wrong_query_is_refused(bench):
    assert bench.refused("GET", "/apps/~/logs?lines=many")[0] == 422


@pytest.mark.parametrize("query", ["tail=1", "tail=1&grep=t"])
def test_a_tail_neither_misses_nor_repeats(bench, query):
    """A line that is published but not yet flushed when the tail begins is stored first."""
    bench.channel.publish(Block(1_800_000_000 * 10**9, Stream("app", "web.1"), b"pending t\n"))
    reading = Reading(bench, f"/apps/~/logs?{query}")
    bench.log("live t\n")
    bench.turn()
    bench.log("later t\n")
    shown = messages(reading.text)
    assert shown[-3:] == ["pending t", "live t", "later t"]
    assert len(shown) == len(set(shown))
    assert reading.stream.is_endless


@pytest.mark.parametrize("query", ["tail=1&dyno=web", "tail=1&dyno=web&grep=t"])
def test_a_tail_shows_what_it_was_asked_for(bench, query):
    reading = Reading(bench, f"/apps/~/logs?{query}&lines=0")
    bench.turn()
    bench.log("their t\n", dyno="worker.1")
    assert reading.woken == 0
    bench.log("x\nour t\nt y\nz\n")
    assert reading.woken == 1
    shown = ["our t", "t y"] if "grep" in query else ["x", "our t", "t y", "z"]
    assert messages(reading.text) == shown


@pytest.mark.parametrize("query", ["tail=1", "tail=1&grep=t"])
def test_a_tail_that_ended_costs_nothing(bench, query):
    reading = Reading(bench, f"/apps/~/logs?{query}")
    reading.stream.end()
    bench.turn()
    woken = reading.woken
    bench.log("live t\n")
    assert reading.woken == woken
    assert bench.watchers == []


def test_an_idle_tail_is_not_woken(bench):
    reading = Reading(bench, "/apps/~/logs?tail=1")
    assert reading.text
    bench.turn()
    assert (reading.woken, read(reading.stream), bench.soon) == (0, "", [])


@pytest.mark.parametrize("query", ["tail=1", "tail=1&grep=a"])
def test_a_slow_reader_is_told_what_it_lost(bench, query):
    reading = Reading(bench, f"/apps/~/logs?{query}&lines=0")
    bench.turn()
    line = "a" * 9_000 + "\n"
    for _ in range(2 * BUDGET // len(line)):
        bench.log(line)
    shown = messages(reading.text)
    assert shown[0].startswith("Error L11 (Tail buffer overflow) -> This tail session dropped ")
    lost = int(shown[0].partition("dropped ")[2].partition(" ")[0])
    assert lost + len(shown) - 1 == 2 * BUDGET // len(line)
    bench.log("a\n")
    assert messages(reading.text) == ["a"]


def test_other_readers_lose_nothing_by_a_slow_one(bench):
    slow = Reading(bench, "/apps/~/logs?tail=1&lines=0")
    quick, taken = Reading(bench, "/apps/~/logs?tail=1&lines=0"), 0
    for _ in range(1000):
        bench.log("a" * 9_000 + "\n")
        taken += len(messages(quick.text))
    assert taken == 1000
    assert "L11" in slow.text


def test_much_is_handed_out_in_parts(bench):
    for number in range(2000):
        bench.log(f"{number} {'a' * 100}\n", at=number)
    stream = Reading(bench, "/apps/~/logs?lines=2000").stream
    parts = []
    while part := stream.take(10_000):
        parts.append(b"".join(part))
    assert len(parts) > 10
    assert max(map(len, parts)) < 20_000
    assert messages(b"".join(parts).decode()) == [f"{n} {'a' * 100}" for n in range(2000)]


def test_a_search_takes_turns(bench):
    """Other readers are served between two steps of it, and its end wakes its reader."""
    for number in range(20):
        bench.log(f"{number} t\n", at=number)
    reading = Reading(bench, "/apps/~/logs?grep=t&lines=20")
    assert read(reading.stream) == ""
    turns = 0
    while bench.soon:
        bench.soon.pop(0)()
        turns += 1
    assert (turns > 15, reading.woken) == (True, 1)
    assert messages(reading.text) == [f"{n} t" for n in range(20)]


def test_a_reader_that_leaves_ends_its_search(bench):
    for number in range(20):
        bench.log(f"{number} t\n", at=number)
    reading = Reading(bench, "/apps/~/logs?grep=t&lines=20")
    reading.stream.end()
    bench.turn()
    assert (bench.soon, reading.woken) == ([], 0)


def session(bench, body):
    response = bench.ask("POST", "/apps/~/log-sessions", body)
    assert response.status == 201
    return json.loads(response.body)


def test_a_session_stands_for_its_query(bench):
    made = session(bench, {"lines": 2, "tail": False, "dyno": "web", "source": "app"})
    assert UUID(made["id"]).version == 4
    assert made["logplex_url"] == f"/logs/{made['id']}"
    for _ in range(2):
        assert messages(Reading(bench, made["logplex_url"]).text) == ["one", "two"]
    assert bench.refused("GET", "/logs/00000000-0000-4000-8000-000000000000")[0] == 404
    assert bench.refused("POST", "/apps/~/log-sessions", {"lines": "x"})[0] == 422


def test_old_sessions_are_forgotten(bench):
    ids = count()
    bench.outside.random = lambda size: next(ids).to_bytes(size, "big")
    urls = [session(bench, {"lines": 1})["logplex_url"] for _ in range(KEPT_SESSIONS + 1)]
    assert bench.refused("GET", urls[0])[0] == 404
    assert Reading(bench, urls[1]).text


def test_a_reader_is_woken_at_once_and_then_only_so_often(bench):
    reading = Reading(bench, "/apps/~/logs?tail=1&lines=0")
    for n in range(10):
        bench.log(f"{n}\n")
    assert reading.woken == 1
    bench.wait(0.025)
    assert reading.woken == 2
    assert messages(reading.text) == [str(n) for n in range(10)]
    bench.wait(1)
    assert reading.woken == 2
    bench.log("later\n")
    assert reading.woken == 3
    bench.log("last\n")
    reading.stream.end()
    assert [timer for timer in bench.timers if not timer.is_cancelled] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/apps/~/logs?since=yesterday", None, "2"),
        ("PATCH", "/apps/~/config-vars", {"A B": "1"}, "2"),
        ("GET", "/apps/~/dynos/web.9", None, "1"),
    ],
)
@pytest.mark.parametrize("accept", ["text/plain", "application/json"])
def test_what_is_in_no_form_is_told_from_what_cannot_be(method, path, body, code, accept):
    """By the exit code of the command that has asked."""
    response = Bench().start(web=1).ask(method, path, body, Accept=accept)
    assert dict(response.fields)["HK-Exit-Code"] == code

"""The log as server-sent events: no line is missed or told twice, whenever a client goes on."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.api.events import Place, behind, place
from emulator.logplex.block import Block, Stream
from tests.api.bench import WALL, Bench, read

STAMP = "2027-01-15T08:00:00.000000+00:00"
NS = int(WALL) * 10**9
SSE = {"Accept": "text/event-stream"}


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    bench.log("one\ntwo\n")
    bench.log("three\n", dyno="worker.1")
    return bench


def opened(bench, target, **fields):
    stream = bench.ask("GET", target, **SSE, **fields)
    stream.begin(lambda: None)
    return stream


def messages(text):
    """The lines, without their headers, and the last id."""
    lines = [line for line in text.split("\n") if line.startswith("data: ")]
    ids = [line[4:] for line in text.split("\n") if line.startswith("id: ")]
    return [line.partition("]: ")[2] for line in lines], ids[-1] if ids else ""


def test_what_is_stored_ends_and_asks_for_no_pause(bench):
    stream = opened(bench, "/apps/~/logs")
    assert b"Content-Type: text/event-stream\r\n" in stream.head
    assert read(stream) == (
        "retry: 1\n\n"
        f"id: {NS}-2\ndata: {STAMP} app[web.1]: one\ndata: {STAMP} app[web.1]: two\n\n"
        f"id: {NS}-3\ndata: {STAMP} app[worker.1]: three\n\n<end>"
    )


def test_nothing_stored(bench):
    assert read(opened(bench, "/apps/~/logs?lines=0")) == "retry: 1\n\n<end>"


def test_a_tail_goes_on_with_what_comes(bench):
    stream = opened(bench, "/apps/~/logs?tail=1&dyno=web")
    bench.log("four\n")
    bench.log("other\n", dyno="worker.1")
    bench.log("five\n", at=NS + 5)
    assert messages(read(stream)) == (["one", "two", "four"], f"{NS}-3"), "the first at once"
    bench.wait(0.025)
    assert messages(read(stream)) == (["five"], f"{NS + 5}-1")
    bench.log("six\n", at=NS + 5)
    bench.wait(0.025)
    assert messages(read(stream)) == (["six"], f"{NS + 5}-2")


def test_a_log_session_through_the_same_url(bench):
    made = bench.ask("POST", "/apps/~/log-sessions", {"lines": 1, "tail": False})
    url = json.loads(made.body)["logplex_url"]
    assert messages(read(opened(bench, url)))[0] == ["three"]
    assert bench.ask("GET", url).head.count(b"text/plain") == 1


def test_the_session_is_at_the_address_of_the_api(bench):
    bench.info = {**bench.info, "api_url": "http://localhost:5555"}
    made = bench.ask("POST", "/apps/~/log-sessions", {})
    assert b'"logplex_url":"http://localhost:5555/logs/' in made.body


def test_a_comment_comes_every_30_seconds(bench):
    stream = opened(bench, "/apps/~/logs?tail=1&lines=0")
    assert read(stream) == f"id: {NS}-3\n\n", "the place where it begins, and no event"
    bench.wait(30)
    assert read(stream) == ":\n\n"
    bench.wait(29)
    assert read(stream) == ""
    bench.wait(1)
    assert read(stream) == ":\n\n"
    stream.end()
    bench.wait(60)
    assert [timer for timer in bench.timers if not timer.is_cancelled] == []
    assert bench.watchers == []


def test_a_feed_ends_with_its_last_reader(bench):
    readers = [opened(bench, "/apps/~/logs?tail=1&lines=0") for _ in range(3)]
    bench.log("a\n")
    bench.log("b\n")
    for reader in readers:
        reader.end()
    assert bench.watchers == []
    assert [timer for timer in bench.timers if not timer.is_cancelled] == []
    bench.log("c\n")
    again = opened(bench, "/apps/~/logs?tail=1&lines=1")
    bench.log("d\n")
    assert messages(read(again))[0] == ["c", "d"]


def test_a_flood_does_not_wait(bench):
    stream = opened(bench, "/apps/~/logs?tail=1&lines=0")
    for n in range(20):
        bench.log(f"{n}" + "x" * 9000 + "\n")
    assert len(messages(read(stream))[0]) >= 15


def test_a_slow_reader_is_told_of_its_loss_without_an_id(bench):
    stream = opened(bench, "/apps/~/logs?tail=1&lines=0")
    assert read(stream).startswith("id: ")
    for _ in range(30):
        bench.log("x" * 9000 + "\n")
    for _ in range(300):
        bench.log("y" * 9000 + "\n")
    first = read(stream).partition("\n\n")[0]
    assert first.startswith(f"data: {STAMP} heroku[logplex]: Error L11 (Tail buffer overflow) -> ")
    assert "id:" not in first


def test_grep_is_for_plain_text(bench):
    assert bench.refused("GET", "/apps/~/logs?grep=one", **SSE)[0] == 422


@pytest.mark.parametrize("id_", ["", "-", "x-1", "1-", "-1", "1-x", "²-1", "1" * 30 + "-1"])
def test_an_id_that_is_not_ours_means_nothing(bench, id_):
    assert place(id_) is None
    found = messages(read(opened(bench, "/apps/~/logs", **{"Last-Event-ID": id_})))[0]
    assert found == ["one", "two", "three"]


BLOCKS = some.lists(
    some.tuples(some.integers(0, 3), some.integers(1, 3), some.sampled_from(["web.1", "a.1"])),
    max_size=12,
)


@settings(max_examples=60)
@given(BLOCKS, some.data())
def test_wherever_it_goes_on_there_is_no_gap_and_no_repeat(steps, data):
    """Blocks of equal and of different times come before, during and after a first reading."""
    cut = sorted(data.draw(some.lists(some.integers(0, len(steps)), min_size=2, max_size=2)))
    dyno = data.draw(some.sampled_from(["", "web"]))
    bench, at, line, expected = Bench(), NS, 0, []

    def log(some_steps):
        nonlocal at, line
        for later, lines, name in some_steps:
            at += later
            texts = [str(line + n) for n in range(lines)]
            line += lines
            bench.log("\n".join(texts) + "\n", dyno=name, at=at)
            if not dyno or name == "web.1":
                expected.extend(texts)

    log(steps[: cut[0]])
    lines = data.draw(some.integers(0, 6))
    stream = opened(bench, f"/apps/~/logs?tail=1&dyno={dyno}&lines={lines}")
    del expected[: max(0, len(expected) - lines)]
    known = len(expected)
    other = opened(bench, f"/apps/~/logs?tail=1&dyno={dyno}&lines=0")
    log(steps[cut[0] : cut[1]])
    if data.draw(some.booleans()):
        bench.wait(1)
    first, last = messages(read(stream))
    stream.end()
    log(steps[cut[1] :])
    again = opened(bench, f"/apps/~/logs?tail=1&dyno={dyno}", **{"Last-Event-ID": last})
    bench.wait(1)
    assert first + messages(read(again))[0] == expected
    seen = messages(read(other))[0]
    assert seen == expected[len(expected) - len(seen) :]
    assert len(seen) == len(expected) - known


def test_what_was_forgotten_is_skipped():
    blocks = [Block(n, Stream("app", "web.1"), b"x\n") for n in (5, 7, 9)]
    assert behind(blocks, Place(6, 4)) == blocks[1:]
    assert behind(blocks, Place(9, 1)) == []
    assert behind(blocks[::-1], Place(9, 1)) == blocks[1::-1], "the clock was set back"


def test_readers_of_one_style_get_the_same_bytes_each_with_its_own_ids(bench):
    everything = opened(bench, "/apps/~/logs?tail=1&lines=0")
    some_of_it = opened(bench, "/apps/~/logs?tail=1&lines=0&dyno=web")
    bare = opened(bench, "/apps/~/logs?tail=1&lines=0&prefix=0")
    for n in range(3):
        bench.log(f"w{n}\n", dyno="worker.1")
        bench.log(f"{n}\n")
    assert len(bench.watchers) == 3
    late = opened(bench, "/apps/~/logs?tail=1&lines=1")
    assert len(bench.watchers) == 3, "who wants the same shares what is made"
    bench.wait(1)
    assert messages(read(late)) == (["2"], f"{NS}-9")
    assert messages(read(everything)) == (["w0", "0", "w1", "1", "w2", "2"], f"{NS}-9")
    assert messages(read(some_of_it)) == (["0", "1", "2"], f"{NS}-5")
    assert read(bare).count("data: w") == 3

"""An index and its file, and the index made again from data that is whole, torn or garbage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.logplex.block import Block, Filter, Stream
from emulator.logplex.index import Index, scanned, unpacked
from emulator.logplex.record import MAGIC, RECORD, body_end, newest_first, record_at, runs, window

WEB, WORKER, HEROKU = Stream("app", "web.1"), Stream("app", "worker.1"), Stream("heroku", "web.1")
BLOCKS = [
    Block(5, WEB, b"one\ntwo\n"),
    Block(9, HEROKU, b"State changed from starting to up\n"),
    Block(7, WEB, b"\n"),
    Block(8, WORKER, b"three\n"),
]


def written(blocks):
    index = Index()
    parts = [part for block in blocks for part in index.add([block])]
    return index, b"".join(parts)


def read(index, data):
    """The blocks that the index finds in the data, oldest first."""
    streams = list(index.streams)
    found = []
    for record in newest_first(bytes(index.records), None):
        body = data[body_end(record) - record[3] : body_end(record)]
        found.append(Block(record[0], streams[record[1]], body, record[4]))
    return found[::-1]


def test_blocks_are_found_again():
    index, data = written(BLOCKS)
    assert read(index, data) == BLOCKS
    assert (index.size, index.last_ns) == (len(data), 9)


def test_one_write_of_many_is_many_writes_of_one():
    index, data = written(BLOCKS)
    at_once = Index()
    assert b"".join(at_once.add(BLOCKS)) == data
    assert vars(at_once) == vars(index)


def test_a_file_gives_the_index_back():
    index, data = written(BLOCKS)
    index.file_size = len(data)
    file = index.packed()
    again = unpacked(file)
    assert again.are_records(file[: again.records_size])
    assert unpacked(file[index.records_size :]) is not None
    again.records += file[: again.records_size]
    assert vars(again) == vars(index)


def test_a_file_that_was_changed_or_cut_anywhere_is_known_to_be_damaged():
    index, _ = written(BLOCKS)
    file = index.packed()
    for at in range(len(file)):
        changed = bytearray(file)
        changed[at] ^= 0x41
        again = unpacked(bytes(changed))
        assert again is None or not again.are_records(bytes(changed[: again.records_size]))
        again = unpacked(file[:at])
        assert again is None


def test_a_scan_makes_the_same_index():
    index, data = written(BLOCKS)
    again, damaged = scanned(data)
    index.file_size = len(data)
    assert not damaged
    assert vars(again) == vars(index)


def test_data_torn_at_any_byte_keeps_every_whole_line():
    _, data = written(BLOCKS)
    for length in range(len(data)):
        torn = data[:length]
        index, damaged = scanned(torn)
        assert not damaged
        lines = b"".join(block.body for block in read(index, torn))
        assert sum(block.lines for block in read(index, torn)) == lines.count(b"\n")
        whole = [b for n, b in enumerate(BLOCKS) if len(written(BLOCKS[: n + 1])[1]) <= length]
        assert read(index, torn)[: len(whole)] == whole
        assert b"".join(block.body for block in BLOCKS).startswith(lines)
    assert b"one\n" in lines


def test_a_body_torn_between_its_lines_keeps_the_first():
    _, data = written(BLOCKS[:1])
    torn = data[: data.index(b"two") + 2]
    index, _ = scanned(torn)
    assert read(index, torn) == [Block(5, WEB, b"one\n")]


@pytest.mark.parametrize("rest", [b"\0" * 100, b"garbage", b"\xffhk\x02", BLOCKS[0].body])
def test_damage_after_whole_blocks_leaves_these(rest):
    _, data = written(BLOCKS)
    again, damaged = scanned(data + rest)
    assert damaged
    assert read(again, data) == BLOCKS


def header(number, name=0, length=2, lines=1):
    return MAGIC + RECORD.pack(1, number, name, length, lines, 0)[:-4]


@pytest.mark.parametrize(
    "rest",
    [
        header(0, lines=0) + b"x\n",
        header(0, length=0),
        header(3) + b"x\n",
        header(7) + b"x\n",
        header(0, name=9) + b"app web.1x\n",
        header(3, name=9) + b"app web.1x\n",
        header(2, name=9) + b"app web.9x\n",
        header(0) + b"xx",
    ],
)
def test_headers_that_cannot_be_are_damage(rest):
    _, data = written(BLOCKS)
    again, damaged = scanned(data + rest)
    assert damaged
    assert read(again, data) == BLOCKS


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 300))
def test_no_garbage_confuses_a_scan(garbage, at):
    _, data = written(BLOCKS)
    data = data[:at] + garbage + data[at + len(garbage) :]
    index, _ = scanned(data)
    assert index.size <= len(data)
    assert all(block.body.endswith(b"\n") for block in read(index, data))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=40), st.sets(st.integers(0, 300)))
def test_the_records_of_some_streams_newest_first(numbers, chosen):
    """More than 256 streams share their low bytes."""
    blocks = [Block(n, Stream("app", f"run.{number}"), b"x\n") for n, number in enumerate(numbers)]
    index, _ = written(blocks)
    wanted = index.numbers(lambda stream: int(stream.dyno[4:]) in chosen)
    found = [record[0] for record in newest_first(bytes(index.records), wanted)]
    assert found == [n for n, number in enumerate(numbers) if number in chosen][::-1]


def test_a_filter_becomes_numbers():
    index, _ = written(BLOCKS)
    assert index.numbers(None) is None
    assert index.numbers(Filter(dyno="web")) == {0, 1}
    assert index.numbers(Filter(dyno="none")) == set()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=30))
def test_windows_and_runs_cover_all_blocks_and_stay_small(sizes):
    index, _ = written([Block(1, WEB, b"x" * size + b"\n") for size in sizes])
    records = bytes(index.records)
    everything = [record_at(records, number) for number in range(len(sizes))]
    assert [record for run in runs(everything) for record in run] == everything
    end, covered = len(sizes), []
    while end:
        span = window(records, end)
        covered = [*span, *covered]
        end = span[0]
        length = body_end(record_at(records, span[-1])) - record_at(records, span[0])[5]
        assert len(span) == 1 or length <= 120 * 1024
    assert covered == list(range(len(sizes)))

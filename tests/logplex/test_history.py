"""What was appended is found again: after rotation, restarts, kills, damage, and full disks."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import stat
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.logplex import history as history_module
from emulator.logplex import memmem, record
from emulator.logplex import segment as segment_module
from emulator.logplex.block import Block, Filter, Stream, newest
from emulator.logplex.history import History
from tests.logplex.disk import Disk, Full

STREAMS = [Stream("app", "web.1"), Stream("app", "web.2"), Stream("heroku", "web.1")]
WEB = STREAMS[0]


def block(number: int, stream: Stream = WEB, lines: int = 1) -> Block:
    return Block(number, stream, b"".join(b"%d.%d\n" % (number, n) for n in range(lines)))


def text(blocks: list[Block]) -> bytes:
    return b"".join(block.body for block in blocks)


def names(folder) -> list[str]:
    return sorted(os.listdir(folder))


def wait_for_deletions() -> None:
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and thread.daemon:
            thread.join(5)


class Case:
    """A history, what it told, and a model of what it should hold."""

    def __init__(self, folder, limit=1 << 20):
        self.folder, self.limit = str(folder), limit
        self.told: list[str] = []
        self.model: list[Block] = []
        self.now = 0.0
        self.open()

    def open(self):
        self.history = History(self.folder, self.told.append, self.limit)

    def append(self, *blocks):
        self.history.append(list(blocks), self.now)
        self.model += blocks

    def holds_everything(self):
        for wanted in (None, Filter(dyno="web.1"), Filter("heroku"), Filter(dyno="none")):
            expected = [b for b in self.model if wanted is None or wanted(b.stream)]
            for lines in (1, 3, 1000):
                assert self.history.last(lines, wanted) == newest(expected, lines)


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path / "logs")


def test_nothing_yet(case):
    assert case.history.last(10) == []
    assert list(case.history.search(b"x", 10)) == [[]]
    case.history.close()
    assert names(case.folder) == []


def test_the_last_lines_of_some_streams_in_order(case):
    for number in range(40):
        case.append(block(number, STREAMS[number % 3], lines=1 + number % 4))
    case.holds_everything()
    case.history.close()
    case.open()
    case.holds_everything()
    assert case.told == []


def test_since_is_inclusive_and_the_clock_may_have_jumped_back(case):
    case.append(block(50), block(10), block(60), block(20))
    assert [b.at_ns for b in case.history.last(9, since_ns=20)] == [50, 60, 20]
    assert case.history.last(9, since_ns=61) == []


def test_segments_rotate_and_the_oldest_go(tmp_path):
    case = Case(tmp_path, limit=80_000)
    for number in range(300):
        case.append(Block(number, STREAMS[number % 3], b"%06d\n" % number * 100))
        wait_for_deletions()
        assert sum(os.path.getsize(tmp_path / name) for name in os.listdir(tmp_path)) <= 80_000
    kept = case.history.last(10**6)
    assert kept == case.model[-len(kept) :]
    assert sum(len(b.body) for b in kept) > 60_000
    assert len(names(tmp_path)) > 5
    assert case.history.last(5, Filter("heroku"))[-1].at_ns == 299


def test_a_segment_with_too_many_streams_is_full(case, monkeypatch):
    monkeypatch.setattr(segment_module, "MAX_STREAMS", 3)
    for number in range(10):
        case.append(block(number, Stream("app", f"run.{number}")))
    assert [n for n in names(case.folder) if n.endswith(".log")] == [
        f"{n:08d}.log" for n in (1, 2, 3, 4)
    ]
    case.holds_everything()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 2), st.integers(1, 30)),
            st.sampled_from(["reopen", "kill", "search"]),
        ),
        max_size=40,
    )
)
def test_equals_a_list(tmp_path_factory, steps):
    case = Case(tmp_path_factory.mktemp("logs"), limit=1 << 20)
    case.history._segment_bytes = 400
    for number, step in enumerate(steps):
        if step == "reopen":
            case.history.close()
            case.open()
        elif step == "kill":
            case.open()
        elif step == "search":
            found = []
            for part in case.history.search(b"1.", 10**6):
                found[:0] = part
            assert text(found) == text([m for b in case.model for m in b.matching(b"1.")])
        else:
            case.append(block(number, STREAMS[step[0]], step[1]))
    case.holds_everything()
    assert case.told == []


def test_many_short_runs_share_a_segment(case):
    for number in range(20):
        case.append(block(number))
        if number % 2:
            case.history.close()
        case.open()
    assert [n for n in names(case.folder) if n.endswith(".log")] == ["00000001.log"]
    case.holds_everything()


def test_killed_at_any_byte_no_whole_line_is_lost_and_the_next_starts_clean(tmp_path):
    case = Case(tmp_path / "logs")
    case.append(block(1, lines=2), block(2, STREAMS[2]), block(3, lines=3))
    whole = (tmp_path / "logs" / "00000001.log").read_bytes()
    everything = text(case.model)
    for length in range(len(whole) + 1):
        folder = tmp_path / f"at-{length}"
        folder.mkdir()
        (folder / "00000001.log").write_bytes(whole[:length])
        torn = Case(folder)
        before = text(torn.history.last(99))
        assert everything.startswith(before)
        assert sum(b.lines for b in torn.history.last(99)) == before.count(b"\n")
        torn.append(block(9))
        torn.history.close()
        torn.open()
        assert text(torn.history.last(99)) == before + b"9.0\n"
        assert torn.told == []
        shutil.rmtree(folder)
    assert before == everything


@pytest.mark.parametrize("damage", [b"", b"garbage", bytes(200)])
def test_a_damaged_index_is_told_and_made_again(case, damage):
    case.append(*[block(n, STREAMS[n % 3]) for n in range(9)])
    case.history.close()
    (index,) = [os.path.join(case.folder, n) for n in names(case.folder) if n.endswith(".idx")]
    with open(index, "wb") as file:
        file.write(damage)
    case.open()
    case.holds_everything()
    assert case.told == [f"Log history: {index} is damaged and was made again"]
    case.open()
    case.holds_everything()
    assert len(case.told) == 1


def test_changed_records_are_told_and_made_again(case):
    case.append(*[block(n, STREAMS[n % 3]) for n in range(9)])
    case.history.close()
    index = os.path.join(case.folder, "00000001.idx")
    with open(index, "r+b") as file:
        file.seek(60)
        file.write(b"\xee\xee")
    case.open()
    case.holds_everything()
    assert case.told == [f"Log history: {index} is damaged and was made again"]


def test_a_damaged_middle_is_told_once_and_the_rest_is_shown(case):
    case.append(*[block(n) for n in range(9)])
    case.history.close()
    path = os.path.join(case.folder, "00000001.log")
    with open(path, "r+b") as file:
        data = file.read()
        file.seek(data.index(b"4.0\n") - 24)
        file.write(b"\0" * 10)
    case.open()
    for _ in range(2):
        assert [b.at_ns for b in case.history.last(99)] == [0, 1, 2, 3, 5, 6, 7, 8]
    (told,) = case.told
    assert told.startswith(f"Log history: {path} is damaged at byte ")


def test_a_file_that_somebody_cut_short_ends_a_search(case):
    case.append(*[block(n) for n in range(9)])
    case.history.last(1)
    os.truncate(os.path.join(case.folder, "00000001.log"), 60)
    assert [b.at_ns for b in case.history.last(99)] == [0]
    assert text([b for part in case.history.search(b"0", 99) for b in part]).startswith(b"0.0\n")


def test_garbage_at_the_end_is_told_once_and_what_comes_before_is_shown(case):
    case.append(*[block(n) for n in range(3)])
    path = os.path.join(case.folder, "00000001.log")
    with open(path, "ab") as file:
        file.write(bytes(100))
    for _ in range(2):
        case.open()
        case.append(block(9))
        assert [b.at_ns for b in case.history.last(99)] == [b.at_ns for b in case.model]
        case.history.close()
    assert case.told == [
        f"Log history: {path} is damaged at byte {os.path.getsize(path) - 100};"
        " the rest is not shown"
    ]


def test_a_file_that_is_no_segment_is_set_aside_and_told(case):
    path = os.path.join(case.folder, "00000007.log")
    with open(path, "wb") as file:
        file.write(b"my notes\n")
    case.open()
    case.append(block(1))
    case.holds_everything()
    assert case.told == [
        f"Log history: {path} is not a log segment; it has .damaged added to its name"
    ]
    with open(path + ".damaged", "rb") as file:
        assert file.read() == b"my notes\n"


def test_what_killed_starts_left_behind_is_tidied_up(case):
    for name in ("00000003.log", "00000002.idx"):
        open(os.path.join(case.folder, name), "w").close()
    open(os.path.join(case.folder, "notes.txt"), "w").close()
    case.open()
    assert names(case.folder) == ["notes.txt"]


def test_the_folder_is_private_and_no_link_is_followed(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    case = Case(folder)
    case.append(block(1))
    case.history.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / n).stat().st_mode) for n in names(folder)} == {0o600}
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (folder / "00000002.log").symlink_to(victim)
    case.open()
    case.append(block(2))
    case.history.last(9)
    assert victim.read_bytes() == b"precious"
    link = tmp_path / "link"
    link.symlink_to(folder)
    told = Case(link).told
    assert told and "Not a directory" in told[0]


def test_the_state_folder_is_not_made_again_once_it_was_deleted(tmp_path):
    case = Case(tmp_path / "state" / "log")
    case.append(block(1))
    shutil.rmtree(tmp_path / "state")
    case.now += 2
    case.append(block(2))
    assert not (tmp_path / "state").exists()
    assert text(case.history.last(9)).endswith(b"2.0\n")
    assert len(case.told) == 1


def test_files_that_somebody_deletes_are_not_missed(case):
    case.append(block(1))
    case.history.close()
    case.open()
    shutil.rmtree(case.folder)
    case.append(block(2))
    assert [b.at_ns for b in case.history.last(9)] == [2]
    shutil.rmtree(case.folder)
    case.now += 2
    case.append(block(3))
    assert [b.at_ns for b in case.history.last(9)] == [3]
    assert case.told == []


def test_a_full_disk_is_told_once_and_logging_goes_on_in_memory(case, monkeypatch):
    disk = Full()
    monkeypatch.setattr(segment_module, "os", disk)
    case.append(block(1))
    disk.full = True
    for number in range(2, 60):
        case.now += 0.5
        case.append(block(number))
        case.holds_everything()
    assert case.told == [
        f"Log history: cannot write to {case.folder}: No space left on device; the newest lines"
        " are kept in memory, and writing is tried again every 5 seconds"
    ]
    assert case.history.problem == f"cannot write to {case.folder}: No space left on device"
    disk.full = False
    case.now += 5
    case.append(block(60))
    case.append(block(61))
    assert case.history.problem == ""
    assert case.told[1:] == ["Log history: writing again"]
    case.holds_everything()
    case.open()
    case.holds_everything()


def test_writing_is_not_tried_at_every_line(case, monkeypatch):
    disk = Full()
    disk.full = True
    monkeypatch.setattr(segment_module, "os", disk)
    for _ in range(50):
        case.append(block(1))
    assert disk.calls < 10
    assert names(case.folder) == []


def test_memory_is_bounded_and_what_was_dropped_is_told(case, monkeypatch):
    disk = Full()
    disk.full = True
    monkeypatch.setattr(segment_module, "os", disk)
    big = Block(1_304_444_100_000_000_000, WEB, b"x" * 9_999 + b"\n")
    for _ in range(500):
        case.append(big)
    assert sum(len(b.body) for b in case.history.last(999)) <= 4 * 1024 * 1024
    disk.full = False
    case.now = 99
    case.append(big)
    dropped = 501 - sum(b.lines for b in case.history.last(999))
    assert dropped > 0
    assert case.told[-1] == (
        "Log history: writing again. "
        f"Error L12: {dropped} messages dropped since 2011-05-03T17:35:00+00:00"
    )


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EMFILE])
def test_whatever_call_fails_nothing_is_raised_and_nothing_is_lost(tmp_path, monkeypatch, code):
    """The n-th call fails, for every n until none is left to fail."""
    for number in range(1, 200):
        disk = Disk(code, fails_at=number)
        monkeypatch.setattr(segment_module, "os", disk)
        monkeypatch.setattr(history_module, "os", disk)
        case = scenario(tmp_path / f"{code}-{number}")
        if disk.calls < number:
            break
        disk.fails_at = 0
        case.now += 60
        case.append(block(99))
        case.open()
        assert text(case.history.last(10**6)) == text(case.model)
    assert 20 < number < 199


def test_if_taking_back_a_torn_write_fails_too_lines_may_double_but_none_is_lost(
    tmp_path, monkeypatch
):
    for number in range(1, 200):
        disk = Disk(errno.EIO, fails_at=number, lasts=3)
        monkeypatch.setattr(segment_module, "os", disk)
        monkeypatch.setattr(history_module, "os", disk)
        case = scenario(tmp_path / str(number))
        if disk.calls < number:
            break
        disk.fails_at = 0
        case.now += 60
        case.append(block(99))
        case.open()
        assert {*text(case.model).split()} <= {*text(case.history.last(10**6)).split()}
    assert 20 < number < 199


def scenario(folder) -> Case:
    """Appends, rotation, a restart, queries."""
    case = Case(folder, limit=1 << 20)
    for number in range(6):
        if number == 3:
            case.history.close()
            case.open()
        case.history._segment_bytes = 60
        case.now += 6
        case.append(block(number, STREAMS[number % 3], lines=3))
        case.history.last(5)
        list(case.history.search(b"1", 5))
    return case


def test_a_file_size_limit_is_a_full_disk(case):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    case.append(block(0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        case.append(block(1, lines=100))
        case.holds_everything()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in case.told[0]
    case.now += 6
    case.append(block(2))
    case.open()
    case.holds_everything()


def test_a_search_finds_lines_newest_part_first(case):
    case.append(*[Block(n, STREAMS[n % 3], b"ok\nerror %d\nok\n" % n) for n in range(9)])
    parts = list(case.history.search(b"error", 4))
    assert text([b for part in reversed(parts) for b in part]) == (
        b"error 5\nerror 6\nerror 7\nerror 8\n"
    )
    parts = list(case.history.search(b"error", 99, Filter("heroku"), since_ns=3))
    assert [b.at_ns for part in parts for b in part] == [5, 8]


def test_a_search_does_not_find_what_is_only_in_a_header(case):
    case.append(Block(1, WEB, b"a\n"), Block(2, WEB, b"web.1\n"))
    found = [b for part in case.history.search(b"web.1", 9) for b in part]
    assert found == [Block(2, WEB, b"web.1\n")]
    assert [b for part in case.history.search(b"app", 9) for b in part] == []


def test_a_search_goes_on_while_lines_are_appended_and_segments_go(tmp_path):
    case = Case(tmp_path, limit=80_000)
    for number in range(100):
        case.append(Block(number, WEB, b"%06d\n" % number * 100))
    found = []
    for part in case.history.search(b"0000", 10**6):
        found[:0] = part
        case.append(Block(1000, WEB, b"999999\n" * 100))
        wait_for_deletions()
    assert found == [b for b in case.model if b.at_ns < 100][-len(found) :]
    assert found


def test_a_search_reads_nothing_that_is_older_than_it_wants(tmp_path, monkeypatch):
    """All in one segment, which is not too old as a whole."""
    case = Case(tmp_path, limit=64 << 20)
    for number in range(100):
        case.append(Block(number, WEB, b"%06d text\n" % number * 4000))
    read: list[int] = []

    class Counting(Disk):
        def pread(self, fd: int, size: int, at: int) -> bytes:
            read.append(size)
            return os.pread(fd, size, at)

    monkeypatch.setattr(segment_module, "os", Counting())
    found = [b for part in case.history.search(b"000098 text", 9, since_ns=98) for b in part]
    assert [b.at_ns for b in found] == [98]
    assert sum(read) < 6 * 44_100


@pytest.mark.parametrize("is_fast", [True, False])
def test_a_text_is_found_with_and_without_the_c_library(case, monkeypatch, is_fast):
    monkeypatch.setattr(record, "contains", memmem.contains if is_fast else lambda: has)
    case.append(*[Block(n, WEB, b"a\0b %d\n" % n) for n in range(5)])
    for wanted, times in ((b"\0b 3\n", [3]), (b"a\0", [0, 1, 2, 3, 4]), (b"absent", [])):
        found = [b.at_ns for part in case.history.search(wanted, 9) for b in part]
        assert sorted(found) == times


has = bytes.__contains__

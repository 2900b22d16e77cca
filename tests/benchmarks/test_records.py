"""No loss and no damage that a supervisor may do to records goes unnoticed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.records import SIZE, Verdict, record, verify

few = settings(max_examples=30, deadline=None)

LINES = 5
BOTH = range(1, 3)


def lines(child: int = 1, prefix: bytes = b"") -> list[bytes]:
    return [prefix + record(child, number) for number in range(LINES)]


def verdict(output: list[bytes], children: range = range(1, 2)) -> Verdict:
    return verify(b"".join(output), children, LINES)


def test_a_record_has_its_size():
    assert {len(record(child, number)) for child, number in ((1, 0), (9999, 10**9 - 1))} == {SIZE}


def test_all_whole():
    found = verdict(lines())
    assert found == Verdict(whole=LINES, lost=0, cut=0, doubled=0)
    assert found.is_good() and str(found) == "all whole"


def test_prefixes_colours_and_other_lines_are_the_supervisor_s():
    mine = [b"\x1b[32mworker.1 |\x1b[0m ", b"2027-01-15T08:00:00+00:00 app[worker.1]: "]
    for prefix in mine:
        output = [b"starting\n", *lines(prefix=prefix), b"exited with code 0\n"]
        assert verdict(output).is_good()
    assert verdict([line.replace(b"\n", b"\r\n") for line in lines()]).is_good()


def test_children_may_come_in_any_turn():
    mixed = [line for pair in zip(lines(1), lines(2), strict=True) for line in pair]
    assert verdict(mixed, BOTH) == Verdict(whole=2 * LINES, lost=0, cut=0, doubled=0)


def test_nothing_came():
    assert verdict([]) == Verdict(whole=0, lost=LINES, cut=0, doubled=0)


@few
@given(st.sets(st.integers(0, LINES - 1), min_size=1))
def test_lost_lines(missing):
    found = verdict([line for number, line in enumerate(lines()) if number not in missing])
    left = LINES - len(missing)
    assert found == Verdict(whole=left, lost=len(missing), cut=0, doubled=0)
    assert str(found) == f"{len(missing)} lost"


@few
@given(st.integers(0, LINES - 1), st.integers(1, SIZE - 2))
def test_a_line_cut_in_two(number, at):
    output = lines()
    whole = output[number]
    output[number] = whole[:at] + b"\nworker.1 | " + whole[at:]
    assert verdict(output) == Verdict(whole=LINES - 1, lost=0, cut=1, doubled=0)


@few
@given(st.integers(0, LINES - 1), st.integers(1, SIZE - 2))
def test_a_line_whose_end_is_missing(number, kept):
    output = lines()
    output[number] = output[number][:kept] + b"\n"
    assert not verdict(output).is_good()
    assert verdict(output).whole == LINES - 1


def test_two_lines_merged():
    output = lines()
    output[1:3] = [output[1][:-1] + output[2]]
    found = verdict(output)
    assert not found.is_good()
    assert found == Verdict(whole=LINES - 1, lost=0, cut=1, doubled=0)


@few
@given(st.integers(1, SIZE - 2))
def test_a_line_inside_another(at):
    first, second, *rest = lines(1)[:1] + lines(2)[:1] + lines(1)[1:] + lines(2)[1:]
    assert not verdict([first[:at] + second + first[at:], *rest], BOTH).is_good()


@few
@given(st.permutations(range(LINES)).filter(lambda order: order != list(range(LINES))))
def test_lines_in_another_order(order):
    output = lines()
    found = verdict([output[number] for number in order])
    assert found.cut and not found.lost and not found.doubled


@few
@given(st.integers(0, LINES - 1), st.integers(0, SIZE - 2), st.integers(1, 255))
def test_an_altered_byte(number, at, change):
    output = lines()
    altered = bytearray(output[number])
    altered[at] ^= change
    output[number] = bytes(altered)
    assert not verdict(output).is_good()


@few
@given(st.integers(0, LINES - 1))
def test_a_doubled_line(number):
    output = lines()
    found = verdict([*output[: number + 1], *output[number:]])
    assert (found.lost, found.doubled) == (0, 1)
    assert str(found) == "1 doubled"


def test_a_line_of_another_child():
    output = [*lines(1)[:-1], record(2, LINES - 1)]
    assert not verdict(output).is_good()

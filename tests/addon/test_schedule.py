"""When jobs are due."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.addon.schedule import (
    DAY,
    HOUR,
    MINUTE,
    MINUTES,
    TIMES,
    ScheduleError,
    checked,
    described,
    lasts,
    next_run,
    passed,
    period,
    turns,
)
from emulator.app.surroundings import Job

NOON = 1_800_014_400.0
"""2027-01-15T12:00:00Z."""


def job(every: str = "10m", at: str = "", added_at: float = NOON, next_at: float = 0.0) -> Job:
    plain = Job("1", "python report.py", every, at, "", added_at, next_at)
    return plain if next_at else plain.replace(next_at=next_run(plain, added_at))


def at_once(job: Job, slot: float) -> float:
    return 0.0


@pytest.mark.parametrize(
    ("every", "at", "now", "expected"),
    [
        ("10m", "", NOON, NOON + 10 * MINUTE),
        ("10m", "", NOON + 10 * MINUTE, NOON + 20 * MINUTE),
        ("10m", "", NOON - 1, NOON),
        ("hour", "00", NOON, NOON + HOUR),
        ("hour", "30", NOON, NOON + 30 * MINUTE),
        ("hour", "50", NOON + 50 * MINUTE, NOON + HOUR + 50 * MINUTE),
        ("day", "12:00", NOON, NOON + DAY),
        ("day", "12:30", NOON, NOON + 30 * MINUTE),
        ("day", "02:30", NOON, NOON + 14.5 * HOUR),
        ("day", "00:00", NOON, NOON + 12 * HOUR),
    ],
)
def test_the_next_run(every: str, at: str, now: float, expected: float) -> None:
    assert next_run(job(every, at), now) == expected


def test_every_ten_minutes_counts_from_when_the_job_was_added() -> None:
    assert next_run(job(added_at=NOON + 247.8), NOON + 300) == NOON + 247 + 10 * MINUTE


def test_jobs_take_turns_with_those_that_are_due_when_they_are() -> None:
    schedules = [
        *[("hour", "30"), ("hour", "00"), ("day", "02:30"), ("hour", "30"), ("day", "02:00")],
        *[("10m", ""), ("10m", "")],
    ]
    jobs = [job(every, at, NOON + 7).replace(id=str(n)) for n, (every, at) in enumerate(schedules)]
    assert list(turns(jobs).values()) == [0, 0, 1, 2, 1, 0, 1]


SCHEDULES = some.one_of(
    some.just(("10m", "")),
    some.tuples(some.just("hour"), some.sampled_from(MINUTES)),
    some.tuples(some.just("day"), some.sampled_from(TIMES)),
)
INSTANTS = some.floats(NOON, NOON + 400 * DAY)


@settings(max_examples=50)
@given(SCHEDULES, INSTANTS, INSTANTS)
def test_slots_follow_each_other(schedule: tuple[str, str], added_at: float, now: float) -> None:
    one = job(*schedule, added_at=added_at)
    following = next_run(one, now)
    assert now < following <= now + period(one)
    assert next_run(one, following) == following + period(one)
    assert next_run(one, following - 0.01) == following


@settings(max_examples=50)
@given(SCHEDULES, some.floats(0, 5 * DAY), some.floats(0, 599), some.floats(0, 1000))
def test_each_slot_is_run_or_missed_once(
    schedule: tuple[str, str], later: float, delay: float, grace: float
) -> None:
    one = job(*schedule)
    found = passed(one, NOON + later, grace, lambda job, slot: delay)
    if found is None:
        assert NOON + later < one.next_at + delay
        return
    slots = found.missed + (found.due is not None)
    assert slots == round((found.next_at - one.next_at) / period(one)) > 0
    assert found.next_at - period(one) + delay <= NOON + later < found.next_at + delay
    last = found.next_at - period(one)
    assert (found.due == last) == (NOON + later - last - delay <= grace)
    assert found.until == (last - period(one) if found.due else last)


def test_what_is_only_a_little_late_counts() -> None:
    one = job("hour", "30")
    assert passed(one, NOON + 29 * MINUTE, 60, at_once) is None
    found = passed(one, NOON + 31 * MINUTE, 60, at_once)
    assert found and (found.due, found.missed) == (NOON + 30 * MINUTE, 0)
    late = passed(one, NOON + 31 * MINUTE + 1, 60, at_once)
    assert late and (late.due, late.missed, late.next_at) == (None, 1, NOON + 90 * MINUTE)


@pytest.mark.parametrize(
    ("every", "at", "expected"),
    [
        ("10m", "", ("10m", "")),
        ("hour", "", ("hour", "00")),
        ("hour", ":30", ("hour", "30")),
        ("hour", "50", ("hour", "50")),
        ("day", "", ("day", "00:00")),
        ("day", "2:30", ("day", "02:30")),
        ("day", "23:00", ("day", "23:00")),
    ],
)
def test_what_may_be_asked_for(every: str, at: str, expected: tuple[str, str]) -> None:
    assert checked(every, at) == expected


@pytest.mark.parametrize(
    ("every", "at", "complaint"),
    [
        ("week", "", "every: expected 10m, hour or day, not week"),
        ("", "", "every: expected 10m, hour or day"),
        ("10m", ":30", "a job of every 10 minutes takes none"),
        ("hour", ":07", "expected a minute, :00, :10"),
        ("hour", "02:30", "expected a minute"),
        ("day", ":30", "expected a time in UTC on the half hour, such as 02:30, not :30"),
        ("day", "24:00", "expected a time in UTC"),
        ("day", "02:15", "expected a time in UTC"),
    ],
)
def test_what_heroku_does_not_offer(every: str, at: str, complaint: str) -> None:
    with pytest.raises(ScheduleError, match=complaint):
        checked(every, at)


def test_how_it_is_said() -> None:
    assert described(job()) == "every 10 minutes"
    assert described(job("hour", "30")) == "every hour at :30"
    assert described(job("day", "02:30")) == "every day at 02:30 UTC"


def test_a_run_is_over_when_the_next_is_due_but_for_the_daily_one() -> None:
    assert [lasts(job()), lasts(job("hour", "00")), lasts(job("day", "00:00"))] == [600, 3600, None]

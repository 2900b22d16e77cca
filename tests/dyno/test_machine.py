"""The table of a dyno's life: every cell, and the ones that are easy to get wrong."""

from __future__ import annotations

import itertools

import pytest

from emulator import event
from emulator.dyno import slot as slots
from emulator.dyno.machine import INPUTS, TABLE, step
from emulator.dyno.policy import Policy
from emulator.dyno.slot import (
    Exited,
    Expired,
    Input,
    Instant,
    Kind,
    Moment,
    Outcome,
    Phase,
    Report,
    Signal,
    Spawned,
    SpawnFailed,
    State,
)
from tests.dyno.specimen import (
    DEPARTING,
    NO_LAUNCH,
    NOW,
    PHASES,
    assert_sound,
    given,
    launch,
    moment,
    one,
)


def inputs() -> set[type[Input]]:
    """Every input that the machine's module defines."""
    found = [kind for kind in vars(slots).values() if isinstance(kind, type)]
    return {kind for kind in found if issubclass(kind, Input)} - {Input, Report}


def test_the_table_has_a_cell_for_every_phase_and_input() -> None:
    assert set(TABLE) == set(itertools.product(PHASES, inputs()))
    assert set(INPUTS) == inputs()


@pytest.mark.parametrize("preboots", [False, True])
@pytest.mark.parametrize("policy", [Policy(), Policy().paced()], ids=["at once", "paced"])
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("phase", PHASES)
def test_every_cell_leaves_a_sound_dyno_and_a_true_story(
    phase: Phase | None, kind: Kind, policy: Policy, preboots: bool
) -> None:
    for given_kind, deadline in itertools.product(INPUTS, (NOW, NOW + 1)):
        if kind is Kind.ONE_OFF and phase in (*NO_LAUNCH, Phase.WAITING):
            continue  # it boots at once and is gone once it has ended
        before = one(phase, kind, deadline, retry_at=None if phase else deadline)
        about = before.current.id if before.current else f"{before.name}@9"
        after, out = step(before, given(given_kind, about), moment(policy, preboots))
        assert_sound(after)
        told = [e for e in out if isinstance(e, event.DynoStateChanged)]
        assert [e.before for e in told[:1]] == ([before.shown.value] if told else [])
        assert after.shown and (told[-1].after if told else before.shown.value) == after.shown.value
        assert all(a.after == b.before for a, b in itertools.pairwise(told))
        assert after.changed_at == (NOW if told else before.changed_at)


@pytest.mark.parametrize("phase", DEPARTING)
@pytest.mark.parametrize("kind", [k for k in INPUTS if issubclass(k, Report)])
def test_a_report_of_a_departing_launch_never_touches_the_current_one(
    phase: Phase, kind: type[Input]
) -> None:
    old = launch(phase, serial=8, deadline=NOW + 5)
    before = one(Phase.RUNNING, deadline=NOW + 50, departing=(old,))
    after, out = step(before, given(kind, old.id), moment())
    assert (after.current, after.shown) == (before.current, before.shown)
    over = kind in (Exited, SpawnFailed)
    assert [launch.id for launch in after.departing] == ([] if over else [old.id])
    assert out == ([event.ProcessExited("web.1", 1)] if kind is Exited else [])
    if kind is Spawned:
        assert after.departing[0].pid == 42


@pytest.mark.parametrize("kind", [k for k in INPUTS if issubclass(k, Report)])
def test_a_report_of_a_launch_long_gone_is_void(kind: type[Input]) -> None:
    before = one(Phase.RUNNING, deadline=NOW + 50, departing=(launch(Phase.STOPPING, 8, NOW + 9),))
    assert step(before, given(kind, "web.1@5"), moment()) == (before, [])


def signals(out: list[Outcome]) -> list[tuple[str, str]]:
    return [(it.launch, it.name) for it in out if isinstance(it, Signal)]


def test_several_departing_launches_each_have_their_own_deadline() -> None:
    old = (launch(Phase.STOPPING, 1, NOW), launch(Phase.STOPPING, 2, NOW + 1))
    before = one(Phase.RUNNING, deadline=NOW + 50, departing=old)
    before = before.replace(current=launch(Phase.RUNNING, 3, NOW + 50))
    after, out = step(before, Expired(), moment())
    assert signals(out) == [("web.1@1", "KILL")]
    assert [one.phase for one in after.departing] == [Phase.KILLED, Phase.STOPPING]
    assert after.deadline == NOW + 1


@pytest.mark.parametrize("departing", [False, True])
def test_a_killed_process_that_has_not_gone_is_spoken_of_every_ten_seconds(departing: bool) -> None:
    stuck = launch(Phase.KILLED).replace(pid=77)
    slot = one(None, departing=(stuck,), shown=State.DOWN) if departing else one(Phase.KILLED)
    slot = slot if departing else slot.replace(current=stuck)
    after, out = step(slot, Expired(), moment())
    assert out == [event.ProcessLingers("web.1", 77)]
    assert after.deadline == NOW + Policy().kill_warning


@pytest.mark.parametrize("phase", [Phase.HANGING, Phase.KILLED])
def test_a_process_that_could_not_be_spawned_is_not_awaited_for_ever(phase: Phase) -> None:
    before = one(phase, Kind.ONE_OFF, NOW + 5)
    after, out = step(before, SpawnFailed("run.1@1", "too many processes"), moment())
    assert after.current is None and after.shown is State.COMPLETE and after.is_gone
    assert out[0] == event.SpawnRefused("run.1", "too many processes")


@pytest.mark.parametrize("phase", [Phase.HANGING, Phase.KILLED])
def test_a_pid_that_comes_late_is_known_nevertheless(phase: Phase) -> None:
    after, out = step(one(phase, Kind.ONE_OFF), Spawned("run.1@1", 42), moment())
    assert after.current and after.current.pid == 42 and after.current.phase is phase
    assert out == []


@pytest.mark.parametrize("policy", [Policy(), Policy().paced()], ids=["at once", "paced"])
def test_a_one_off_that_ignores_sighup_has_the_30_seconds_that_r12_speaks_of(
    policy: Policy,
) -> None:
    current = launch(Phase.HANGING, name="run").replace(hangups=3)
    before = one(Phase.HANGING, Kind.ONE_OFF).replace(current=current)
    after, out = step(before, Expired(), moment(policy))
    assert out[:2] == [
        event.HangupIgnored("run.1"),
        event.DynoStateChanged("run.1", "up", "complete"),
    ]
    late = Moment(Instant(NOW + policy.term_delay, 0.0, iter(()), iter(())), policy, {}, 7)
    stopping = after if not policy.term_delay else step(after, Expired(), late)[0]
    assert stopping.deadline == late.now + policy.exit_timeout


@pytest.mark.parametrize(("up", "crashes"), [(599.999, 5), (600.0, 1)])
def test_up_for_exactly_ten_minutes_forgives(up: float, crashes: int) -> None:
    current = launch(Phase.RUNNING).replace(up_at=NOW - up)
    before = one(Phase.RUNNING, crashes=4).replace(current=current)
    after, _ = step(before, Exited("web.1@1", 0), moment())
    assert after.crashes == crashes

"""A dyno in every phase, an input of every kind, and what must hold of a dyno at any time."""

from __future__ import annotations

import itertools

from emulator.dyno.policy import Policy
from emulator.dyno.size import MIB
from emulator.dyno.slot import (
    Exited,
    Input,
    Instant,
    Kind,
    Launch,
    Moment,
    Phase,
    Report,
    Resumed,
    Sampled,
    Slot,
    Spawned,
    SpawnFailed,
    State,
    Strayed,
)

CURRENT = (Phase.WAITING, Phase.BOOTING, Phase.RUNNING, Phase.HANGING, Phase.KILLED)
NO_LAUNCH = (None, Phase.ASLEEP)
PHASES = (*NO_LAUNCH, *CURRENT)
DEPARTING = (Phase.RETIRING, Phase.DOOMED, Phase.STOPPING, Phase.KILLED)
NOW = 100.0

SHOWN = {
    None: State.CRASHED,
    Phase.ASLEEP: State.DOWN,
    Phase.RUNNING: State.UP,
    Phase.HANGING: State.UP,
}
"""What a dyno shows by the phase of its launch; else it is starting."""

SAMPLES: dict[type[Input], dict[str, object]] = {
    Resumed: {"seconds": 3600.0},
    Spawned: {"pid": 42},
    SpawnFailed: {"reason": "no such file"},
    Strayed: {"port": 3000},
    Exited: {"status": 1},
    Sampled: {"used": 600 * MIB},
}


def moment(policy: Policy | None = None, preboots: bool = False) -> Moment:
    instant = Instant(NOW, NOW, itertools.count(30000), itertools.count(100))
    return Moment(instant, policy or Policy(), {}, release=7, preboots=preboots)


def launch(
    phase: Phase, serial: int = 1, deadline: float | None = NOW, name: str = "web"
) -> Launch:
    return Launch(f"{name}.1@{serial}", phase, port=20000, release=6, deadline=deadline)


def one(
    phase: Phase | None, kind: Kind = Kind.FORMATION, deadline: float = NOW, **fields: object
) -> Slot:
    """A dyno whose current launch is in that phase."""
    name = "web" if kind is Kind.FORMATION else "run"
    plain = Slot(f"{name}.1", "serve", "Basic", kind=kind, shown=SHOWN.get(phase, State.STARTING))
    if phase in CURRENT:
        plain = plain.replace(current=launch(phase, deadline=deadline, name=name))
    return plain.replace(asleep=phase is Phase.ASLEEP, **fields)


def given(kind: type[Input], about: str) -> Input:
    fields = SAMPLES.get(kind, {})
    return kind(about, **fields) if issubclass(kind, Report) else kind(**fields)  # type: ignore[call-arg]


def assert_sound(slot: Slot) -> None:
    """What must hold of a dyno at any time."""
    current, departing = slot.current, slot.departing
    ids = [launch.id for launch in (*departing, *([current] if current else []))]
    assert len(ids) == len(set(ids)), slot
    assert current is None or current.phase in CURRENT, slot
    assert all(launch.phase in DEPARTING and launch.deadline is not None for launch in departing)
    if current and current.deadline is None:
        assert current.phase is Phase.WAITING and departing, slot
    rests = current is None and slot.shown is State.CRASHED
    assert rests == (slot.retry_at is not None), slot
    if current:
        assert slot.shown in (State.STARTING, State.UP), slot
    if slot.asleep:
        assert current is None and slot.shown is State.DOWN, slot
    assert sum(launch.phase is Phase.RETIRING for launch in departing) <= 1, slot

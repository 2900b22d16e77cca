"""What must hold of a dyno at any time."""

from __future__ import annotations

from emulator.dyno.slot import Phase, Slot, State

CURRENT = (Phase.WAITING, Phase.BOOTING, Phase.RUNNING, Phase.HANGING, Phase.KILLED)
DEPARTING = (Phase.DOOMED, Phase.STOPPING, Phase.KILLED)


def assert_sound(slot: Slot) -> None:
    """What must hold of a dyno at any time."""
    current, departing = slot.current, slot.departing
    ids = [launch.id for launch in (*departing, *([current] if current else []))]
    assert len(ids) == len(set(ids)), slot
    assert current is None or current.phase in CURRENT, slot
    assert all(launch.phase in DEPARTING and launch.deadline is not None for launch in departing)
    if current and current.deadline is None:
        assert current.phase is Phase.WAITING and departing, slot
    if current is None and slot.shown is State.CRASHED:
        assert slot.retry_at is not None, slot
    if current:
        assert slot.shown in (State.STARTING, State.UP), slot

"""A slot and its launches: names, deadlines, and when nothing is left."""

from __future__ import annotations

import pytest

from emulator.dyno.slot import Launch, Phase, Slot, State


def launch(deadline: float | None) -> Launch:
    return Launch("web.1@7", Phase.RUNNING, port=20001, release=3, deadline=deadline)


def slot(**fields: object) -> Slot:
    return Slot("my-web.12", "serve", "Basic", **fields)


def test_names() -> None:
    assert (slot().type, slot().number) == ("my-web", 12)
    assert launch(None).dyno == "web.1"


@pytest.mark.parametrize(
    ("current", "departing", "retry_at", "deadline"),
    [
        (None, (), None, None),
        (launch(None), (), None, None),
        (launch(5.0), (), None, 5.0),
        (launch(5.0), (launch(4.0), launch(3.0)), None, 3.0),
        (None, (launch(4.0),), 2.0, 2.0),
        (None, (launch(1.0),), 2.0, 1.0),
        (launch(0.0), (launch(4.0),), None, 0.0),
    ],
)
def test_the_deadline_is_the_earliest_of_all(
    current: Launch | None,
    departing: tuple[Launch, ...],
    retry_at: float | None,
    deadline: float | None,
) -> None:
    assert slot(current=current, departing=departing, retry_at=retry_at).deadline == deadline


@pytest.mark.parametrize("shown", [*State, None])
def test_a_slot_is_gone_once_it_is_over_and_no_process_is_left(shown: State | None) -> None:
    over = shown in (State.DOWN, State.COMPLETE, None)
    assert slot(shown=shown).is_gone == over
    assert not slot(shown=shown, current=launch(1.0)).is_gone
    assert not slot(shown=shown, departing=(launch(1.0),)).is_gone

"""docs/dyno-states.md says what the table does. `UPDATE_GOLDEN=1` draws it anew, and fails."""

from __future__ import annotations

import os

import pytest

from tests.dyno.picture import FILE, cells, drawn, edges

UPDATE = "UPDATE_GOLDEN"


def test_the_page_is_as_the_table_is() -> None:
    page = FILE.read_text()
    if os.environ.get(UPDATE):
        FILE.write_text(drawn(page))
        pytest.fail(f"{FILE.name} was drawn; read it, then run without {UPDATE}")
    assert page == drawn(page)


def test_every_cell_says_what_it_does() -> None:
    assert [line for line in cells() if line.endswith(": ")] == []


def test_the_transitions_are_those_of_real_logs() -> None:
    """Source: log samples; down to starting is the slot that is wanted again while it departs."""
    shown, _ = edges()
    real = {
        *(("starting", "up"), ("up", "starting"), ("up", "down"), ("down", "starting")),
        *(("starting", "crashed"), ("up", "crashed"), ("crashed", "starting")),
        *(("crashed", "down"), ("starting", "down"), ("up", "complete")),
    }
    assert set(shown) == real | {("starting", "complete")}

"""Releases: how the API describes what differs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.app.release import config_description, deploy_description

CONFIG = st.dictionaries(st.sampled_from("ABCD"), st.sampled_from(["", "1", "2"]))


def test_a_deploy_is_named_by_eight_hex_digits_of_its_code() -> None:
    types = {"web": "serve", "worker": "work"}
    assert deploy_description(types) == deploy_description(dict(types)) == "Deploy a71c53a3"
    assert deploy_description({"web": "serve"}) != deploy_description({"web": "serve2"})
    assert deploy_description({}) == "Deploy 00000000"
    assert deploy_description(types, "6909d7c6" + "0" * 32) == "Deploy 6909d7c6"


@pytest.mark.parametrize(
    ("before", "after", "description"),
    [
        ({}, {}, None),
        ({"A": "1"}, {"A": "1"}, None),
        ({}, {"A": ""}, "Set A config vars"),
        ({"A": "1"}, {"A": "2"}, "Set A config vars"),
        ({}, {"B": "1", "A": "1"}, "Set A, B config vars"),
        ({"A": "1"}, {}, "Remove A config vars"),
        ({"B": "1", "A": "1", "C": "1"}, {"C": "1"}, "Remove A, B config vars"),
        ({"A": "1"}, {"B": "1"}, "Set B config vars"),
    ],
)
def test_config_is_described_by_names_and_never_by_values(
    before: dict[str, str], after: dict[str, str], description: str | None
) -> None:
    assert config_description(before, after) == description


@settings(max_examples=50)
@given(CONFIG, CONFIG)
def test_there_is_a_description_exactly_if_something_differs(
    before: dict[str, str], after: dict[str, str]
) -> None:
    assert (config_description(before, after) is None) == (before == after)

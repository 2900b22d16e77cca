"""Releases as the Heroku CLI 11.10 printed them."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as some

from emulator.api.ink import Ink
from emulator.api.release_text import quoted, releases
from emulator.api.view import View
from emulator.app.release import Release, Status
from emulator.runtime.world import World

NOW = 1_795_706_120.0
"""2026-11-26T15:15:20Z"""

PLAIN, COLOUR = Ink(), Ink(colour=True)


def view(**status: Status) -> View:
    user = "dev@localhost"
    names = {1: "Initial release", 2: "Enable Logplex", 3: "Deploy 6909d7c6"}
    made = [
        Release(n, what, user, NOW - 60 * n, {}, {}, status=status.get(f"v{n}", Status.SUCCEEDED))
        for n, what in names.items()
    ]
    return View(World("myapp", user, releases=tuple(made)), NOW, NOW, lambda wall: 0)


def listed(shown: View, ink: Ink = PLAIN) -> str:
    return releases(shown, list(shown.world.releases), ink)


def test_the_list() -> None:
    assert listed(view()) == (
        "=== myapp Releases - Current: v3\n"
        "\n"
        "  v    description       user            created_at\n"
        f" {'─' * 77}\n"
        "  v3   Deploy 6909d7c6   dev@localhost   2026/11/26 15:12:20 +0000 (~ 3m ago)\n"
        "  v2   Enable Logplex    dev@localhost   2026/11/26 15:13:20 +0000 (~ 2m ago)\n"
        "  v1   Initial release   dev@localhost   2026/11/26 15:14:20 +0000 (~ 1m ago)\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("status", "words", "colour"),
    [
        (Status.PENDING, "release command executing", 214),
        (Status.FAILED, "release command failed", 217),
        (Status.EXPIRED, "release expired", 248),
    ],
)
def test_what_became_of_it_is_said_in_its_colour(status: Status, words: str, colour: int) -> None:
    shown = view(v3=status)
    assert "Current: v2\n" in listed(shown)
    assert f"  v3   Deploy 6909d7c6 {words}   dev@localhost" in listed(shown)
    assert f"\x1b[38;5;{colour}mv3\x1b[39m" in listed(shown, COLOUR)
    assert f"Deploy 6909d7c6 \x1b[38;5;{colour}m{words}\x1b[39m" in listed(shown, COLOUR)


def test_an_app_without_releases() -> None:
    assert releases(view(), [], PLAIN) == "myapp has no releases.\n"


@given(some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_shell_reads_what_was_quoted(value: str) -> None:
    assert shlex.split(f"A={quoted(value)}") == [f"A={value}"]

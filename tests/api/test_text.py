"""Texts as the Heroku CLI 11.10 printed them for the same resources."""

from __future__ import annotations

from emulator.api import text
from emulator.api.ink import Ink
from emulator.api.view import View
from emulator.app.formation import Quantity
from emulator.app.release import Release
from emulator.dyno.slot import Slot, State
from emulator.runtime.world import World

NOW = 1_795_706_120.0
"""2026-11-26T15:15:20Z"""

PLAIN, COLOUR = Ink(), Ink(colour=True)


def slot(name: str, state: State, command: str, age: float, size: str = "Basic") -> Slot:
    return Slot(name, command, size, shown=state, changed_at=-age)


DYNOS = sorted(
    [
        slot("web.2", State.STARTING, "gunicorn app", 6),
        slot("web.1", State.UP, "gunicorn app", 8),
        slot("web.10", State.CRASHED, "gunicorn app", 3703),
        slot("worker.1", State.UP, "python w.py", 100_003, "Standard-1X"),
        slot("run.12", State.UP, "bash", 73),
        slot("twin.1", State.UP, "python w.py", 90_003),
    ],
    key=lambda slot: slot.name,
)
FORMATION = {
    "web": Quantity(2, "Basic"),
    "worker": Quantity(0, "Standard-1X"),
    "a-very-long-process-type": Quantity(1, "Eco"),
}


def view() -> View:
    user = "dev@localhost"
    releases = [
        Release(n, what, user, NOW - 60 * n, {}, {})
        for n, what in ((1, "Initial release"), (2, "Enable Logplex"), (3, "Deploy 6909d7c6"))
    ]
    return View(World("myapp", user, releases=tuple(releases)), NOW, NOW, lambda wall: 0)


def test_ps():
    assert text.dynos(view(), DYNOS, PLAIN) == (
        "=== run: one-off processes (1)\n"
        "\n"
        "run.12 (Basic): up 2026/11/26 15:14:07 +0000 (~ 1m ago): bash\n"
        "\n"
        "=== twin (Basic): python w.py (2)\n"
        "\n"
        "twin.1: up 2026/11/25 14:15:17 +0000\n"
        "worker.1: up 2026/11/25 11:28:37 +0000\n"
        "\n"
        "=== web (Basic): gunicorn app (3)\n"
        "\n"
        "web.1: up 2026/11/26 15:15:12 +0000 (~ 8s ago)\n"
        "web.2: starting 2026/11/26 15:15:14 +0000 (~ 6s ago)\n"
        "web.10: crashed 2026/11/26 14:13:37 +0000 (~ 1h ago)\n"
        "\n"
    )


def test_ps_in_colour():
    shown = text.dynos(view(), DYNOS, COLOUR).split("\n")
    assert shown[0] == "\x1b[1m=== \x1b[22m\x1b[1m\x1b[1mrun\x1b[1m: one-off processes (1)\x1b[22m"
    assert shown[2] == (
        "run.12 (\x1b[38;5;43mBasic\x1b[39m): \x1b[38;5;40mup\x1b[39m "
        "\x1b[38;5;248m2026/11/26 15:14:07 +0000 (~ 1m ago)\x1b[39m: bash"
    )
    assert shown[9] == (
        "\x1b[1m=== \x1b[22m\x1b[1m\x1b[1mweb\x1b[1m (\x1b[38;5;43mBasic\x1b[39m): "
        "gunicorn app (3)\x1b[22m"
    )
    assert shown[12] == (
        "web.2: \x1b[38;5;214mstarting\x1b[39m "
        "\x1b[38;5;248m2026/11/26 15:15:14 +0000 (~ 6s ago)\x1b[39m"
    )


def test_ps_of_nothing():
    assert text.dynos(view(), [], PLAIN) == "No dynos on myapp\n"
    assert text.dynos(view(), [], COLOUR) == "No dynos on \x1b[38;5;147m⬢ myapp\x1b[39m\n"


def test_a_command_cannot_drive_the_terminal():
    odd = slot("web.1", State.UP, "echo \x1b]0;title\x07 \x1b[31mred", 1)
    shown = text.dynos(view(), [odd], COLOUR)
    assert "echo ^[]0;title^G red" in shown


def test_scale():
    assert text.formation(FORMATION) == (
        "a-very-long-process-type=1:Eco web=2:Basic worker=0:Standard-1X\n"
    )
    named = {"web": Quantity(2), "worker": Quantity(0, "Standard-1X")}
    done = "Scaling dynos... done, now running "
    assert text.scaled(named, PLAIN) == done + "web at 2:Basic, worker at 0:Standard-1X"
    assert text.scaled({"web": Quantity(2)}, COLOUR) == done + "\x1b[38;5;40mweb\x1b[39m at 2:Basic"


def test_types():
    rule = " " + "─" * 75
    assert text.types(FORMATION, PLAIN) == (
        "=== Process Types\n"
        "\n"
        "  type                       size          qty   cost/hour   max cost/month\n"
        f"{rule}\n"
        "  a-very-long-process-type   Eco           1\n"
        "  web                        Basic         2     ~$0.019     $14\n"
        "  worker                     Standard-1X   0     ~$0.035     $0\n"
        "\n"
        "\n"
        "=== Dyno Totals\n"
        "\n"
        "  type          total\n"
        f" {'─' * 21}\n"
        "  Eco           1\n"
        "  Basic         2\n"
        "  Standard-1X   0\n"
        "\n"
        "\n"
        "$5 (flat monthly fee, shared across all Eco dynos)\n"
    )


def test_types_in_colour_line_up():
    shown = text.types(FORMATION, COLOUR).split("\n")
    assert shown[4] == (
        "\x1b[97m \x1b[39m \x1b[38;5;212ma-very-long-process-type\x1b[39m "
        "\x1b[97m \x1b[39m \x1b[38;5;43mEco\x1b[39m         "
        "\x1b[97m \x1b[39m \x1b[38;5;43m1\x1b[39m   "
        "\x1b[97m \x1b[39m           \x1b[97m \x1b[39m                \x1b[97m \x1b[39m"
    )


def test_no_note_without_eco():
    assert "$5 (flat" not in text.types({"web": Quantity(1)}, PLAIN)


def test_fields_are_aligned():
    pairs = {"By": "dev@localhost", "Eligible for Rollback?": "Yes"}
    assert text.fields(pairs, PLAIN) == (
        "By:                     dev@localhost\nEligible for Rollback?: Yes\n"
    )

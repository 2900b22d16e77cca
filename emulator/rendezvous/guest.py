"""Who is expected at the terminal of a one-off."""

from __future__ import annotations

from emulator.fact import Fact


class Guest(Fact):
    """`size` is (columns, lines) of the terminal that the dyno gets; without one it gets pipes.
    `wants_status`: the last thing that the guest is sent is the exit status. `on_screen`: output
    goes to a person's terminal."""

    dyno: str
    size: tuple[int, int] | None = None
    wants_status: bool = False
    on_screen: bool = False

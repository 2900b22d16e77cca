"""The colours of the platform's own lines, as the Heroku CLI gives them.

Source: Heroku CLI, src/lib/run/colorize.ts and its unit test.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match

RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN = ((b"\x1b[%dm" % n, b"\x1b[39m") for n in range(31, 37))
BRIGHT_GREEN, BRIGHT_YELLOW = (b"\x1b[92m", b"\x1b[39m"), (b"\x1b[93m", b"\x1b[39m")
DIM = (b"\x1b[2m", b"\x1b[22m")
NONE = (b"", b"")

if TYPE_CHECKING:
    Colour = tuple[bytes, bytes]


def bold(colour: Colour) -> Colour:
    return b"\x1b[1m" + colour[0], colour[1] + b"\x1b[22m"


IDENTIFIERS: tuple[Colour, ...] = (
    *(YELLOW, GREEN, CYAN, MAGENTA, BLUE),
    *map(bold, (GREEN, CYAN, MAGENTA, YELLOW, BLUE)),
)
_STATES = {b"up": BRIGHT_GREEN, b"complete": BRIGHT_GREEN, b"starting": BRIGHT_YELLOW}
# Departs: crashed is red too; the CLI leaves it plain.
_STATES |= {b"down": RED, b"crashed": RED}


def painted(text: bytes, colour: Colour) -> bytes:
    return colour[0] + text + colour[1] if text else text


def lifecycle(body: bytes) -> bytes:
    """Lines of a dyno's life, coloured; others are left alone.

    Departs: the CLI does so for web and run only, we for every process type.
    """
    return _LIFECYCLE.sub(_lifecycle, body)


_LIFECYCLE = re.compile(
    rb"(?m)^(?:(?P<red>Stopping (?:\w+ )?process(?:es)? with SIG\w+|Error [A-Z]\d\d .*)"
    rb"|(?P<yellow>Unidling|Restarting)"
    rb"|(?P<start>Starting process with command )(?P<command>`.+`)(?P<user> by user .*)?"
    rb"|(?P<change>State changed from )(?P<old>\w+) to (?P<new>\w+)"
    rb"|(?P<exit>Process exited with status )(?P<status>\d+))$"
)


def _lifecycle(match: Match[bytes]) -> bytes:
    part = match.groupdict(b"")
    status = BRIGHT_GREEN if part["status"] == b"0" else RED
    return b"".join(
        (
            painted(part["red"], RED),
            painted(part["yellow"], YELLOW),
            part["start"] + painted(part["command"], bold(CYAN)) + painted(part["user"], GREEN),
            part["change"] + painted(part["old"], _STATES.get(part["old"], NONE)),
            b" to " if part["change"] else b"",
            painted(part["new"], _STATES.get(part["new"], NONE)),
            part["exit"] + painted(part["status"], status),
        )
    )


def router(body: bytes, identifier: Callable[[bytes], Colour]) -> bytes:
    """Router lines, token by token; `identifier` gives the colour of a dyno's name."""

    def token(match: Match[bytes]) -> bytes:
        key, value = match.groups()
        if value is None:
            return painted(key, DIM)
        colour = identifier(value) if key == b"dyno" else _router_colour(key, value)
        return painted(key + b"=", DIM) + painted(value, colour)

    return _TOKEN.sub(token, body)


_TOKEN = re.compile(rb'([^\s="]+|"[^"\n]*")(?:=("[^"\n]*"|[^\s]*))?')
_PLAIN_KEYS = {b"method": bold(MAGENTA), b"path": GREEN, b"code": bold(RED)}
_MILLISECONDS = ((100, BRIGHT_GREEN), (500, GREEN), (5000, YELLOW), (10_000, BRIGHT_YELLOW))
_STATUS = {b"2": GREEN, b"3": CYAN, b"4": YELLOW, b"5": RED}


def _router_colour(key: bytes, value: bytes) -> Colour:
    if key in _PLAIN_KEYS:
        return _PLAIN_KEYS[key]
    if key == b"at" and value == b"error":
        return RED
    if key == b"status":
        return _STATUS.get(value[:1], NONE)
    if key in (b"connect", b"service"):
        number = value.removesuffix(b"ms")
        if not number.isdigit():
            return NONE
        return next((colour for bound, colour in _MILLISECONDS if int(number) < bound), RED)
    return DIM

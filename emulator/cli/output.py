"""What a command writes: bytes to its stdout, sentences to its stderr."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.cli.response import Response

GUTTER = " \u203a   "
WARNING = f"{GUTTER}Warning: "
ERROR = f"{GUTTER}Error: "
"""How the Heroku CLI marks what went wrong. Source: Heroku CLI 11 (oclif), ux.warn and ux.error."""


def write(data: bytes, fd: int = 1) -> None:
    """All of it was written, in order, also to a pipe that somebody made non-blocking."""
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            from select import select

            select([], [fd], [])


def say(text: str, mark: str = "") -> None:
    """The sentence stands on stderr, `mark` before it."""
    lines = text.replace("\n", "\n" + (GUTTER if mark else ""))
    try:
        write(f"{mark}{lines}\n".encode("utf-8", "replace"), 2)
    except OSError:
        pass  # nobody is left to be told


def warn(text: str) -> None:
    """The warning stands on stderr."""
    say(text, WARNING)


def wants_colour(fd: int = 1, env: Mapping[str, str] = os.environ) -> bool:
    """FORCE_COLOR and NO_COLOR decide, else whether it is a terminal that knows colours.

    Source: no-color.org, force-color.org: an empty value does not count.
    """
    if env.get("NO_COLOR"):
        return False
    forced = env.get("FORCE_COLOR", "")
    if forced:
        return forced not in ("0", "false")
    return os.isatty(fd) and env.get("TERM") != "dumb"


def notify(response: Response) -> None:
    """What the Heroku CLI would write to stderr stands there, after our own warnings."""
    if warning := response.text("hk-warning"):
        warn(warning)
    if message := response.text("hk-message"):
        say(message)


def show(response: Response, audience: int = -1) -> int:
    """What the Heroku CLI would print stands on stdout and stderr. Raises BrokenPipeError as soon
    as nobody reads what is written to `audience`."""
    notify(response)
    for block in response.blocks(audience):
        write(block)
    return 0


def show_json(response: Response) -> int:
    """The JSON stands on stdout, indented as the Heroku CLI does it."""
    from json import dumps, loads

    value = loads(response.read())
    write((dumps(value, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
    return 0

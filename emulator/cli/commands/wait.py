"""`ps:wait`."""

from __future__ import annotations

import os
from json import loads

from emulator.cli.client import JSON, Client, query
from emulator.cli.output import write
from emulator.cli.response import Gone
from emulator.errors import UsageError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.cli.response import Response

COLUMNS = 80
"""Of a terminal that does not know."""


class Crashed(UserError):
    """{dynos} crashed"""


def wait(
    type: str | None, with_run: bool, wait_interval: int, app: str | None, dir: str | None
) -> int:
    """Every dyno runs the latest release. Nothing is polled, so there is no interval.

    Departs: on Heroku a dyno that has crashed is waited for without end.
    """
    if type and with_run:
        raise UsageError(f"--type={type} cannot also be provided when using --with-run")
    client = Client(dir, app)
    client.check_app()
    wanted = query(release=1, type=type, run=1 if with_run else None)
    return follow(client.ask("GET", f"/hk-local/wait{wanted}", accept=JSON))


def follow(response: Response) -> int:
    """Source: Heroku CLI, ps:wait, which says nothing if there is nothing to wait for."""
    line = Line()
    try:
        for part in lines(response):
            step = loads(part)
            sentence = f"Waiting for every dyno to be running v{step['release']}..."
            count = f"{step['up']} / {step['of']}"
            if line.is_begun or not step["done"]:
                is_good = step["done"] and not step["crashed"]
                line.show(sentence, f"{count}, done" if is_good else count, step["done"])
            if step["crashed"] and step["done"]:
                raise Crashed(dynos=", ".join(step["crashed"]))
            if step["done"]:
                return 0
        raise Gone
    finally:
        line.end()


class Line:
    """On a terminal one line that changes; elsewhere its beginning and its end."""

    def __init__(self) -> None:
        self.is_begun = False
        self.changes = os.isatty(2) and os.environ.get("TERM") != "dumb"

    def show(self, sentence: str, count: str, is_last: bool) -> None:
        """As wide as the terminal at most: what has more lines cannot be written over."""
        if self.changes:
            room = max((os.get_terminal_size(2).columns or COLUMNS) - len(count) - 2, 0)
            if len(sentence) > room:
                sentence = sentence[: max(room - 1, 0)] + "\u2026"[:room]
            write(f"\r\033[K{sentence} {count}".encode(), 2)
        elif not self.is_begun:
            write(sentence.encode(), 2)
        if is_last and not self.changes:
            write(f" {count}".encode(), 2)
        self.is_begun = True

    def end(self) -> None:
        """What follows, be it an error, stands on a line of its own."""
        if self.is_begun:
            write(b"\n", 2)


def lines(response: Response) -> Iterator[bytes]:
    rest = b""
    for block in response.blocks():
        *lines, rest = (rest + block).split(b"\n")
        yield from lines

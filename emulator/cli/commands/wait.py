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
    begun = False
    for line in lines(response):
        step = loads(line)
        sentence = f"Waiting for every dyno to be running v{step['release']}..."
        count = f"{step['up']} / {step['of']}"
        if step["done"] and begun:
            count += "\n" if step["crashed"] else ", done\n"
        if begun or not step["done"]:
            _progress(sentence, count, begun)
            begun = True
        if step["done"]:
            if step["crashed"]:
                raise Crashed(dynos=", ".join(step["crashed"]))
            return 0
    raise Gone


def _progress(sentence: str, count: str, begun: bool) -> None:
    """On a terminal one line that changes; elsewhere its beginning and its end."""
    if os.isatty(2):
        write(f"\r\033[K{sentence} {count}".encode(), 2)
    elif not begun:
        write(sentence.encode(), 2)
    elif count.endswith("\n"):
        write(f" {count}".encode(), 2)


def lines(response: Response) -> Iterator[bytes]:
    rest = b""
    for block in response.blocks():
        *lines, rest = (rest + block).split(b"\n")
        yield from lines

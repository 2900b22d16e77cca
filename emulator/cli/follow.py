"""A release command, followed by whoever has caused it."""

from __future__ import annotations

from emulator.cli.client import JSON
from emulator.cli.output import say, write
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.cli.client import Client
    from emulator.cli.response import Response

GOES_ON = (
    "hk-local: the release command of v{0} goes on, and v{0} is released if it succeeds;"
    " hk-local releases:output shows it"
)


class ReleaseFailed(UserError):
    """the release command of v{version} failed; the app goes on as v{current}. Once it is mended,
    hk-local releases:retry runs it again"""


def follow(client: Client, response: Response) -> int:
    """If a release command runs after that response, its output was shown and it succeeded; else
    ReleaseFailed. Source: Heroku CLI, releases:rollback; its exit code is 0 then, too."""
    version = response.headers.get("hk-release")
    if version is None:
        return 0
    output(client, version)
    from json import loads

    ended = loads(client.ask("GET", f"{client.path}/releases/{version}", accept=JSON).read())
    if ended["status"] != "succeeded":
        status = loads(client.ask("GET", "/hk-local/status", accept=JSON).read())
        raise ReleaseFailed(version=version, current=status["release"])
    return 0


def output(client: Client, version: str) -> None:
    """What the release command writes was shown; whoever looks away before is told that it runs
    on."""
    write(b"Running release command...\n")
    try:
        for block in client.ask("GET", f"{client.path}/releases/{version}/output").blocks():
            write(block)
    except KeyboardInterrupt:
        say(GOES_ON.format(version))
        raise

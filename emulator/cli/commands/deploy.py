"""`deploy`."""

from __future__ import annotations

from json import loads

from emulator.cli.client import JSON, Client, query
from emulator.cli.commands.wait import follow, lines
from emulator.cli.follow import output
from emulator.cli.output import say, write
from emulator.cli.response import Gone
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.cli.response import Response


class NotDeployed(UserError):
    """{reason}; the release before goes on"""


def deploy(no_wait: bool, app: str | None, dir: str | None) -> int:
    """The code is built and released, and its dynos are up. Raises NotDeployed, Crashed."""
    client = Client(dir, app)
    client.check_app()
    version = shown(client, client.ask("POST", "/hk-local/builds", accept=JSON))
    if no_wait:
        return 0
    code = follow(client.ask("GET", f"/hk-local/wait{query(release=1)}", accept=JSON))
    say(f"v{version} is live")
    return code


def shown(client: Client, response: Response) -> int:
    """The build's lines stand on stdout, and what its release command writes; the version of the
    release. Raises NotDeployed."""
    for line in lines(response):
        happened = loads(line)
        if "line" in happened:
            write(f"{happened['line']}\n".encode("utf-8", "replace"))
        elif "pending" in happened:
            output(client, str(happened["pending"]))
        elif "version" in happened:
            return int(happened["version"])
        else:
            raise NotDeployed(reason=happened["error"].rstrip("."))
    raise Gone

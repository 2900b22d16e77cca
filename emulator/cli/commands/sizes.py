"""`ps:type`."""

from __future__ import annotations

from json import dumps

from emulator.cli.client import Client
from emulator.cli.output import show
from emulator.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def sizes(sizes: Sequence[str], app: str | None, dir: str | None) -> int:
    """The dyno sizes are as wanted, and printed. Source: Heroku CLI, ps:type."""
    client = Client(dir, app)
    path = f"{client.path}/formation?view=type"
    if not sizes:
        return show(client.ask("GET", path))
    return show(client.ask("PATCH", path, dumps({"updates": _updates(sizes)})))


def _updates(words: Sequence[str]) -> list[dict[str, str]]:
    if len(words) == 1 and "=" not in words[0]:
        return [{"type": "all", "size": words[0]}]
    pairs = [word.partition("=") for word in words]
    for type_, equals, size in pairs:
        if not (type_ and equals and size):
            raise UsageError(f"{type_}{equals}{size}: expected TYPE=SIZE, such as web=standard-1x")
    return [{"type": type_, "size": size} for type_, _, size in pairs]

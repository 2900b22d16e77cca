"""`run` and `run:detached`."""

from __future__ import annotations

import os
from json import dumps, loads

from emulator.cli.client import JSON, TEXT, Client, NoEmulator, query
from emulator.cli.output import notify, say, show, warn
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.cli.response import Response

NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")


class Deserted(UserError):
    """the emulator went away, and {dyno} with it"""


def run(
    words: Sequence[str],
    env: Sequence[str],
    no_tty: bool,
    size: str | None,
    type: str | None,
    exit_code: bool,
    no_launcher: bool,
    no_notify: bool,
    app: str | None,
    dir: str | None,
) -> int:
    """The command has run in a one-off dyno; its exit code.

    Departs: with or without `--exit-code`, which Heroku wants for it.
    """
    client = Client(dir, app)
    command, extra = command_line(words), variables(env)
    has_terminal = os.isatty(0) and os.isatty(1) and not no_tty
    if has_terminal and "TERM" in os.environ:
        # Departs: no COLUMNS and LINES, which would hide from the command that a window changes.
        extra = {"TERM": os.environ["TERM"], **extra}
    body = {"command": command, "attach": True, "env": extra, "size": size, "type": type}
    request = _json({**body, "force_no_tty": no_tty or None})
    try:
        if has_terminal:
            return _on_terminal(client, request)
        return _on_pipes(client, request) if no_tty else _on_ours(client, request)
    except NoEmulator:
        from emulator.cli.alone import run_alone

        return run_alone(client.dir, command, extra)


def detached(
    words: Sequence[str],
    env: Sequence[str],
    size: str | None,
    type: str | None,
    tail: bool,
    no_launcher: bool,
    app: str | None,
    dir: str | None,
) -> int:
    """The command runs in a one-off dyno that logs."""
    client = Client(dir, app)
    command = command_line(words)
    body = {"command": command, "attach": False, "env": variables(env), "size": size, "type": type}
    path = f"{client.path}/dynos"
    if not tail:
        return show(client.ask("POST", path, _json(body)))
    dyno = loads(client.ask("POST", path, _json(body), JSON).read())
    say(f"Running {command} on ⬢ {dyno['app']['name']}... done, {dyno['name']}")
    wanted = query(tail=1, dyno=dyno["name"], format="text")
    return show(client.ask("GET", f"{client.path}/logs{wanted}"))


def _on_terminal(client: Client, request: str) -> int:
    from emulator.cli.terminal import Terminal

    terminal = Terminal()
    response = _ask(client, request, [terminal.slave], ["HK-Tty: 1"])
    terminal.relay(response)
    return _status(response)


def _on_pipes(client: Client, request: str) -> int:
    from emulator.cli.pipes import Pipes

    pipes = Pipes()
    response = _ask(client, request, pipes.lent)
    pipes.relay(response)
    return _status(response)


def _on_ours(client: Client, request: str) -> int:
    """The dyno reads and writes what we would; nothing is copied."""
    return _status(_ask(client, request, (0, 1, 2)))


def _ask(
    client: Client, request: str, lend: Sequence[int], headers: Sequence[str] = ()
) -> Response:
    """The response, which goes on until the dyno has ended. A person is told which dyno it is; a
    script's stderr has only what the command writes."""
    response = client.ask("POST", f"{client.path}/dynos", request, TEXT, headers, lend)
    if not os.isatty(2):
        response.headers.pop("hk-message", None)
    notify(response)
    return response


def _status(response: Response) -> int:
    status = response.read().strip()
    if not status.isdigit():
        raise Deserted(dyno=response.headers["hk-dyno"])
    return int(status) & 0xFF


def _json(body: dict[str, object]) -> str:
    return dumps({name: value for name, value in body.items() if value is not None})


def command_line(words: Sequence[str]) -> str:
    """The words as one line for a shell. Source: Heroku CLI, src/lib/run/helpers.ts, buildCommand:
    a single word is taken as it is; of several, those with a blank or a quote are quoted."""
    if len(words) == 1:
        return words[0]
    return " ".join(_quoted(word) if " " in word or '"' in word else word for word in words)


def _quoted(word: str) -> str:
    escaped = word.replace('"', '\\"')
    return f'"{escaped}"'


def variables(flags: Sequence[str]) -> dict[str, str]:
    """What `-e 'A=1;B=2'` sets. Source: Heroku CLI, src/lib/run/helpers.ts, buildEnvFromFlag."""
    found = {}
    for part in (part for flag in flags for part in flag.split(";") if part.strip()):
        name, equals, value = part.partition("=")
        name = name.strip()
        if name and equals and NAME_CHARACTERS.issuperset(name):
            found[name] = value.lstrip()
        else:
            warn(f"env flag {part} appears invalid. Avoid using ';' in values.")
    return found

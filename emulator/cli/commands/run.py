"""`run`, `run:detached` and the commands that are like `run`."""

from __future__ import annotations

import os
from json import dumps, loads

from emulator.cli.client import JSON, TEXT, Client, NoEmulator, query, quote
from emulator.cli.output import notify, say, show, warn
from emulator.errors import UsageError, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    try:
        return _attach(client, "/dynos", no_tty, command=command, env=extra, size=size, type=type)
    except NoEmulator:
        from emulator.cli.alone import run_alone

        return run_alone(client.dir, command, _terminal(no_tty) | extra)


def console(env: Sequence[str], size: str | None, app: str | None, dir: str | None) -> int:
    """The process type `console` has run, attached. Source: Heroku CLI, src/commands/console.ts."""
    return run(["console"], env, False, size, None, False, False, False, app, dir)


def inside(
    words: Sequence[str],
    env: Sequence[str],
    no_tty: bool,
    exit_code: bool,
    no_launcher: bool,
    app: str | None,
    dir: str | None,
) -> int:
    """The command has run beside the dyno that the first word names; its exit code."""
    dyno, *command = words
    command = command[1:] if command[:1] == ["--"] else command
    if not command:
        # Source: Heroku CLI, src/commands/run/inside.ts.
        raise UsageError("Usage: hk-local run:inside DYNO COMMAND")
    path = f"/dynos/{quote(dyno)}"
    line = command_line(command)
    return _attach(Client(dir, app), path, no_tty, command=line, env=variables(env))


def exec_(
    words: Sequence[str],
    dyno: str,
    status: bool,
    ssh: bool,
    app: str | None,
    dir: str | None,
) -> int:
    """A shell, or the command, has run beside the dyno. There is nothing to be gone through by
    SSH: the dyno is on this machine."""
    client = Client(dir, app)
    if status:
        return show(client.ask("GET", f"{client.path}/dynos"))
    path, line = f"/dynos/{quote(dyno)}", command_line(words or ["bash"])
    return _attach(client, path, False, command=line, env={})


def _attach(
    client: Client, path: str, no_tty: bool, env: Mapping[str, str], **body: str | None
) -> int:
    """What the body asks for has run with our terminal, or else with our files; its exit code."""
    path = client.path + path
    env = {**_terminal(no_tty), **env}
    request = _json({**body, "attach": True, "env": env, "force_no_tty": no_tty or None})
    if _has_terminal(no_tty):
        return _on_terminal(client, path, request)
    return _on_pipes(client, path, request) if no_tty else _on_ours(client, path, request)


def _has_terminal(no_tty: bool) -> bool:
    return os.isatty(0) and os.isatty(1) and not no_tty


def _terminal(no_tty: bool) -> dict[str, str]:
    """Departs: no COLUMNS and LINES, which would hide from the command that a window changes."""
    if _has_terminal(no_tty) and "TERM" in os.environ:
        return {"TERM": os.environ["TERM"]}
    return {}


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


def _on_terminal(client: Client, path: str, request: str) -> int:
    from emulator.cli.terminal import Terminal

    terminal = Terminal()
    response = _ask(client, path, request, [terminal.slave], ["HK-Tty: 1"])
    terminal.relay(response)
    return _status(response)


def _on_pipes(client: Client, path: str, request: str) -> int:
    from emulator.cli.pipes import Pipes

    pipes = Pipes()
    response = _ask(client, path, request, pipes.lent)
    pipes.relay(response)
    return _status(response)


def _on_ours(client: Client, path: str, request: str) -> int:
    """The dyno reads and writes what we would; nothing is copied."""
    return _status(_ask(client, path, request, (0, 1, 2)))


def _ask(
    client: Client, path: str, request: str, lend: Sequence[int], headers: Sequence[str] = ()
) -> Response:
    """The response, which goes on until the dyno has ended. A person is told which dyno it is; a
    script's stderr has only what the command writes."""
    response = client.ask("POST", path, request, TEXT, headers, lend)
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

"""`ps` and the commands that change what it shows."""

from __future__ import annotations

from emulator.cli.client import JSON, Client, query, quote
from emulator.cli.output import show, show_json, warn
from emulator.errors import FormationError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def dynos(
    types: Sequence[str],
    json: bool,
    extended: bool,
    no_wrap: bool,
    app: str | None,
    dir: str | None,
) -> int:
    """The dynos are listed. `extended` needs a Heroku employee; no table of ours wraps."""
    client = Client(dir, app)
    path = f"{client.path}/dynos{query(type=types)}"
    if json:
        return show_json(client.ask("GET", path, accept=JSON))
    return show(client.ask("GET", path))


def scale(changes: Sequence[str], app: str | None, dir: str | None) -> int:
    """The formation is printed, or is as the changes want it."""
    client = Client(dir, app)
    path = f"{client.path}/formation"
    if not changes:
        return show(client.ask("GET", path))
    return show(client.ask("PATCH", path, f'{{"updates":[{",".join(_updates(changes))}]}}'))


def _updates(words: Sequence[str]) -> list[str]:
    from emulator.app.formation import parse_changes

    try:
        changes = parse_changes(words)
    except FormationError as error:
        raise UsageError(str(error)) from None
    return [
        f'{{"type":"{change.type}","quantity":"{change.op.strip("=")}{change.amount}"'
        + (f',"size":"{change.size}"}}' if change.size else "}")
        for change in changes
    ]


def restart(
    dyno: str | None,
    dyno_name: str | None,
    process_type: str | None,
    app: str | None,
    dir: str | None,
) -> int:
    """One dyno, those of a type, or all of them restart."""
    client = Client(dir, app)
    target = _target(dyno, dyno_name, process_type) or "/dynos"
    return show(client.ask("DELETE", client.path + target))


def stop(
    dyno: str | None,
    dyno_name: str | None,
    process_type: str | None,
    app: str | None,
    dir: str | None,
) -> int:
    """One dyno or those of a type stop."""
    target = _target(dyno, dyno_name, process_type)
    if not target:
        # Source: Heroku CLI, ps:stop.
        raise UsageError(
            "Please specify a process type or dyno name to stop.\nSee more help with --help"
        )
    client = Client(dir, app)
    return show(client.ask("POST", f"{client.path}{target}/actions/stop"))


def _target(dyno: str | None, dyno_name: str | None, process_type: str | None) -> str:
    """The path of what is meant, below the app's. Source: Heroku CLI, ps:restart and ps:stop."""
    if process_type and dyno_name:
        raise UsageError(
            f"--process-type={process_type} cannot also be provided when using --dyno-name"
        )
    if process_type:
        return f"/formations/{quote(process_type)}"
    name = dyno_name or dyno
    if name and not dyno_name:
        warn("DYNO is a deprecated argument. Use --dyno-name or --process-type instead.")
    return f"/dynos/{quote(name)}" if name else ""


def cycle(target: str | None, app: str | None, dir: str | None) -> int:
    """The dyno, those of the type, or all of them are being cycled."""
    from json import dumps

    client = Client(dir, app)
    client.check_app()
    return show(client.ask("POST", "/hk-local/cycle", dumps({"target": target})))

"""`scheduler` and what begins with it: Heroku Scheduler's jobs."""

from __future__ import annotations

from emulator.cli.client import JSON, Client, quote
from emulator.cli.output import say, show, show_json, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

JOBS = "/hk-local/scheduler/jobs"


def jobs(json: bool, app: str | None, dir: str | None) -> int:
    """The jobs are listed."""
    client = _client(dir, app)
    if json:
        return show_json(client.ask("GET", JOBS, accept=JSON))
    return show(client.ask("GET", JOBS))


def add(
    words: Sequence[str],
    every: str,
    at: str | None,
    size: str | None,
    app: str | None,
    dir: str | None,
) -> int:
    """The command will be run when it is due."""
    from json import dumps

    from emulator.cli.commands.run import command_line

    body = {"command": command_line(words), "every": every, "at": at, "size": size}
    return show(_client(dir, app).ask("POST", JOBS, dumps(body)))


def remove(job: str, app: str | None, dir: str | None) -> int:
    """The job is gone."""
    return show(_client(dir, app).ask("DELETE", _path(job)))


def run(job: str, app: str | None, dir: str | None) -> int:
    """The job runs."""
    return show(_client(dir, app).ask("POST", f"{_path(job)}/actions/run"))


def open_page(print_only: bool, app: str | None, dir: str | None) -> int:
    """The page is open in a browser, or its address stands on stdout."""
    response = _client(dir, app).ask("POST", "/hk-local/scheduler/links")
    if print_only:
        return show(response)
    import webbrowser

    url = response.read().decode().strip()
    if not webbrowser.open(url):
        say("There is no browser here; this address is good for five minutes:")
        write(f"{url}\n".encode())
    return 0


def _client(dir: str | None, app: str | None) -> Client:
    client = Client(dir, app)
    client.check_app()
    return client


def _path(job: str) -> str:
    return f"{JOBS}/{quote(job)}"

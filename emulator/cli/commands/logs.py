"""`logs`."""

from __future__ import annotations

from emulator.cli.client import Client, query
from emulator.cli.output import show
from emulator.errors import UsageError


def logs(
    num: int | None,
    tail: bool,
    source: str | None,
    dyno_name: str | None,
    process_type: str | None,
    since: str | None,
    grep: str | None,
    json: bool,
    no_color: bool,
    app: str | None,
    dir: str | None,
) -> int:
    """The log is copied to stdout, as the emulator formats it."""
    if dyno_name and process_type:
        raise UsageError(
            f"--process-type={process_type} cannot also be provided when using --dyno-name"
        )
    client = Client(dir, app)
    wanted = query(
        lines=num,
        tail=1 if tail else None,
        dyno=dyno_name,
        type=process_type,
        source=source,
        since=since,
        grep=grep,
        format="json" if json else "text",
        color=0 if no_color else None,
    )
    return show(client.ask("GET", f"{client.path}/logs{wanted}"), audience=1)

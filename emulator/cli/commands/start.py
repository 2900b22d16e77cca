"""`start`."""

from __future__ import annotations

import os

from emulator.app.formation import parse_changes
from emulator.cli.output import wants_colour
from emulator.cli.start import Options, run
from emulator.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def start(
    processes: Sequence[str],
    env: Sequence[str],
    formation: Sequence[str],
    only: Sequence[str],
    exclude: Sequence[str],
    pace: str | None,
    time_scale: float,
    forwarded_proto: str | None,
    no_router: bool,
    reload: Sequence[str],
    no_reload: bool,
    no_prefix: bool,
    dir: str | None,
    **plain: Any,
) -> int:
    """The app ran until it was stopped, or runs in the background. `plain` goes to it as it is."""
    if not time_scale > 0:
        raise UsageError(f"--time-scale {time_scale:g}: expected a number above 0")
    if "HK_LOCAL_BEFORE" in os.environ:  # by eval "$(hk-local env)"
        from emulator.cli.environment import undo

        undo(os.environ)
    chosen, quantities = selection(processes)
    options = Options(
        dir=_folder(dir),
        env=tuple(env),
        formation=(*formation, *quantities),
        only=(*only, *chosen),
        exclude=tuple(exclude),
        paced=pace == "heroku",
        time_scale=time_scale,
        forwarded_proto=forwarded_proto or "",
        router=not no_router,
        reload=not no_reload,
        reload_only=_reloaded(reload, no_reload),
        prefix=not no_prefix,
        colour=wants_colour(),
        **plain,
    )
    check(options)
    return run(options)


def _reloaded(types: Sequence[str], none: bool) -> tuple[str, ...]:
    if types and none:
        raise UsageError(f"--reload={types[0]} cannot also be provided when using --no-reload")
    return tuple(types)


def check(options: Options) -> None:
    """The words are in a form that there is, and so is what the app declares of add-ons, which
    nothing else at start needs. Raises UserError before anything is done."""
    parse_changes(options.formation)
    if os.path.lexists(os.path.join(options.dir, "hk-local.toml")):
        from emulator.cli.declarations import read

        read(options.dir)


def selection(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types to run, and how many of them: `web worker=2`, or `web,worker=2`.

    Source: Heroku CLI, local: `heroku local web=1,worker=2` runs these process types only.
    """
    parts = [part.strip() for word in words for part in word.split(",")]
    chosen = tuple(part.partition("=")[0] for part in parts)
    return chosen, tuple(part for part in parts if "=" in part)


def _folder(given: str | None) -> str:
    """Unlike other commands, start never looks for an app above the current folder."""
    chosen = given or os.environ.get("HK_LOCAL_DIR") or os.curdir
    try:
        os.stat(os.path.join(chosen, ""))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{chosen}: no such folder") from None
    return chosen

"""What the Heroku CLI prints of releases, letter by letter.

Source: Heroku CLI 11.10 (2026), src/commands/releases and src/lib/releases, and its output.
"""

from __future__ import annotations

from emulator.app.release import Status

from . import text
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.release import Release

    from .ink import Ink
    from .view import View

WORDS = {
    Status.EXPIRED: "release expired",
    Status.FAILED: "release command failed",
    Status.PENDING: "release command executing",
}
SPECIAL = frozenset("\"\t\n\v\f\r #!$&'()*,:;<=>?@[\\]^`{|}")


def releases(view: View, items: list[Release], ink: Ink) -> str:
    """The releases, the newest first."""
    if not items:
        return f"{ink.app(view.world.app)} has no releases.\n"
    title = ink.app(view.world.app) + " Releases"
    if view.world.release:
        title += " - " + ink.name(f"Current: v{view.world.release}")
    rows = [_row(view, item, ink) for item in sorted(items, key=lambda item: -item.version)]
    return ink.header(title) + ink.table(("v", "description", "user", "created_at"), rows)


def _row(view: View, item: Release, ink: Ink) -> tuple[str, str, str, str]:
    words = WORDS.get(item.status)
    version, description = ink.name(f"v{item.version}"), item.description
    if words:
        version = _painted(f"v{item.version}", item.status, ink)
        description += f" {_painted(words, item.status, ink)}"
    return version, description, ink.user(item.user), view.ago(item.created_at)


def _painted(words: str, status: Status, ink: Ink) -> str:
    paint = {Status.EXPIRED: ink.grey, Status.FAILED: ink.failure, Status.PENDING: ink.warning}
    return paint[status](words)


def info(view: View, item: Release, shell: bool, ink: Ink) -> str:
    """`releases:info`."""
    change, words = item.description, WORDS.get(item.status)
    if words:
        change += f" ({_painted(words, item.status, ink)})"
    can = bool(item.types) and item.status is Status.SUCCEEDED
    shown = {
        "By": ink.user(item.user),
        "Change": change,
        "Eligible for Rollback?": "Yes" if can else "No",
        "When": iso(item.created_at),
    }
    config = dict(sorted(item.config.items()))
    name = ink.name(f"v{item.version}")
    lines = "".join(f"{key}={quoted(value)}\n" for key, value in config.items())
    return (
        ink.header(f"Release {name}")
        + text.fields(shown, ink)
        + "\n"
        + ink.header(f"{name} Config vars")
        + (lines if shell else text.fields(config, ink))
    )


def quoted(value: str) -> str:
    """As a shell reads it.

    Departs: the Heroku CLI writes a line end as \\n in double quotes, which no shell reads as one.
    """
    if not SPECIAL & set(value):
        return value
    return "'" + value.replace("'", "'\\''") + "'"

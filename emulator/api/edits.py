"""Changes of the user's config vars that come with a release, and what the client is told."""

from __future__ import annotations

from emulator.app.config_vars import MOST_BYTES, size
from emulator.app.formation import RELEASE
from emulator.errors import UserError
from emulator.runtime.command import SetConfig
from emulator.runtime.releasing import ReleasePending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.fact import Fact

    from .answer import Answer
    from .call import Call

EXECUTING = (
    "Release command executing: this config change will not be available until the command "
    "succeeds. Use `heroku releases:output` to view the log."
)
"""Source: github.com/heroku/cli, issue 3345 (2025)."""


class TooMuch(UserError):
    """Config vars would take {size} bytes; Heroku allows an app {most} (64 kB) in all."""

    def __init__(self, size: int) -> None:
        super().__init__(size=size, most=MOST_BYTES)


def submit(
    call: Call,
    changes: Mapping[str, str | None],
    types: Mapping[str, str],
    command: Fact | None = None,
) -> str:
    """The command (without one, to set what the files say then) was decided, and the user's files
    are changed: at once or, if these process types have a release command, once it has succeeded.
    What the user must be warned of.
    """
    world = call.world
    after = call.app.config_after(changes)
    taken, before = size(after), size(world.config)
    if taken > MOST_BYTES and taken > before:
        raise TooMuch(taken)
    if world.pending:
        raise ReleasePending(world.pending)
    if RELEASE not in types:
        call.app.edit_config(changes)
    warning = call.submit(command or SetConfig(after))
    if call.world.pending:
        call.app.edit_later(call.world.newest, changes)
    elif RELEASE in types and call.world.newest == world.newest:
        call.app.edit_config(changes)  # back to what runs, which takes no release
    return warning


def made(call: Call, answer: Answer) -> Answer:
    """The answer, which also says whether a release command runs now: our client follows it."""
    pending = call.world.pending
    if not pending:
        return answer
    return answer.replace(fields=(*answer.fields, ("HK-Release", str(pending.version))))

"""`config:edit`. Source: Heroku CLI, src/commands/config/edit.ts."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile

from emulator.api.ink import Ink
from emulator.cli import quoting
from emulator.cli.client import Client
from emulator.cli.commands.config import change, current
from emulator.cli.follow import follow
from emulator.cli.output import say, wants_colour, warn, write
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_EDITOR = "vi"
"""Departs: the Heroku CLI has vim, which a machine may lack; POSIX has this one."""


class NoEditor(UserError):
    """{editor}: {reason}. Name an editor in $VISUAL or $EDITOR."""


class EditorFailed(UserError):
    """Editor exited with code {code}; nothing was changed."""


class Changed(UserError):
    """Config changed on server. Refusing to update."""


class NotChanged(UserError):
    """{reason}. Nothing was changed."""


def edit(name: str | None, app: str | None, dir: str | None) -> int:
    """What the user has made of the config vars in an editor is in force, if they agree."""
    client = Client(dir, app)
    before = current(client)
    after = dict(before)
    if name:
        after[name] = _edited(before.get(name, ""), "", client.dir).removesuffix("\n")
    else:
        text = _edited(quoting.lines(before), ".sh", client.dir)
        try:
            after = quoting.read(text)
        except UserError as error:
            raise NotChanged(reason=str(error)) from None
    if after == before:
        warn("no changes to config")
        return 0
    write(f"\nConfig Diff:\n{difference(before, after, Ink(wants_colour()))}\n".encode())
    if not _agrees():
        return 0
    if current(client) != before:
        raise Changed
    response = change(client, {**dict.fromkeys(before), **after})
    say("Updating config... done")
    return follow(client, response)


def _edited(text: str, suffix: str, dir: str) -> str:
    """The text as the user has left it. The file is theirs alone, and gone afterwards."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or DEFAULT_EDITOR
    descriptor, path = tempfile.mkstemp(suffix, "hk-local-config-")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        code = subprocess.run([*shlex.split(editor), path], cwd=dir).returncode
        if code:
            raise EditorFailed(code=code)
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise NoEditor(editor=editor, reason=error.strerror) from None
    except UnicodeDecodeError:
        raise NotChanged(reason="what the editor has saved is not UTF-8") from None
    finally:
        if os.path.exists(path):
            os.unlink(path)


def difference(before: Mapping[str, str], after: Mapping[str, str], ink: Ink) -> str:
    """`- NAME=old` and `+ NAME=new` lines, by name."""
    lines = []
    for name in sorted({*before, *after}):
        if before.get(name) == after.get(name):
            continue
        if name in before:
            lines.append(ink.warning(f"- {name}={quoting.quote(before[name])}"))
        if name in after:
            lines.append(ink.success(f"+ {name}={quoting.quote(after[name])}"))
    return "".join(f"{line}\n" for line in lines)


def _agrees() -> bool:
    try:
        return input("Update config with these values? [y/N] ").lower() in ("y", "yes")
    except EOFError:
        return False

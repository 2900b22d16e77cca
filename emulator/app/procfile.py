"""Procfile text as process types: honcho's grammar, but what honcho skips is an error here."""

from __future__ import annotations

from emulator.app.text import decode, shown
from emulator.errors import ProcfileError
from emulator.fact import Fact

TYPE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
LONGEST_TYPE = 128
"""Source: Dev Center, platform-api-reference, formation type `^[-\\w]{1,128}$`."""


ONE_OFFS = ("run", "scheduler")
"""How the dynos of `run` and of Heroku Scheduler are called. Source: Dev Center, one-off-dynos;
log samples."""


class ProcessType(Fact):
    """One line of a Procfile."""

    name: str
    command: str
    line: int


class Procfile(Fact):
    """The process types in the order of the file, and what was odd about it."""

    types: tuple[ProcessType, ...]
    notices: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all types, `release` included."""
        return tuple(type_.name for type_ in self.types)

    def command(self, name: str) -> str | None:
        """The command of a type, or None if there is no such type."""
        return next((type_.command for type_ in self.types if type_.name == name), None)


def parse(data: bytes, path: str) -> Procfile:
    """The Procfile that the bytes are; `path` is how messages call it.

    Raises ProcfileError for a line that is neither blank, a comment nor `TYPE: COMMAND`.
    """
    text, notices = decode(data, path, ProcfileError)
    types: dict[str, ProcessType] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _process_type(line, number, path)
        if found.name in types:
            first = types[found.name].line
            raise ProcfileError(
                f"{path}:{number}: process type {found.name} is already on line {first}"
            )
        types[found.name] = found
        notices += _oddities(found, path)
    if not types:
        raise ProcfileError(f"{path}: no process types; expected lines such as 'web: npm start'")
    return Procfile(tuple(types.values()), notices)


def is_type_name(name: str) -> bool:
    """Whether Heroku would take it as the name of a process type."""
    return 0 < len(name) <= LONGEST_TYPE and TYPE_CHARACTERS.issuperset(name)


def _process_type(line: str, number: int, path: str) -> ProcessType:
    name, colon, command = line.partition(":")
    command = command.strip()
    if not colon or not is_type_name(name):
        hint = _hint(name) if colon else ""
        raise ProcfileError(f"{path}:{number}: expected 'TYPE: COMMAND', found {shown(line)}{hint}")
    if not command:
        raise ProcfileError(f"{path}:{number}: process type {name} has no command")
    if (len(command) - len(command.rstrip("\\"))) % 2:
        raise ProcfileError(
            f"{path}:{number}: the command of {name} ends with a backslash, "
            "but a command cannot go on in a second line"
        )
    return ProcessType(name, command, number)


def _hint(name: str) -> str:
    bare = name.strip()
    if len(bare) > LONGEST_TYPE:
        return f"; a type has at most {LONGEST_TYPE} characters, this one {len(bare)}"
    if is_type_name(bare):
        side = "before" if name[0].isspace() else "after"
        return f"; there is a blank {side} the type, did you mean '{bare}:'?"
    mended = "".join(c if c in TYPE_CHARACTERS else "-" for c in bare).strip("-")
    rule = "; a type is made of letters, digits, - and _"
    return f"{rule}, did you mean '{mended}:'?" if mended else rule


def _oddities(found: ProcessType, path: str) -> tuple[str, ...]:
    """Notices of characters that a reader cannot see but the shell takes as letters, and of a name
    that other dynos have, too."""
    place, name, notices = f"{path}:{found.line}", found.name, []
    unseen = [c for c in found.command if not c.isprintable() and c != "\t"]
    if unseen:
        point = f"U+{ord(unseen[0]):04X}"
        notices.append(f"{place}: the command of {name} has an invisible character, {point}")
    if name in ONE_OFFS:
        notices.append(
            f"{place}: one-off dynos are called {name}.N, too; another name keeps them apart"
        )
    return tuple(notices)

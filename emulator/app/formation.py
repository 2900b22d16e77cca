"""What a formation should be: `web=2 worker+1:Standard-2X` read, and applied to quantities."""

from __future__ import annotations

from emulator.app.procfile import TYPE_CHARACTERS, is_type_name
from emulator.app.text import shown
from emulator.errors import FormationError, NotAChange, NotFound
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

DEFAULT_SIZE = "Basic"
"""What Heroku gives a new app that has no Eco subscription."""

MOST_DYNOS = 10_000
"""Of one type; a slip of the finger should not fill the machine's process table."""

ALL = "all"
"""Foreman's name for every type, unless the Procfile has a type of that name."""

CONSOLE = "console"
"""Nothing but a command for `run:console`. Source: Heroku CLI, src/commands/run/console.ts."""
RELEASE = "release"
"""The release phase's command: a one-off dyno runs it, so it is never scaled.
Source: Dev Center, release-phase."""


class Change(Fact):
    """`web=2`: op is `=`, `+` or `-`. `+0` with a size changes the size alone."""

    type: str
    op: str
    amount: int
    size: str | None = None


class Quantity(Fact):
    """How many dynos of a type, and of what size."""

    quantity: int
    size: str = DEFAULT_SIZE


def parse_changes(words: Iterable[str]) -> tuple[Change, ...]:
    """The changes that words such as `web=2`, `worker+1:Standard-2X` or `web=2,worker=0` ask for.

    Departs: the Heroku CLI silently drops what does not match.
    """
    return tuple(parse_change(part) for part in _split(words))


def parse_change(word: str) -> Change:
    r"""One change. Source: Heroku CLI, ps:scale, `^([\w-]+)([=+-]\d+)(?::([\w-]+))?$`."""
    order, colon, size = word.partition(":")
    rest = order.rstrip("0123456789")
    type_, op, digits = rest[:-1], rest[-1:], order[len(rest) :]
    well_sized = TYPE_CHARACTERS.issuperset(size) and bool(size) == bool(colon)
    if not (is_type_name(type_) and op in ("=", "+", "-") and digits and well_sized):
        raise NotAChange(
            f"{shown(word)}: expected TYPE=QUANTITY, TYPE+N or TYPE-N, "
            "with :SIZE if you like, such as web=2 or worker+1:Standard-2X"
        )
    if len(digits.lstrip("0")) > len(str(MOST_DYNOS)):
        raise NotAChange(f"{shown(word)}: at most {MOST_DYNOS} dynos of one type")
    return Change(type_, op, int(digits), size or None)


def apply(
    changes: Iterable[Change],
    current: Mapping[str, Quantity],
    types: Sequence[str],
    canonical: Callable[[str], str],
) -> dict[str, Quantity]:
    """The formation after the changes, in the order of `types`; a type not in `current` has 0.

    `all` is applied first, so that `web=2,all=1` and `all=1,web=2` are the same.
    `canonical` spells a dyno size as Heroku does, or raises.
    """
    formation = {name: current.get(name, Quantity(0)) for name in _scalable(types)}
    for change in sorted(changes, key=lambda change: change.type != ALL):
        is_all = change.type == ALL and ALL not in formation
        for name in formation if is_all else (change.type,):
            if name not in formation:
                raise NotFound(f"Couldn't find that process type ({name}).{_known(formation)}")
            formation[name] = _changed(formation[name], change, name, canonical)
    return formation


def _changed(
    before: Quantity, change: Change, name: str, canonical: Callable[[str], str]
) -> Quantity:
    by = {"=": change.amount - before.quantity, "+": change.amount, "-": -change.amount}
    quantity = before.quantity + by[change.op]
    if quantity < 0:
        raise FormationError(
            f"{name}-{change.amount}: {name} has {before.quantity}, so at most that can go"
        )
    if quantity > MOST_DYNOS:
        raise FormationError(f"{name} at {quantity}: at most {MOST_DYNOS} dynos of one type")
    return Quantity(quantity, canonical(change.size) if change.size else before.size)


def initial(types: Iterable[str], heroku: bool) -> dict[str, Quantity]:
    """The first formation: every type at 1, as foreman does, or by Heroku's rule web 1, others 0.

    A console is for `run`: as a dyno, with nothing on its standard input, it would end at once.
    Source: the log of a first deploy, `Scaled to console@0:Basic rake@0:Basic web@1:Basic`.
    """
    known = _scalable(types)
    some = ("web",) if heroku else [name for name in known if name != CONSOLE]
    return {name: Quantity(int(name in some)) for name in known}


def narrow(types: Iterable[str], only: Iterable[str], exclude: Iterable[str]) -> tuple[str, ...]:
    """The types that `--only` and `--except` leave; without `--only` all are chosen."""
    known = _scalable(types)
    chosen, left_out = check(known, only), check(known, exclude)
    left = tuple(name for name in known if name in (chosen or known) and name not in left_out)
    if known and not left:
        raise FormationError("--only and --except leave no process type to run")
    return left


def started(
    formation: Mapping[str, Quantity], named: Iterable[str], asked: Iterable[Change]
) -> dict[str, Quantity]:
    """Who names a type to run it, and no number of it, has at least one."""
    counted = {change.type for change in asked}
    naming = set() if ALL in counted else set(_split(named)) - counted
    return {
        name: item.replace(quantity=1) if name in naming and not item.quantity else item
        for name, item in formation.items()
    }


def check(types: Iterable[str], words: Iterable[str]) -> tuple[str, ...]:
    """The process types that the words name; FormationError for one that there is not."""
    known, named = _scalable(types), tuple(_split(words))
    for name in named:
        if name not in known:
            raise FormationError(f"{shown(name)}: no such process type.{_known(known)}")
    return named


def _scalable(types: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in types if name != RELEASE)


def _split(words: Iterable[str]) -> list[str]:
    return [part.strip() for word in words for part in word.split(",")]


def _known(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f" The Procfile has {listed}." if listed else " The Procfile has no type to scale."

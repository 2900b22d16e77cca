"""Draws docs/dyno-states.md from the table itself, by trying every cell."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from emulator.dyno.machine import INPUTS, TABLE, ignore, step
from emulator.dyno.policy import Policy
from emulator.dyno.size import MIB
from emulator.dyno.slot import Input, Kind, Launch, Phase, Sampled, Slot, State
from emulator.event import DynoStateChanged
from tests.dyno.specimen import DEPARTING, NO_LAUNCH, NOW, PHASES, given, launch, moment, one

FILE = Path(__file__).parents[2] / "docs" / "dyno-states.md"
END = "[*]"
Edges = dict[tuple[str, str], set[str]]


def drawn(page: str) -> str:
    """The page with its pictures and tables as the table of the machine has them now."""
    shown, phases = edges()
    for name, lines in (
        ("states", diagram(shown)),
        ("phases", diagram(phases)),
        ("table", table()),
        ("cells", cells()),
    ):
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = "".join([before, begin, *(f"{line}\n" for line in lines), end, after])
    return page


def specimens() -> Iterator[Slot]:
    """Dynos in every phase, of every kind, with a deadline that has come and one that has not."""
    for phase, deadline in itertools.product(PHASES, (NOW, NOW + 60)):
        yield one(phase, deadline=deadline, retry_at=None if phase else deadline)
        if phase not in (*NO_LAUNCH, Phase.WAITING):
            plain = one(phase, Kind.ONE_OFF, deadline=deadline)
            yield plain
            yield plain.replace(current=plain.current and plain.current.replace(hangups=3))
    yield one(None, shown=State.DOWN, departing=(launch(Phase.STOPPING, deadline=NOW + 60),))
    for phase, deadline in itertools.product(DEPARTING, (NOW, NOW + 60)):
        yield one(None, shown=State.DOWN, departing=(launch(phase, deadline=deadline),))


def edges() -> tuple[Edges, Edges]:
    """What each input makes of what a dyno shows, and of the phase of each launch."""
    shown: Edges = defaultdict(set)
    phases: Edges = defaultdict(set)
    policies = (Policy(), Policy().paced())
    for before, policy, preboots in itertools.product(specimens(), policies, (False, True)):
        old = launches(before)
        for doing in doings(next(iter(old), "web.1@9")):
            after, out = step(before, doing, moment(policy, preboots))
            for told in out:
                if isinstance(told, DynoStateChanged):
                    note(shown, doing, told.before, told.after)
            new = launches(after)
            for name in old.keys() | new.keys():
                was, is_ = old.get(name), new.get(name)
                note(phases, doing, was and was.phase.value, is_ and is_.phase.value)
    return shown, phases


def doings(about: str) -> Iterator[Input]:
    yield from (given(kind, about) for kind in INPUTS)
    yield Sampled(about, 2 * 512 * MIB)


def note(found: Edges, doing: Input, before: str | None, after: str | None) -> None:
    if before != after:
        found[before or END, after or END].add(type(doing).__name__)


def launches(slot: Slot) -> dict[str, Launch]:
    every = (*slot.departing, *([slot.current] if slot.current else []))
    return {launch.id: launch for launch in every}


def diagram(found: Edges) -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2")
    for (before, after), kinds in sorted(found.items()):
        yield f"    {before} --> {after}: {', '.join(sorted(kinds))}"
    yield "```"


def row(first: str, rest: Iterable[str]) -> str:
    return f"| {' | '.join([first, *rest])} |"


def table() -> Iterator[str]:
    yield row("input", (column.value if column else "no launch" for column in PHASES))
    yield row("---", ("---" for _ in PHASES))
    for kind in INPUTS:
        used = (TABLE[column, kind] for column in PHASES)
        yield row(f"**{kind.__name__}**", ("" if c is ignore else f"`{c.__name__}`" for c in used))


def cells() -> Iterator[str]:
    """Each cell with what its docstring promises."""
    used = {cell.__name__: cell for cell in TABLE.values() if cell is not ignore}
    for name, cell in sorted(used.items()):
        promise = " ".join((cell.__doc__ or "").partition("\n\n")[0].split())
        yield f"- `{name}`: {promise}"

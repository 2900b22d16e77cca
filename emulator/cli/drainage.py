"""Log drains at work: one for each that the app has, fed with what is logged."""

from __future__ import annotations

from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Thread

    from emulator.app.surroundings import Drain as Wanted
    from emulator.logplex.block import Block
    from emulator.logplex.drain import Drain, Tally
    from emulator.logplex.narration import Sentence

    from .emulator import Emulator

OURS = "hk-local"
"""Whose lines no drain gets: Heroku's receivers know app and heroku only."""

LAST_LINES = 2.0
"""So long, in seconds, drains get at the end for what is still to be delivered."""

EARLY_LINES = 100_000
"""Most lines that are delivered of those before there was a loop."""


class Drainage:
    """Costs nothing before the first drain."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._wanted: tuple[Wanted, ...] = ()
        self._open: dict[str, tuple[Drain, Thread]] = {}
        self._unsaid: list[Sentence] = []
        emulator.kernel.observers.append(self._look)
        emulator.channel.flush()
        self._look()
        if self._open:
            since_ns = int(emulator.boot.started_at * 1e9)
            self._pour(emulator.history.last(EARLY_LINES, since_ns=since_ns))

    def tally(self, token: str) -> Tally:
        """What that drain has done; nothing if its URL is none any more."""
        from emulator.logplex.drain import Tally

        found = self._open.get(token)
        return found[0].tally if found else Tally()

    def _look(self) -> None:
        """The drains that run are those that the app has."""
        wanted = self._emulator.kernel.world.drains
        if wanted is self._wanted:
            return
        self._emulator.channel.flush()
        had, self._wanted = bool(self._open), wanted
        tokens = {drain.token for drain in wanted}
        for token in [token for token in self._open if token not in tokens]:
            self._open.pop(token)[0].finish(0.0)
        for drain in wanted:
            if drain.token not in self._open:
                self._begin(drain)
        watchers = self._emulator.watchers
        if self._open and not had:
            watchers.append(self._pour)
        elif had and not self._open:
            watchers.remove(self._pour)

    def _begin(self, wanted: Wanted) -> None:
        from random import random
        from threading import Condition, Thread

        from emulator.logplex.address import parse
        from emulator.logplex.drain import Drain
        from emulator.logplex.outlet import outlet

        clock = self._emulator.clock
        try:
            where = parse(wanted.url)
        except UserError as error:  # an earlier version took it
            self._emulator.say("drain", f"{wanted.token}: {error}")
            return
        way_out = outlet(where, wanted.token)
        drain = Drain(where.place, way_out, self._tell_soon, Condition(), clock, random)
        thread = Thread(target=drain.run, name=f"drain {where.place}", daemon=True)
        thread.start()
        self._open[wanted.token] = drain, thread

    def _pour(self, blocks: list[Block]) -> None:
        theirs = [block for block in blocks if block.stream.source != OURS]
        if theirs:
            for drain, _ in self._open.values():
                drain.push(theirs)

    def _tell_soon(self, sentence: Sentence) -> None:
        """From a drain's thread, and even when the loop has ended."""
        if self._emulator.loop.is_running():
            self._emulator.loop.call_soon_threadsafe(self._tell, sentence)
        else:
            self._unsaid.append(sentence)

    def _tell(self, sentence: Sentence) -> None:
        self._emulator.publish(sentence, self._emulator.clock.wall_ns())

    def close(self) -> None:
        """The last lines were delivered, where that was to be had in a moment."""
        self._emulator.channel.flush()
        clock = self._emulator.clock
        for drain, _ in self._open.values():
            drain.finish(LAST_LINES)
        until = clock.monotonic() + LAST_LINES
        for drain, thread in self._open.values():
            thread.join(max(0.0, until - clock.monotonic()))
            if thread.is_alive():
                self._emulator.say("drain", f"{drain.place}: is busy, and may miss the last lines")
        for sentence in self._unsaid:
            self._tell(sentence)

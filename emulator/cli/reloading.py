"""A change of the app's code restarts the dynos that run it."""

from __future__ import annotations

from functools import partial

from emulator.app.code import reloads_itself
from emulator.dyno.slot import Kind, State
from emulator.errors import UserError
from emulator.runtime.command import Restart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.runtime.source import Source

    from .emulator import Emulator

NAMED = 3


class Reloading:
    """Until `close`. The process types are those of `--reload`, else all but those whose command
    reloads by itself."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.kernel = emulator.kernel
        given = emulator.options.reload_only
        self.chosen = {part.strip() for word in given for part in word.split(",")}
        self.source = self._watch() if emulator.options.reload else None

    def _watch(self) -> Source:
        from emulator.runtime.source import Source

        emulator = self.emulator
        say = partial(emulator.say, "reload")
        return Source(emulator.loop, emulator.options.dir, self.restart, say)

    def restart(self, paths: list[str]) -> None:
        """The dynos that these files concern restart, unless they run what was deployed."""
        world = self.kernel.world
        if world.slug or world.stopping:
            return
        types = self._concerned()
        if not types:
            return
        more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
        text = f"{', '.join(paths[:NAMED])}{more} changed; restarting {', '.join(types)}"
        self.emulator.say("reload", text)
        for type_ in types:
            try:
                self.kernel.take(Restart(type_))
            except UserError as error:
                self.emulator.say("reload", str(error))

    def _concerned(self) -> list[str]:
        """The process types that have dynos and care."""
        world = self.kernel.world
        living = {
            slot.type
            for slot in world.slots.values()
            if slot.kind is Kind.FORMATION and slot.shown not in (State.DOWN, None)
        }
        if self.chosen:
            return [type_ for type_ in world.types if type_ in living & self.chosen]
        types = [type_ for type_ in world.types if type_ in living]
        return [type_ for type_ in types if not reloads_itself(world.types[type_])]

    def close(self) -> None:
        if self.source:
            self.source.close()

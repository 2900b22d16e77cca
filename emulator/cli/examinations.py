"""How the servers of add-ons are: looked at now and then, and told in the log if that is wanted."""

from __future__ import annotations

from emulator.addon import condition
from emulator.addon.condition import Condition
from emulator.logplex.narration import Sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from emulator.addon.catalog import Service
    from emulator.app.surroundings import Addon
    from emulator.runtime.kernel import Kernel

    InThread = Callable[[Callable[[], Condition], Callable[[Condition], object]], object]

EVERY = 20.0
TOLD = 3
"""Of so many looks each third is told: about once a minute. Source: log samples."""

METRICS = "log-runtime-metrics"


class Examinations:
    """`up` answers the servers to look at, `in_thread` looks there and answers here."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        kernel: Kernel,
        up: Callable[[], Iterable[tuple[Addon, Service]]],
        in_thread: InThread,
        tell: Callable[[Sentence], object],
    ) -> None:
        self._loop = loop
        self._kernel = kernel
        self._up = up
        self._in_thread = in_thread
        self._tell = tell
        self._looks = 0
        self._found: dict[str, Condition] = {}
        loop.call_later(EVERY, self._look)

    def rows(self, addon: Addon) -> tuple[tuple[str, str], ...]:
        """What it told of itself when it was last asked."""
        return self._found.get(addon.id, Condition()).rows

    def forget(self, addon: Addon) -> None:
        self._found.pop(addon.id, None)

    def _look(self) -> None:
        self._looks += 1
        for addon, service in self._up():
            self.examine(addon, service, tells=self._looks % TOLD == 0)
        self._loop.call_later(EVERY, self._look)

    def examine(self, addon: Addon, service: Service, tells: bool = False) -> None:
        """What there is to know of it will be known soon."""

        def then(found: Condition) -> None:
            self._found[addon.id] = found
            if tells and found.samples and METRICS in self._kernel.world.features:
                samples = " ".join(f"sample#{name}={value}" for name, value in found.samples)
                text = f"source={self._name(addon)} addon={addon.name} {samples}"
                self._tell(Sentence("app", found.source, text))

        self._in_thread(lambda: condition.examine(addon, service), then)

    def _name(self, addon: Addon) -> str:
        attachments = self._kernel.world.attachments
        return next((one.name for one in attachments if one.addon == addon.id), addon.name)

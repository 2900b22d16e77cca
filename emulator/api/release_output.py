"""What a release command writes, from its beginning to its end."""

from __future__ import annotations

from emulator.app.release import Status
from emulator.logplex.block import Filter
from emulator.logplex.terminal import Style, Timestamps

from .answer import stream_head
from .query import MOST_LINES, Query
from .tail import Tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.app.release import Release

    from .call import App, Outside

NS = 1_000_000_000
PLAIN = Style(prefix=False, timestamps=Timestamps.NONE)


class ReleaseOutput(Tail):
    """A tail of the release's dyno, read from the log, that ends when the command does."""

    def __init__(self, app: App, outside: Outside, release: Release) -> None:
        since_ns = int(release.created_at * NS) - NS // 1000  # a float is not that precise
        query = Query(MOST_LINES, True, Filter("app", release.dyno), since_ns, style=PLAIN)
        super().__init__(app, query, stream_head("text/plain; charset=utf-8"), outside)
        self._version = release.version

    def begin(self, wake: Callable[[], None]) -> None:
        super().begin(wake)
        self._app.kernel.observers.append(self._look)

    @property
    def _ended_at(self) -> float | None:
        """None while the command runs."""
        found = next(r for r in self._app.kernel.world.releases if r.version == self._version)
        return None if found.status is Status.PENDING else found.ended_at or found.created_at

    def _look(self) -> None:
        if self._ended_at is not None:
            self.rouse()

    def take(self, size: int) -> list[bytes | memoryview] | None:
        ended_at = self._ended_at
        if ended_at is not None:
            self._app.channel.flush()
            # Much later another dyno may have had the same name.
            end_ns = int(ended_at * NS) + NS // 1000
            while self._stored and self._stored[0].at_ns > end_ns:
                del self._stored[0]
        parts = super().take(size)
        return None if ended_at is not None and not parts else parts

    def end(self) -> None:
        self._app.kernel.observers.remove(self._look)
        super().end()

"""Watches the app's files: an edit of the Procfile or of a `.env` file is a new release."""

from __future__ import annotations

import logging
import os
import sys

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler, FileSystemMovedEvent
from watchdog.observers import Observer

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

# Its threads complain of events that come while they are being stopped, and without anyone who
# takes note of it Python would write that on our user's terminal.
logging.getLogger("watchdog").addHandler(logging.NullHandler())

DEBOUNCE = 0.2
"""Editors write a file in several steps."""

FILTER: list[type[FileSystemEvent]] = [
    *(events.FileCreatedEvent, events.FileMovedEvent, events.FileDeletedEvent),
    *(events.DirCreatedEvent, events.DirMovedEvent, events.DirDeletedEvent),
    # A file that stays open and grows, such as a log, would wake four threads with every line. Not
    # everywhere is it told that a file was closed.
    events.FileClosedEvent if sys.platform == "linux" else events.FileModifiedEvent,
]
"""What the kernel shall tell: nothing of what is only read."""


class Watcher(FileSystemEventHandler):
    """`changed` is called in the loop's thread, once for all that happens within 0.2 seconds.

    Folders are watched, not files: an editor that saves by renaming puts a new file in the place.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, paths: Iterable[str], changed: Callable[[], None]
    ) -> None:
        self.loop = loop
        self.given = tuple(paths)
        self.changed = changed
        self.timer: asyncio.TimerHandle | None = None
        self.folders: set[str] = set()
        self.observer = Observer()
        self._follow()
        self.observer.start()

    def _follow(self) -> None:
        """What the paths mean now is watched, and each link on the way there."""
        self.paths = frozenset(name for path in self.given for name in way(path))
        for folder in {os.path.dirname(path) for path in self.paths} - self.folders:
            if os.path.isdir(folder):  # where a link leads there may be nothing
                self.observer.schedule(self, folder, event_filter=FILTER)
                self.folders.add(folder)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """In watchdog's thread."""
        touched = {event.src_path}
        if isinstance(event, FileSystemMovedEvent):
            touched.add(event.dest_path)
        if self.paths & {os.fsdecode(path) for path in touched}:
            self.loop.call_soon_threadsafe(self._debounce)

    def _debounce(self) -> None:
        if self.timer:
            self.timer.cancel()
        self.timer = self.loop.call_later(DEBOUNCE, self._settle)

    def _settle(self) -> None:
        try:
            self._follow()
        except OSError:
            pass  # there are too many watches for one more; the file is read all the same
        self.changed()

    def close(self) -> None:
        if self.timer:
            self.timer.cancel()
        self.observer.stop()
        self.observer.join()


def way(path: str) -> list[str]:
    """The path, and what it leads to, link by link; all folders in them are real ones."""
    found: list[str] = []
    while (path := _placed(path)) not in found:
        found.append(path)
        if os.path.islink(path):
            path = os.path.join(os.path.dirname(path), os.readlink(path))
    return found


def _placed(path: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))

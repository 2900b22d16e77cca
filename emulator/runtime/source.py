"""Watches the app's code: what git does not ignore and is_code says is code."""

from __future__ import annotations

import os
import subprocess
import threading

from watchdog.events import FileSystemEvent, FileSystemEventHandler, FileSystemMovedEvent
from watchdog.observers import Observer

from emulator.app.code import NEVER, above, is_code, plan

from .watcher import DEBOUNCE, FILTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Iterator

    from watchdog.observers.api import ObservedWatch

MOST_WATCHES = 64
"""Each takes a thread and an inotify instance, of which a user has 128."""
CALM = 5.0
"""Changes that follow one another faster than so are waited for longer and longer."""
LONGEST_WAIT = 10.0


class Source(FileSystemEventHandler):
    """`changed` is called in the loop's thread with the paths that changed, once things are quiet.

    What follows a change within seconds (an app that writes its own code, an editor that saves all
    the time) is waited for twice as long each time, so that nothing is restarted in a loop.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        folder: str,
        changed: Callable[[list[str]], object],
        failed: Callable[[str], object],
    ) -> None:
        self.loop = loop
        self.folder = os.path.realpath(folder)
        self.changed = changed
        self.failed = failed
        self.touched: set[str] = set()
        self.lock = threading.Lock()
        self.timer: asyncio.TimerHandle | None = None
        self.wait = DEBOUNCE
        self.last_at = -CALM
        self.gone: set[str] = set()
        self.new: set[str] = set()
        """Folders that were moved, deleted, made since it was looked what to watch."""
        self.look: asyncio.TimerHandle | None = None
        self.watched: dict[str, tuple[bool, ObservedWatch]] = {}
        self.watching = threading.Lock()
        self.observer = Observer()
        self.is_closed = False
        self.thread = self._in_thread(self._watch)

    def _in_thread(self, act: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        return thread

    # --- which folders ---------------------------------------------------------------------------

    def _watch(self) -> None:
        """Every folder with code in it is watched, also those that are new, and the code in these
        was told; a folder that is gone is not, and one that came in its place is."""
        with self.lock:
            gone, self.gone = self.gone, set()
            new, self.new = self.new, set()
        with self.watching:
            if self.is_closed:
                return
            try:
                new |= self._reconcile(gone)
                if not self.observer.is_alive():
                    self.observer.start()
            except (OSError, RuntimeError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                self._soon(lambda: self.failed(f"cannot watch the app's code: {reason}"))
            found = {name for path in new if self._is_watched(path) for name in self._code(path)}
        if gone:
            tracked = filter(is_code, self._git("--cached", "--", *sorted(gone)) or ())
            found |= {n for n in tracked if not os.path.lexists(os.path.join(self.folder, n))}
        self._touch(found)

    def _reconcile(self, gone: set[str]) -> set[str]:
        """Exactly what is planned is watched; which of it only because it is there again."""
        old = {path for path in self.watched if path in gone or above([path]) & gone - {""}}
        for path in old:
            self.observer.unschedule(self.watched.pop(path)[1])
        before, planned = dict(self.watched), dict(self._plan())
        for path, is_deep in planned.items():
            if path not in before or before[path][0] is not is_deep:
                self._schedule(path, is_deep)
        for path, (is_deep, watch) in before.items():
            if planned.get(path) is not is_deep:
                self.observer.unschedule(watch)
                if self.watched[path][1] is watch:
                    del self.watched[path]
        return old & planned.keys()

    def _schedule(self, path: str, is_deep: bool) -> None:
        where = os.path.join(self.folder, path)
        try:
            watch = self.observer.schedule(self, where, recursive=is_deep, event_filter=FILTER)
        except (FileNotFoundError, NotADirectoryError):
            return  # gone since it was planned, as its event says
        self.watched[path] = is_deep, watch

    def _is_watched(self, path: str) -> bool:
        above_it = (self.watched.get(folder) for folder in above([path]))
        return path in self.watched or any(found and found[0] for found in above_it)

    def _code(self, path: str) -> Iterator[str]:
        """The files of code in that folder."""
        for folder, folders, files in os.walk(os.path.join(self.folder, path)):
            folders[:] = [name for name in folders if name not in NEVER]
            names = (os.path.relpath(os.path.join(folder, file), self.folder) for file in files)
            yield from filter(is_code, names)

    def _plan(self) -> list[tuple[str, bool]]:
        ignored = self._git("--others", "--ignored", "--directory") or []
        closed = {path.rstrip("/") for path in ignored if path.endswith("/")}
        closed = {path for path in closed if not path.endswith("__pycache__")}
        closed |= {name for name in NEVER if os.path.isdir(os.path.join(self.folder, name))}
        children = {path: self._folders(path) for path in above(closed)}
        found = list(plan(closed, children))
        # Rather a few events that nobody wants than more threads than a machine should have.
        return found if len(found) <= MOST_WATCHES else [("", True)]

    def _folders(self, path: str) -> list[str]:
        try:
            with os.scandir(os.path.join(self.folder, path)) as entries:
                return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            return []

    def _git(self, *options: str) -> list[str] | None:
        """What git lists of the folder; None if it has nothing to say of it."""
        return self._ask_git("ls-files", "--exclude-standard", *options)

    def _ask_git(self, command: str, *options: str, names: Iterable[str] = ()) -> list[str] | None:
        words = ("git", command, "-z", *options)
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        given = b"".join(os.fsencode(name) + b"\0" for name in names)
        try:
            done = subprocess.run(
                words, cwd=self.folder, env=env, input=given, capture_output=True, check=False
            )
        except OSError:
            return None
        found = done.stdout.split(b"\0")
        return None if done.returncode else [os.fsdecode(name) for name in found if name]

    # --- what happens in them --------------------------------------------------------------------

    def on_any_event(self, event: FileSystemEvent) -> None:
        """In watchdog's thread."""
        before = self._name(event.src_path)
        after = self._name(event.dest_path) if isinstance(event, FileSystemMovedEvent) else before
        if not event.is_directory:
            self._touch({name for name in (before, after) if is_code(name)})
        elif event.event_type in ("created", "moved", "deleted"):
            with self.lock:
                if event.event_type != "created" and _may_have_code(before):
                    self.gone.add(before)
                if event.event_type != "deleted" and _may_have_code(after):
                    self.new.add(after)
            self._soon(self._watch_soon)

    def _name(self, path: bytes | str) -> str:
        return os.path.relpath(os.fsdecode(path), self.folder)

    def _touch(self, names: set[str]) -> None:
        if names:
            with self.lock:
                self.touched |= names
            self._soon(self._debounce)

    def _watch_soon(self) -> None:
        """Not put off by the next folder: an app may make one after another."""
        if (self.gone or self.new) and not self.look:
            self.look = self.loop.call_later(DEBOUNCE, self._watch_now)

    def _watch_now(self) -> None:
        self.look = None
        self._in_thread(self._watch)

    def _soon(self, act: Callable[[], object]) -> None:
        try:
            self.loop.call_soon_threadsafe(act)
        except RuntimeError:
            pass  # the loop has ended

    def _debounce(self) -> None:
        if self.timer:
            self.timer.cancel()
        if self.loop.time() - self.last_at > max(CALM, self.wait):
            self.wait = DEBOUNCE
        self.timer = self.loop.call_later(self.wait, self._settle)

    def _settle(self) -> None:
        self.timer = None
        with self.lock:
            touched, self.touched = self.touched, set()
        self._in_thread(lambda: self._sift(touched))

    def _sift(self, touched: set[str]) -> None:
        """Of what was touched, what git does not ignore was told."""
        ignored = self._ask_git("check-ignore", "--stdin", names=touched)
        found = sorted(touched.difference(ignored or ()))
        if found:
            self._soon(lambda: self._tell(found))

    def _tell(self, found: list[str]) -> None:
        if self.is_closed:
            return
        self.last_at = self.loop.time()
        self.wait = min(2 * self.wait, LONGEST_WAIT)
        self.changed(found)

    def close(self) -> None:
        self.is_closed = True
        for timer in filter(None, (self.timer, self.look)):
            timer.cancel()
        self.thread.join()
        with self.watching:
            if self.observer.is_alive():
                self.observer.stop()
                self.observer.join()


def _may_have_code(folder: str) -> bool:
    return not set(NEVER) & set(folder.split("/"))

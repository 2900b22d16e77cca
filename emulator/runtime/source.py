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
    from collections.abc import Callable

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
        self.watched: dict[str, bool] = {}
        self.observer = Observer()
        self.is_closed = False
        self.thread = self._in_thread(self._watch)

    def _in_thread(self, act: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        return thread

    # --- which folders ---------------------------------------------------------------------------

    def _watch(self) -> None:
        """Every folder with code in it is watched, also those that are new."""
        try:
            for path, is_deep in self._plan():
                if path not in self.watched and not self.is_closed:
                    where = os.path.join(self.folder, path)
                    self.observer.schedule(self, where, recursive=is_deep, event_filter=FILTER)
                    self.watched[path] = is_deep
            if not self.is_closed and not self.observer.is_alive():
                self.observer.start()
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._soon(lambda: self.failed(f"cannot watch the app's code: {reason}"))

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
        words = ("git", "ls-files", "-z", "--exclude-standard", *options)
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        try:
            done = subprocess.run(words, cwd=self.folder, env=env, capture_output=True, check=False)
        except OSError:
            return None
        names = done.stdout.split(b"\0")
        return None if done.returncode else [os.fsdecode(name) for name in names if name]

    # --- what happens in them --------------------------------------------------------------------

    def on_any_event(self, event: FileSystemEvent) -> None:
        """In watchdog's thread."""
        touched = {os.fsdecode(event.src_path)}
        if isinstance(event, FileSystemMovedEvent):
            touched.add(os.fsdecode(event.dest_path))
        names = {os.path.relpath(path, self.folder) for path in touched}
        if event.is_directory:
            if event.event_type == "created" and not names & set(NEVER):
                self._soon(lambda: self._in_thread(self._watch))
            return
        if found := {name for name in names if is_code(name)}:
            with self.lock:
                self.touched |= found
            self._soon(self._debounce)

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
        listed = self._git("--cached", "--others", "--", *sorted(touched))
        found = sorted(touched if listed is None else touched & set(listed))
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
        if self.timer:
            self.timer.cancel()
        self.thread.join()
        if self.observer.is_alive():
            self.observer.stop()
            self.observer.join()

"""The dynos' own copies of the app: where they are made, and what was lost with them."""

from __future__ import annotations

import os

from emulator.dyno.place import Place
from emulator.runtime.folder import COPIES, SLUGS, SPARES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Thread

    from emulator.runtime.folder import Folder

TRIES = 10
PAUSE = 0.1
LAST_REMOVAL = 5.0
"""Seconds; what is left after them the next start removes."""

HOME = "HOME"


def place(folder: Folder, launch: str, slug: str, config: Mapping[str, str]) -> Place:
    """Where that launch's copy of the slug, or else of the app's folder, is.

    Departs: on Heroku it is /app. It is the dyno's $HOME here, too, unless a config var says
    otherwise.
    """
    path = folder.file(f"{COPIES}/{launch.replace('@', '-')}")
    copy = f"{path}/app"
    env = {"PWD": copy} if HOME in config else {"PWD": copy, HOME: copy}
    source = folder.file(f"{SLUGS}/{slug}") if slug else folder.app_dir
    return Place(source, path, bool(slug), env)


class Removals:
    """Threads in which copies are removed, for that may take long. They have ended after `close`,
    unless that takes too long."""

    def __init__(self) -> None:
        self.threads: list[Thread] = []
        self.begun: set[str] = set()

    def begin(self, paths: list[str]) -> None:
        import threading

        self.begun.update(paths)
        thread = threading.Thread(target=_remove, args=(paths,), daemon=True)
        thread.start()
        self.threads.append(thread)

    def close(self) -> None:
        for thread in self.threads:
            thread.join(LAST_REMOVAL)


def _remove(paths: list[str]) -> None:
    """They are gone, as soon as nobody who is being killed still writes there."""
    import time

    from emulator.dyno.warden.copying import discard

    for path in paths:
        for _ in range(TRIES):
            discard(path)
            if not os.path.lexists(path):
                break
            time.sleep(PAUSE)


def clear(folder: Folder, removals: Removals) -> None:
    """Copies that a killed emulator left are being removed."""
    if paths := folder.old(COPIES):
        removals.begin(paths)


def clear_spares(folder: Folder, slug: str, removals: Removals) -> None:
    """Spares of other slugs than that are being removed."""
    spares = folder.file(SPARES)
    names = os.listdir(spares) if os.path.isdir(spares) else []
    others = [f"{spares}/{name}" for name in names if not name.startswith(f"{slug}.")]
    if paths := [path for path in others if path not in removals.begun]:
        removals.begin(paths)


def lost(folder: Folder, launch: str, removals: Removals) -> str:
    """What that launch, which has ended, wrote and nobody will see again; "" if nothing.

    Its copy is gone, or being removed where whoever was to do it was killed.
    """
    path = folder.file(f"{COPIES}/{launch.replace('@', '-')}")
    if os.path.exists(f"{path}/app"):
        removals.begin([path])
        return ""
    try:
        with open(f"{path}/lost", encoding="utf-8", errors="replace") as file:
            count, *names = file.read().split("\n")
        os.unlink(f"{path}/lost")
        os.rmdir(path)
        more = int(count) - len(names)
    except (OSError, ValueError):
        return ""
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")

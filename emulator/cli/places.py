"""The dynos' own copies of the app: where they are made, and what was lost with them."""

from __future__ import annotations

import os

from emulator.dyno.place import Place
from emulator.runtime.folder import COPIES, SLUGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.runtime.folder import Folder

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


def clear(folder: Folder) -> None:
    """Copies that a killed emulator left are being removed."""
    _remove(folder.old(COPIES))


def _remove(paths: list[str]) -> None:
    """They are being removed, in a thread: that may take long."""
    if paths:
        import threading

        from emulator.dyno.warden.copying import discard

        def remove() -> None:
            for path in paths:
                discard(path)

        threading.Thread(target=remove, daemon=True).start()


def lost(folder: Folder, launch: str) -> str:
    """What that launch, which has ended, wrote and nobody will see again; "" if nothing.

    Its copy is gone, also where whoever was to remove it was killed.
    """
    path = folder.file(f"{COPIES}/{launch.replace('@', '-')}")
    if os.path.exists(f"{path}/app"):
        _remove([path])
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

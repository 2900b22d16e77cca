"""What serves others once the dynos have been started: the API and the eyes on the app's files."""

from __future__ import annotations

import os

from emulator.errors import UserError
from emulator.runtime.command import Deploy, SetConfig
from emulator.runtime.files import read_app

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.runtime.watcher import Watcher

    from .emulator import Emulator


class Services:
    """They run until `close`."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.options = emulator.options
        self.watcher = self._watch() if self.options.reload else None

    def _watch(self) -> Watcher | None:
        from emulator.runtime.watcher import Watcher

        names = (self.options.procfile, *(self.options.env or (".env",)))
        paths = [os.path.join(self.options.dir, name) for name in names]
        try:
            return Watcher(self.emulator.loop, paths, self._reload)
        except OSError as error:
            self.emulator.say("reload", f"cannot watch the app's files: {error.strerror}")
            return None

    def _reload(self) -> None:
        """The files were edited: what differs is in force, or the log says what is wrong."""
        options, kernel = self.options, self.emulator.kernel
        try:
            files = read_app(options.dir, options.procfile, options.env)
            kernel.submit(SetConfig(files.config))
            kernel.submit(Deploy(files.types))
        except UserError as error:
            self.emulator.say("reload", f"{error}; the app goes on as it was")

    def close(self) -> None:
        """They are gone."""
        if self.watcher:
            self.watcher.close()

"""What serves others once the dynos have been started: the API and the eyes on the app's files."""

from __future__ import annotations

import os

from emulator import __version__
from emulator.api.courier import Courier
from emulator.api.loopback import Loopback
from emulator.api.notices import Teller
from emulator.api.server import Server
from emulator.errors import UserError
from emulator.runtime.command import Deploy, SetConfig
from emulator.runtime.files import read_app

from .certificates import context
from .deployments import Deployments
from .drainage import Drainage
from .env_files import EnvFiles
from .guests import Guests
from .measuring import Measuring
from .reloading import Reloading
from .routing import Routing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from emulator.event import Event
    from emulator.logplex.block import Block
    from emulator.runtime.watcher import Watcher

    from .addons import Addons
    from .emulator import Emulator


class Services:
    """They run until `close`. To the API this object is the app."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.options = emulator.options
        self.kernel = emulator.kernel
        self.channel = emulator.channel
        self.history = emulator.history
        self.clock = emulator.clock
        self.exits: MutableMapping[str, int] = emulator.exits
        self.watchers: list[Callable[[list[Block]], object]] = emulator.watchers
        self.lend = emulator.runner.lend
        self.guests = Guests(emulator)
        self.await_client = self.guests.await_client
        self.info: Mapping[str, object] = {
            "pid": os.getpid(),
            "dir": self.options.dir,
            "version": __version__,
            "started_at": emulator.boot.started_at,
        }
        self.env = EnvFiles(emulator)
        self.edit_config, self.config_after = self.env.edit, self.env.after
        self.edit_later = self.env.edit_later
        self.types = emulator.boot.files.types
        """What the Procfile said when it was last read; a rollback runs others."""
        self.deployments = Deployments(emulator, self._tell_soon)
        self.deploy = self.deployments.deploy
        self.serve_git = self.deployments.serve_git
        self.has_slug, self.sizes = self.deployments.has_slug, self.deployments.sizes
        self.server = self._serve()
        self.loopback = self._serve_loopback()
        self.courier = Courier(self._tell_soon)
        self._tell_webhooks()
        self.routing = Routing(emulator)
        self.drainage = Drainage(emulator)
        self.tally = self.drainage.tally
        self.measuring = Measuring(emulator)
        self.watcher = self._watch()
        self.reloading = Reloading(emulator)
        self.reload_is_due = False
        """The files were edited while a release was pending."""
        self.kernel.observers.append(self._look)

    @property
    def addons(self) -> Addons:
        """What runs the servers of add-ons; it is there from the first question on."""
        emulator = self.emulator
        if emulator.addons is None:
            from .addons import Addons

            emulator.addons = Addons(emulator.boot, emulator.loop)
            emulator.addons.tell_by(emulator)
        return emulator.addons

    def tell(self, text: str) -> None:
        self.emulator.say("api", text)

    def _tell_soon(self, text: str) -> None:
        """From any thread, and even when the loop has ended."""
        try:
            self.emulator.loop.call_soon_threadsafe(self.tell, text)
        except RuntimeError:
            pass

    def _tell_webhooks(self) -> None:
        """They learn of all that is published from now on, after everybody else."""
        publish = self.kernel.publish
        teller = Teller(self, self.server.outside, self.courier.deliver)

        def publish_and_tell(events: list[Event]) -> None:
            publish(events)
            teller.tell(events)

        self.kernel.publish = publish_and_tell

    def forget(self) -> None:
        """Nothing of the app but the user's own files is left once the emulator has ended."""
        self.emulator.boot.folder.is_doomed = True

    def _serve(self) -> Server:
        server = Server(self.emulator.loop, self.emulator.boot.folder.path, self)
        try:
            server.start()
        except UserError as error:
            self.emulator.say("api", str(error))
        return server

    def _serve_loopback(self) -> Loopback | None:
        """The same API over TCP; `info` has its URL."""
        emulator, folder = self.emulator, self.emulator.boot.folder.path
        try:
            loopback = Loopback(emulator.loop, folder, self.server, self.options.api_port, context)
        except UserError as error:
            emulator.say("api", str(error))
            return None
        self.info = {**self.info, "api_url": loopback.url}
        return loopback

    def _watch(self) -> Watcher | None:
        from emulator.runtime.watcher import Watcher

        names = (self.options.procfile, *(self.options.env or (".env",)))
        paths = [os.path.join(self.options.dir, name) for name in names if self.options.reload]
        try:
            folder = self.emulator.boot.folder.path
            return Watcher(self.emulator.loop, [folder, *paths], self._heed)
        except OSError as error:
            self.emulator.say("reload", f"cannot watch the app's files: {error.strerror}")
            return None

    def take_edits(self) -> None:
        """An edit is in force now, where one is followed, and not a moment later."""
        if self.watcher:
            self._reload()

    def _heed(self) -> None:
        if not self.emulator.ending.is_lost() and self.options.reload:
            self._reload()

    def _reload(self) -> None:
        """The files were edited: what differs is in force, or the log says what is wrong."""
        options = self.options
        try:
            files = read_app(options.dir, options.procfile, options.env)
            if self._may_release and dict(files.config) != dict(self.env.config):
                self.env.config = files.config
                self.kernel.take(SetConfig(files.config))
            is_ours = self._may_release and not self.kernel.world.slug
            if is_ours and dict(files.types) != dict(self.types):
                self.types = files.types
                self.kernel.take(Deploy(files.types))
        except UserError as error:
            text = str(error).rstrip(".")
            self.emulator.say("reload", f"{text}; the app goes on as it was")

    @property
    def _may_release(self) -> bool:
        """No release is pending; else the files are looked at again once it has ended."""
        self.reload_is_due = bool(self.kernel.world.pending)
        return not self.reload_is_due

    def _look(self) -> None:
        if self.reload_is_due and not self.kernel.world.pending:
            self.reload_is_due = False
            self.emulator.loop.call_soon(self._reload)

    def close(self) -> None:
        """They are gone, and so is the socket."""
        self.deployments.close()
        self.reloading.close()
        if self.watcher:
            self.watcher.close()
        self.routing.close()
        self.guests.close()
        self.courier.close()
        self.drainage.close()
        if self.loopback:
            self.loopback.close()
        self.server.close()

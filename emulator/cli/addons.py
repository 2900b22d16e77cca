"""The add-ons' servers joined to the emulator: the warden runs them, the kernel hears of them."""

from __future__ import annotations

import asyncio
import glob
import os
import select
import signal
from concurrent.futures import ThreadPoolExecutor

from emulator.addon import condition, declared, premises
from emulator.addon.front import Front
from emulator.addon.servers import Phase, PortTaken, Servers
from emulator.dyno.ports import is_free
from emulator.dyno.slot import Exited, SpawnFailed
from emulator.dyno.warden.copying import discard
from emulator.dyno.warden.wire import KILLED
from emulator.errors import UserError
from emulator.logplex.narration import Sentence
from emulator.runtime.addons import MoveAddon, ProvisionedAddon

from . import declarations
from .declarations import CannotRead
from .examinations import Examinations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from emulator.addon.catalog import Service
    from emulator.addon.servers import Timer
    from emulator.app.surroundings import Addon
    from emulator.dyno.slot import Report

    from .emulator import Emulator
    from .start import Boot

    T = TypeVar("T")

READY_WITHIN = 10.0
"""So long, in seconds, the first dynos wait for the servers of add-ons that are there."""

GONE = ".gone"
"""How the folder of a destroyed add-on's data is called until it is removed: also by the next of
us, if we are killed before."""

THREADS = 4
"""That look at servers, which now and then takes a second."""


def begin(boot: Boot) -> Addons:
    """The servers of the app's add-ons are ready, or failed, or take longer than a dyno would like
    to wait; the boot keeps what is told of others."""
    addons = Addons(boot)

    def report(told: Report) -> None:
        if not addons.hear(told):
            boot.reports.append(told)

    boot.runner.report = report
    addons.await_ready()
    return addons


class Addons:
    """Runs the servers from the first add-on on. To the servers this object is the world outside;
    `tell` takes lines for the log."""

    def __init__(self, boot: Boot, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._boot = boot
        self._runner = boot.runner
        self._kernel = boot.kernel
        self.loop = loop or asyncio.SelectorEventLoop()
        self._kept: list[Sentence] = []
        self.tell: Callable[[Sentence], object] = self._kept.append
        self._threads = ThreadPoolExecutor(THREADS, "addons")
        self._launches: dict[str, str] = {}
        self._services: dict[str, Service] = {}
        """What each server was started as, whatever the project's file says meanwhile."""
        self._fronts: dict[str, Front] = {}
        self.servers = Servers(self)
        self.examinations = Examinations(
            self.loop, boot.kernel, self._up, self._in_thread, lambda line: self.tell(line)
        )
        for gone in glob.glob(f"{glob.escape(boot.folder.file('addons'))}/*{GONE}"):
            self._discard(gone)
        self._known: tuple[Addon, ...] = ()
        boot.kernel.observers.append(self._look_at_world)
        self._look_at_world()

    # --- as long as the dynos have not begun -----------------------------------------------------

    def await_ready(self) -> None:
        """Each server is ready, or failed, or takes too long, or we are told to stop: then the
        signal, which is blocked until the dynos have been ordered, waits no longer for them."""
        until = self.loop.time() + READY_WITHIN
        link = self._runner.link.fileno()

        def look() -> None:
            self._runner.flush()
            poll = select.poll()
            poll.register(link, select.POLLIN)
            if poll.poll(0):
                self._runner.receive()
            is_late = self.loop.time() > until or signal.sigpending()
            if self.servers.are_settled or is_late:
                self.loop.stop()
            else:
                self.loop.call_later(0.005, look)

        look()
        self.loop.run_forever()

    def tell_by(self, emulator: Emulator) -> None:
        """What there is to tell, and was, goes to its log."""

        self.tell = lambda line: emulator.publish(line, emulator.clock.wall_ns())
        for line in self._kept:
            self.tell(line)

    # --- what the emulator tells -----------------------------------------------------------------

    def hear(self, report: Report) -> bool:
        """Whether the report is of a server."""
        launch = "@" + report.launch.rpartition("@")[2]
        if launch not in self._launches:
            return False
        if isinstance(report, Exited | SpawnFailed):
            del self._launches[launch]
            status = report.status if isinstance(report, Exited) else -1
            words = report.reason if isinstance(report, SpawnFailed) else ""
            server = next((s for s in self.servers.servers.values() if s.launch == launch), None)
            if server:
                self._close_front(server.addon.id)
                if status != KILLED:  # who was killed had no say in it
                    words = words or premises.last_words(self.folder(server.addon))
            self.servers.exited(launch, status, words)
        return True

    def _look_at_world(self) -> None:
        addons = self._kernel.world.addons
        if addons is not self._known:
            self._known = addons
            self.servers.want(addons)

    # --- what the API asks -----------------------------------------------------------------------

    def services(self) -> Mapping[str, Service]:
        """Those of the catalog and those that the project declares. Raises UserError."""
        return declarations.read(self._boot.options.dir)

    def check(self, service: Service, version: str) -> None:
        """This machine can run it, in that version. Raises UserError."""
        premises.check(service, int(version or 0))

    def status(self, addon: Addon) -> str:
        """Up, starting, stopping or down, and why."""
        server = self.servers.servers.get(addon.id)
        if server is None:
            return "" if not addon.port else Phase.DOWN.value
        reason = f" ({server.problem})" if server.problem else ""
        return f"{server.phase.value}{reason}"

    def told(self, addon: Addon) -> tuple[tuple[str, str], ...]:
        """What it told of itself when it was last asked."""
        return self.examinations.rows(addon)

    # --- what the servers ask --------------------------------------------------------------------

    def folder(self, addon: Addon) -> str:
        return os.path.join(self._boot.folder.file("addons"), addon.id)

    def monotonic(self) -> float:
        return self.loop.time()

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        return self.loop.call_later(seconds, act)

    def begin(self, addon: Addon, launch: str) -> None:
        for port in filter(None, (addon.port, addon.tls_port)):
            if not is_free(port):
                self.say(addon.name, f"port {port} is another program's; taking another one")
                raise PortTaken
        service = self._services[addon.id] = self._service(addon)
        folder = self.folder(addon)
        context, key = self._tls(addon)
        recipe = premises.prepare(folder, addon, service, key, self._called(addon))
        full = f"{recipe.stream}{launch}"
        try:
            if recipe.front and context:
                self._fronts[addon.id] = Front(self.loop, recipe.front, context)
            self._runner.serve(full, recipe.script, recipe.env, folder)
        except OSError as error:
            self._close_front(addon.id)
            raise CannotRead(folder, error.strerror or str(error)) from None
        self._launches[launch] = full

    def _called(self, addon: Addon) -> str:
        """The first name under which the app knows it."""
        attachments = self._kernel.world.attachments
        return next((one.name for one in attachments if one.addon == addon.id), addon.name)

    def _tls(self, addon: Addon) -> tuple[ssl.SSLContext | None, bytes]:
        """The server's side of TLS, and private key and certificate; nothing if there can be none,
        which is told."""
        from . import certificates, own_files

        if not addon.tls_port:
            return None, b""
        try:
            return certificates.context(), own_files.read(certificates.key_file())
        except UserError as error:
            self.say(addon.name, f"without TLS: {error}")
            return None, b""

    def _close_front(self, id_: str) -> None:
        if front := self._fronts.pop(id_, None):
            front.close()

    def _service(self, addon: Addon) -> Service:
        services = self.services()
        if addon.service not in services:
            raise UserError(f"{declared.FILE} no longer has [addons.{addon.service}]")
        return services[addon.service]

    def end(self, launch: str, name: str) -> None:
        from emulator.dyno.slot import Signal

        self._runner.obey(Signal(self._launches[launch], name))

    def look(self, addon: Addon, then: Callable[[bool], object]) -> None:
        service, folder = self._services[addon.id], self.folder(addon)
        self._in_thread(lambda: condition.is_ready(addon, service, folder), then)

    def adjust(self, addon: Addon, then: Callable[[bool], object]) -> None:
        service = self._services[addon.id]

        def told(is_done: bool) -> None:
            self.examinations.examine(addon, service)
            then(is_done)

        self._in_thread(lambda: condition.adjust(addon, service), told)

    def ready(self, addon: Addon) -> None:
        self._kernel.take(ProvisionedAddon(addon.id))
        self.examinations.examine(addon, self._services[addon.id])

    def taken(self, addon: Addon) -> None:
        self.loop.call_soon(self._kernel.take, MoveAddon(addon.id))

    def remove(self, addon: Addon) -> None:
        self.examinations.forget(addon)
        folder = self.folder(addon)
        gone = f"{folder}{GONE}"
        try:
            os.rename(folder, gone)
        except FileNotFoundError:
            return  # it never ran
        except OSError:
            gone = folder
        self._discard(gone)

    def _discard(self, gone: str) -> None:
        """Nothing is left there, or the user is told."""

        def then(_: None) -> None:
            if os.path.lexists(gone):
                self.say("addons", f"{gone}: cannot be removed. Remove it: it was destroyed")

        self._in_thread(lambda: discard(gone), then)

    def say(self, about: str, text: str) -> None:
        self.tell(Sentence("hk-local", about, text))

    def _in_thread(self, act: Callable[[], T], then: Callable[[T], object]) -> None:
        """What the act answers is given to `then`, unless we have ended meanwhile."""

        def work() -> None:
            found = act()
            try:
                self.loop.call_soon_threadsafe(then, found)
            except RuntimeError:
                pass  # the loop is closed

        self._threads.submit(work)

    def _up(self) -> list[tuple[Addon, Service]]:
        servers = self.servers.servers.values()
        up = [server.addon for server in servers if server.phase is Phase.UP]
        return [(addon, self._services[addon.id]) for addon in up]

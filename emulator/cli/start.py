"""`hk-local start`: the composition root, as far as the first spawn.

What comes before the first dyno's start is done here, with as few imports as can be; the rest of
the emulator is imported while the dynos boot.
"""

from __future__ import annotations

import os

from emulator.app import formation as formations
from emulator.app.appjson import AppJson
from emulator.clock import Clock
from emulator.dyno.descriptors import raise_limit
from emulator.dyno.policy import Policy, chance
from emulator.dyno.ports import free_ports, is_free
from emulator.dyno.runner import Runner
from emulator.dyno.size import canonical
from emulator.dyno.slot import Spawn
from emulator.errors import FolderDeleted, UserError
from emulator.fact import Fact
from emulator.runtime.command import Start
from emulator.runtime.files import read_app, read_app_json
from emulator.runtime.folder import COPIES, SLUGS, Folder
from emulator.runtime.kernel import Kernel
from emulator.runtime.revision import revision
from emulator.runtime.world import World

from .address import ApiPortTaken, address_of
from .naming import app_name, user_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Mapping

    from emulator.app.formation import Quantity
    from emulator.app.release import Release
    from emulator.dyno.place import Place
    from emulator.dyno.slot import Order, Report
    from emulator.event import Event
    from emulator.runtime.files import AppFiles
    from emulator.runtime.store import Store

    from .addons import Addons
    from .address import Address
else:
    import _signal


STOPPING = (_signal.SIGTERM, _signal.SIGHUP, _signal.SIGINT)

SPAWNING = 0.3
"""Longer, in seconds, the log is not kept waiting for the first dynos' start."""


class Options(Fact):
    """What `hk-local start` was told. Sizes in megabytes."""

    dir: str = "."
    procfile: str = "Procfile"
    env: tuple[str, ...] = ()
    formation: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    heroku_formation: bool = False
    port: int | None = None
    host: str = ""
    tls: bool = False
    forwarded_proto: str = ""
    router_log: str = "2.0"
    router: bool = True
    api_port: int | None = None
    strict_bind: bool = False
    paced: bool = False
    time_scale: float = 1.0
    reload: bool = True
    reload_only: tuple[str, ...] = ()
    prefix: bool = True
    timestamps: str = "heroku"
    colour: bool = False
    log_size: int = 256
    app: str = ""
    detach: bool = False
    ephemeral: bool = False
    in_place: bool = False


class Boot:
    """An emulator whose first dynos have been ordered. Pipes and events wait for their readers."""

    def __init__(
        self,
        options: Options,
        runner: Runner,
        folder: Folder,
        files: AppFiles,
        address: Address | None,
    ) -> None:
        self.options = options
        self.address = address
        self.runner = runner
        self.folder = folder
        self.files = files
        self.types = files.types
        self.slug = ""
        self.clock = Clock()
        self.started_at = self.clock.wall()
        self.events: list[tuple[int, list[Event]]] = []
        self.pipes: list[tuple[str, int]] = []
        self.reports: list[Report] = []
        self.swept = 0
        runner.opened = lambda launch, fd: self.pipes.append((launch, fd))
        runner.report = self.reports.append
        self.addons: Addons | None = None
        runner.place = self.place
        self.store, world = self._load()
        self.config: Mapping[str, str] | None = None
        seed = f"{self.started_at} {world.id}"
        self.kernel = Kernel(
            world,
            self.clock,
            free_ports(chance(seed)),
            self.store.save,
            self.obey,
            lambda events: self.events.append((self.clock.wall_ns(), events)),
        )

    def _load(self) -> tuple[Store, World]:
        from emulator.runtime.store import Store

        store = Store(self.folder.file("state.db"))
        options = self.options
        blank = World(
            app_name(options.app, options.dir),
            user_name(),
            heroku_formation=options.heroku_formation,
        )
        world = store.load(blank).after_kill(self.started_at)
        if not world.id:
            world = world.replace(id=os.urandom(8).hex())
        url = self.address.url if self.address else ""
        port = None if options.router else options.port
        name = options.app or world.given_name or blank.app
        world = world.replace(app=name, policy=policy(options), web_port=port, address=url)
        self.runner.mark = world.id
        return store, world

    def obey(self, order: Order, world: World) -> None:
        """The order was begun, in the environment of the release that the dyno runs."""
        if isinstance(order, Spawn):
            self.set_environment(world.release_of(order.launch.rpartition("@")[0]))
        self.runner.obey(order)

    def set_environment(self, release: Release | None) -> None:
        """What is started next has the environment of that release."""
        if release and release.config is not self.config:
            from emulator.app.config_vars import environment

            self.config = release.config
            self.runner.set_environment(environment(os.environ, release.config, {}, "", None))

    def place(self, launch: str) -> Place | None:
        """Where the launch gets its own copy of the app; None where it runs in the app's folder."""
        release = self.kernel.world.release_of(launch.rpartition("@")[0])
        if not release or not (release.slug or self.options.ephemeral):
            return None
        from .places import place

        return place(self.folder, launch, release.slug, release.config)

    def start(self) -> None:
        """The dynos of the formation are being started."""
        if self.folder.was_killed:
            from emulator.dyno.survivors import sweep

            self.swept = sweep(self.kernel.world.id)
        if self.kernel.world.addons:
            from .addons import begin

            self.addons = begin(self)
        self.folder.put_aside(COPIES)
        self.slug = self._slug()
        if self.slug:
            self.types = self.kernel.world.types
        is_first = not self.kernel.world.types
        app_json = read_app_json(self.options.dir) if is_first else AppJson()
        formation, left_out = self._formation(app_json)
        if app_json != AppJson():
            from .first_start import prepared

            self.files = prepared(self.options.dir, self.options.env, self.files, app_json)
        given = (self.files.config, formation, left_out, app_json.postdeploy, self.slug)
        commit = "" if self.slug else revision(self.options.dir)
        self.kernel.take(Start(self.types, *given, commit))

    def _slug(self) -> str:
        """What was deployed last goes on running, where it is still there; "": the folder does."""
        slug = self.kernel.world.slug
        is_there = os.path.isdir(self.folder.file(f"{SLUGS}/{slug}"))
        return slug if is_there and not self.options.in_place else ""

    def await_spawns(self) -> None:
        """All that was ordered has been spawned, or a moment has passed.

        Until then whatever else we did would take processor time from the dynos' own start. What
        the warden tells is kept for the loop, which reads last words before it tells of an end.
        """
        import select

        poll = select.poll()
        until = self.clock.monotonic() + SPAWNING
        while self.runner.unconfirmed and self.clock.monotonic() < until:
            writable = 0 if self.runner.flush() else select.POLLOUT
            poll.register(self.runner.link, select.POLLIN | writable)
            if poll.poll(SPAWNING * 1000) and not self.runner.receive():
                return

    def _formation(self, app_json: AppJson) -> tuple[dict[str, Quantity], dict[str, Quantity]]:
        """The formation to run, and what to remember of the types that it leaves out."""
        options, world, types = self.options, self.kernel.world, tuple(self.types)
        formation = formations.initial(types, world.heroku_formation)
        if world.types:
            formation.update({t: world.formation[t] for t in formation if t in world.formation})
        elif app_json.formation:
            from .first_start import formed

            formation = formed(app_json.formation, formation, types)
        asked = formations.parse_changes(options.formation)
        formation = formations.apply(asked, formation, types, canonical)
        chosen = formations.narrow(types, options.only, options.exclude)
        formations.check(types, options.reload_only)
        formation = formations.started(formation, options.only, asked)
        left_out = {t: item for t, item in formation.items() if t not in chosen}
        nothing = {t: item.replace(quantity=0) for t, item in left_out.items()}
        return {**formation, **nothing}, left_out


def run(options: Options) -> int:
    """The app has run until it was told to stop; answers the exit code."""
    os.chdir(options.dir)
    try:
        options = options.replace(dir=os.getcwd())
    except FileNotFoundError:
        raise FolderDeleted from None
    files = read_app(options.dir, options.procfile, options.env)
    options = options.replace(port=options.port or int(files.config.get("PORT", 0)) or None)
    api_port = options.api_port
    if api_port and (api_port == options.port or not is_free(api_port, "127.0.0.1")):
        raise ApiPortTaken(api_port)
    if options.tls:
        from .certificates import key_file

        key_file()  # made now, so that whatever hinders it is told before anything runs
    address = address_of(options, files)
    folder = Folder(options.dir)
    folder.lock()
    herald = -1
    if options.detach:
        from .background import detach

        code, herald = detach(folder)
        if code is not None:
            return code
    try:
        return _run(options, folder, files, address, herald)
    except UserError as error:
        if herald >= 0:
            from .background import confess

            confess(herald, error)
        raise
    finally:
        folder.unlock()


def _run(
    options: Options, folder: Folder, files: AppFiles, address: Address | None, herald: int
) -> int:
    # From the first dyno on there must be someone to stop it; until there is, signals wait.
    _signal.pthread_sigmask(_signal.SIG_BLOCK, STOPPING)
    umask = os.umask(0o077)
    runner = Runner(options.dir, umask, raise_limit(), "")
    try:
        boot = Boot(options, runner, folder, files, address)
        boot.start()
        boot.await_spawns()
        from .emulator import Emulator

        return Emulator(boot, herald).run()
    finally:
        runner.close()


def policy(options: Options) -> Policy:
    """The rules that the options choose."""
    rules = Policy(strict_bind=options.strict_bind).accelerated(options.time_scale)
    return rules.paced() if options.paced else rules

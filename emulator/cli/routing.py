"""The router process: started, told of the world, listened to, and started again if it dies."""

from __future__ import annotations

import fcntl
import os
import signal
import socket

from emulator.dyno.slot import Signal
from emulator.errors import UserError
from emulator.logplex.block import Block, Cutter, Stream
from emulator.router import wire
from emulator.router.table import LogFormat
from emulator.runtime.command import Requested, SetUp
from emulator.runtime.routing import WEB, table
from emulator.runtime.world import ECO

from .address import open_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio

    from emulator.dyno.slot import Order
    from emulator.router.table import Table
    from emulator.runtime.world import World

    from .address import Address
    from .emulator import Emulator

READ = 262144
OUT_OF_REACH = 16
"""Descriptors from here on are none that the process gets its own under."""

PAUSE = 1.0
"""Sooner, in seconds, a router that has ended is not started again."""

LAST_LINES = 2.0
"""So long, in seconds, a router that has nothing more to do may take to say so and end."""


class Routing:
    """Runs until `close`. Where there is no web dyno yet, it begins when there is to be one."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.options = emulator.options
        self.kernel = emulator.kernel
        self.loop = emulator.loop
        self.address: Address | None = emulator.boot.address
        self.stream = Stream("heroku", "router")
        self.link: socket.socket | None = None
        self.pid = 0
        self.started_at = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.failed = False
        self.told = True
        """Since the last of its ends that was spoken of, a router has said something."""
        self.looking = self.closed = False
        self.serving: set[str] = set()
        """The launches that the router has been told to ask."""
        self.port = self.kernel.world.config.get("PORT", "")
        if self.address:
            if self.address.notice:
                self._say(self.address.notice)
            self._start()
        self.kernel.observers.append(self._look)
        self.obey, self.kernel.obey = self.kernel.obey, self._obey

    def _say(self, text: str) -> None:
        self.emulator.say("router", text)

    # --- the process -----------------------------------------------------------------------------

    def _start(self) -> None:
        """A router process has the listeners, and all that it has to know."""
        self.timer = None
        if self.kernel.world.stopping or self.address is None:
            return
        self.started_at = self.loop.time()
        try:
            start = self._configuration(self.address)
            self.link, self.pid = _spawn(self.address)
        except (OSError, UserError) as error:
            self._say(f"cannot be started: {error}; trying again")
            self.timer = self.loop.call_later(PAUSE, self._start)
            return
        self.data = bytearray()
        self.cutter = Cutter()
        self.requests = self.dropped = 0
        self.sent: Table | None = None
        self.unsent = wire.start_frame(start)
        self.loop.add_reader(self.link, self._hear)
        self._tell()

    def _configuration(self, address: Address) -> wire.Start:
        tls = self.options.tls
        listeners = tuple(wire.Listener(address.port, tls) for _ in address.sockets)
        if not tls:
            return wire.Start(listeners)
        path = self._certificate(table(self.kernel.world))
        return wire.Start(listeners, certificate=path, key=path)

    def _certificate(self, known: Table) -> str:
        """Where one is that has the app's names. Raises UserError, OSError."""
        from .certificates import app_key_file

        return app_key_file(self.emulator.boot.folder.file("tls"), known.names)

    def _renew(self, now: Table) -> None:
        """The router has a certificate with the names of now, if it can be made."""
        if self.options.tls and self.sent and self.sent.names != now.names:
            try:
                self._certificate(now)
                self.unsent += wire.frame(wire.Kind.RENEWED)
            except (OSError, UserError) as error:
                self._say(f"the certificate lacks a name: {error}")

    def _ended(self) -> None:
        """It is gone: for good if the app stops, else another is started."""
        self._part()
        if self.kernel.world.stopping:
            return
        if self.told:  # once, be it that it can never live
            self._say("the router process has ended; another is being started")
        self.told = False
        wait = max(self.started_at + PAUSE - self.loop.time(), 0)
        self.timer = self.loop.call_later(wait, self._start)

    def _part(self) -> None:
        """The link is closed and the router gone, even one that somebody had stopped."""
        if self.link is None:
            return
        self.loop.remove_reader(self.link)
        self.loop.remove_writer(self.link)
        self.link.close()
        self.link = None
        try:
            if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        except ChildProcessError:
            pass  # whoever started us ignores SIGCHLD

    def close(self) -> None:
        """The router is gone; what it had still to say was published."""
        self.kernel.observers.remove(self._look)
        self.closed = True
        if self.timer:
            self.timer.cancel()
        if self.link:
            self.link.setblocking(True)
            self.link.settimeout(LAST_LINES)
            while self.link and self._receive():
                pass
        self._part()
        if self.address:
            self.address.close()

    # --- what it is told -------------------------------------------------------------------------

    def _look(self) -> None:
        """The router will know the world as it is at the end of this turn of the loop."""
        if not self.looking:
            self.looking = True
            self.loop.call_soon(self._tell)

    def _obey(self, order: Order, world: World) -> None:
        """No dyno is told to stop that the router still believes to serve."""
        if isinstance(order, Signal) and order.launch in self.serving:
            self._tell()
        self.obey(order, world)

    def _tell(self) -> None:
        self.looking = False
        world = self.kernel.world
        if self.closed:
            return None
        if self.address is None:
            return self._begin()
        if self.link is None:
            return None
        if world.stopping and self.address.sockets:
            self.address.close()
            self.unsent += wire.frame(wire.Kind.SHUTDOWN)
        self._compare_port(self.address, world.config.get("PORT", ""))
        now = table(world).replace(
            forwarded_proto=self.options.forwarded_proto,
            log_format=LogFormat(self.options.router_log),
        )
        if now != self.sent:
            self._renew(now)
            self.sent = now
            self.serving = {dyno.launch for dyno in now.up()}
            self.unsent += wire.table_frame(now)
        return self._send()

    def _compare_port(self, address: Address, port: str) -> None:
        """Who has given PORT another value was told that a listener does not move."""
        if port and port not in (self.port, str(address.port)):
            self._say(f"PORT={port} counts from the next start on; the app stays at {address.url}")
        self.port = port

    def _begin(self) -> None:
        """The app is to have its first web dyno, so it gets its address."""
        web = self.kernel.world.formation.get(WEB)
        if self.failed or not self.options.router or not (web and web.quantity):
            return None
        options = self.options
        try:
            self.address = open_address(options.host, options.port, options.tls, options.api_port)
        except UserError as error:
            self.failed = True
            return self._say(str(error))
        self.loop.call_soon(self.kernel.take, SetUp(address=self.address.url))
        return self._start()

    def _send(self) -> None:
        assert self.link
        try:
            while self.unsent:
                sent = self.link.send(self.unsent)
                self.unsent = self.unsent[sent:]
        except BlockingIOError:
            self.loop.add_writer(self.link, self._send)
        except OSError:
            pass  # it is gone, which reading tells
        else:
            self.loop.remove_writer(self.link)

    # --- what it tells ---------------------------------------------------------------------------

    def _hear(self) -> None:
        if not self._receive():
            self._ended()

    def _receive(self) -> bool:
        """What has come was taken note of; False once the router is gone."""
        assert self.link
        try:
            data = self.link.recv(READ)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.data += data
        self.told = self.told or bool(data)
        for kind, body in wire.frames(self.data):
            self._take(kind, body)
        return bool(data)

    def _take(self, kind: wire.Kind, body: bytes) -> None:
        if kind is wire.Kind.LINES:
            if lines := self.cutter.feed(body):
                at_ns = self.emulator.clock.wall_ns()
                self.emulator.channel.publish(Block(at_ns, self.stream, lines))
        elif kind is wire.Kind.REQUESTED:
            self.kernel.take(Requested())
        elif kind is wire.Kind.COUNTERS:
            self._count(wire.read_counters(body))

    def _count(self, counters: wire.Counters) -> None:
        """A request keeps an Eco app awake; lines that were lost are told."""
        web = self.kernel.world.formation.get(WEB)
        if counters.requests != self.requests and web and web.size == ECO:
            self.kernel.take(Requested(wakes=False))
        if counters.lines_dropped > self.dropped:
            self._say(f"{counters.lines_dropped - self.dropped} lines of the router were dropped")
        self.requests, self.dropped = counters.requests, counters.lines_dropped


def _spawn(address: Address) -> tuple[socket.socket, int]:
    """Our end of the link to a new router process, and its pid."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    null = os.open(os.devnull, os.O_RDWR)
    wanted = [null, null, null, theirs.fileno(), *(sock.fileno() for sock in address.sockets)]
    copies: list[int] = []
    try:
        # Out of the way first, or one descriptor would be put where another still is.
        copies.extend(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, OUT_OF_REACH) for fd in wanted)
        pid = os.posix_spawn(
            (command := wire.command())[0],
            command,
            {"PATH": os.defpath},
            file_actions=[(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate(copies)],
            # Not in the terminal's foreground group: Ctrl-C is for us, not for the router.
            setpgroup=0,
            setsigmask=(),
            setsigdef=signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP},
        )
    except BaseException:
        ours.close()
        raise
    finally:
        for fd in (null, *copies):
            os.close(fd)
        theirs.close()
    return ours, pid

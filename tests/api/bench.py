"""An app for the API to serve: a real kernel, whose dynos are obeyed by nobody but the test."""

from __future__ import annotations

import itertools
import json

from emulator import event
from emulator.addon.catalog import SERVICES
from emulator.api.answer import Response
from emulator.api.api import Api
from emulator.api.call import Outside
from emulator.api.head import parse
from emulator.api.request import Request
from emulator.app.config_vars import parse as parse_env
from emulator.app.formation import Quantity
from emulator.app.rewriting import rewritten
from emulator.dyno.policy import Policy
from emulator.dyno.slot import Exited, Ready, Spawn, Spawned
from emulator.errors import UserError
from emulator.logplex.block import Block, Stream, newest
from emulator.logplex.channel import Channel
from emulator.logplex.drain import Tally
from emulator.runtime.command import SetConfig, Start
from emulator.runtime.kernel import Kernel
from emulator.runtime.world import World

WALL = 1_800_000_000.0
"""2027-01-15T08:00:00Z, when the bench's monotonic clock shows 0."""

TYPES = {"web": "gunicorn app:app", "worker": "python worker.py", "clock": "python clock.py"}


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now

    def wall(self):
        return WALL + self.now

    def wall_ns(self):
        return int(self.wall()) * 1_000_000_000


class Memory:
    """A history in a list."""

    def __init__(self):
        self.blocks = []
        self.problem = ""

    def last(self, lines, wanted=None, since_ns=0):
        return newest(self._wanted(wanted, since_ns), lines)

    def search(self, text, lines, wanted=None, since_ns=0):
        """One part for each block, the newest first, and an empty one before, as from a ring."""
        yield []
        for block in reversed(self._wanted(wanted, since_ns)):
            part = newest(block.matching(text), lines)
            lines -= sum(match.lines for match in part)
            yield part
            if lines <= 0:
                return

    def _wanted(self, wanted, since_ns):
        blocks = [b for b in self.blocks if wanted is None or wanted(b.stream)]
        return [block for block in blocks if block.at_ns >= since_ns]


class Supply:
    """What the API asks about add-ons; `refuses` is why this machine cannot run one."""

    def __init__(self):
        self.declared = SERVICES
        self.refuses = None
        self.state = "up"

    def services(self):
        return self.declared

    def check(self, service, version):
        if self.refuses:
            raise UserError(self.refuses)

    def status(self, addon):
        return self.state

    def told(self, addon):
        return (("Connections", "3/20"),)


class Timer:
    def __init__(self, at, act):
        self.at, self.act, self.is_cancelled = at, act, False

    def cancel(self):
        self.is_cancelled = True


class Bench:
    """The App that the API needs."""

    def __init__(self, policy=None, history=None, save=lambda world: None):
        self.clock = Clock()
        self.told, self.orders, self.lent, self.soon = [], [], [], []
        self.awaited = []
        self.addons = Supply()
        self.exits, self.watchers, self.tallies = {}, [], {}
        self.info = {"pid": 42, "dir": "/srv/shop", "version": "1.2.3", "started_at": WALL}
        self.env = b""
        self.later_edits = {}
        self.follows_edits = False
        self.lost_slugs = set()
        self.slug_sizes = (0, 0)
        self.history = history or Memory()
        self.channel = Channel(lambda: self.soon.append(self.channel.flush), self.store)
        world = World("shop", "dev@localhost", id="0123", policy=policy or Policy())
        ports = itertools.count(20001)
        self.kernel = Kernel(world, self.clock, ports, save, self.obey, self.publish)
        self.timers = []
        self.outside = Outside(
            self.soon.append, lambda n: bytes(range(n)), lambda wall: 0, self.later
        )
        self.api = Api(self, self.outside)

    # The App protocol.

    def lend(self, dyno, fds, tty):
        self.lent.append((dyno, list(fds), tty))

    def edit_config(self, changes):
        self.env = rewritten(self.env, ".env", changes)
        return parse_env(self.env, ".env").values

    def config_after(self, changes):
        return parse_env(rewritten(self.env, ".env", changes), ".env").values

    def edit_later(self, version, changes):
        self.later_edits[version] = changes

    def take_edits(self):
        """As an emulator does that follows edits, if the test says so."""
        if self.follows_edits:
            self.kernel.take(SetConfig(self.config_after({})))

    def await_client(self, dyno, size, wants_status, on_screen):
        self.awaited.append((dyno, size, wants_status, on_screen))
        return "rendezvous://localhost:5000/secret"

    def has_slug(self, slug):
        return slug not in self.lost_slugs

    def sizes(self):
        return self.slug_sizes

    def forget(self):
        self.is_forgotten = True

    def tell(self, text):
        self.told.append(text)

    def tally(self, token):
        return self.tallies.get(token, Tally())

    # What the composition root does.

    def obey(self, order, world):
        self.orders.append(order)

    def publish(self, events):
        for happened in events:
            if isinstance(happened, event.ProcessExited):
                self.exits[happened.dyno] = happened.status

    def store(self, blocks):
        self.history.blocks += blocks
        for watcher in list(self.watchers):
            watcher(blocks)

    def later(self, seconds, act):
        self.timers.append(Timer(self.clock.now + seconds, act))
        return self.timers[-1]

    # What a test does.

    def start(self, types=TYPES, **quantities):
        """The app runs in that formation, web=1 if none is given; its dynos are up."""
        wanted = quantities or {"web": 1}
        formation = {name: Quantity(wanted.get(name, 0)) for name in types}
        self.kernel.submit(Start(types, {}, formation))
        self.boot()
        return self

    def boot(self):
        """Whatever was spawned is up."""
        orders, self.orders = self.orders, []
        for order in orders:
            if isinstance(order, Spawn):
                self.kernel.submit(Spawned(order.launch, 1000))
                if order.launch.startswith("web."):
                    self.kernel.submit(Ready(order.launch))

    def exit(self, dyno, status=0):
        """The dyno's process, be it its current one or one that departs, has ended."""
        slot = self.kernel.world.slots[dyno]
        launch = slot.departing[0] if slot.departing else slot.current
        self.kernel.submit(Exited(launch.id, status))

    def crash(self, dyno):
        """It crashes twice, and so rests."""
        self.exit(dyno, 1)
        self.boot()
        self.exit(dyno, 1)

    def log(self, text, source="app", dyno="web.1", at=None):
        """The text is published and has been shown."""
        at_ns = self.clock.wall_ns() if at is None else at
        self.channel.publish(Block(at_ns, Stream(source, dyno), text.encode()))
        self.channel.flush()

    def wait(self, seconds):
        """So much time has gone by."""
        self.clock.now += seconds
        due = [timer for timer in self.timers if timer.at <= self.clock.now]
        for timer in due:
            self.timers.remove(timer)
            if not timer.is_cancelled:
                timer.act()

    def turn(self):
        """All that was to come soon has come."""
        while self.soon:
            self.soon.pop(0)()

    def ask(self, method, target, body=None, fds=(), **fields):
        """The response or stream. Fields have _ for -."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        head = parse("\r\n".join([*lines, "", ""]).encode())
        return self.api.answer(Request(head, raw, list(fds)))

    def get(self, target, **fields):
        """What the response's JSON says; it was a success."""
        response = self.ask("GET", target, **fields)
        assert response.status in (200, 206), response
        return json.loads(response.body)

    def text(self, target, method="GET", body=None, **fields):
        """The response's text; it was a success."""
        response = self.ask(method, target, body, Accept="text/plain", **fields)
        assert response.status < 300, response
        return response.body.decode()

    def refused(self, method, target, body=None, **fields):
        """(status, id, message) of the refusal."""
        response = self.ask(method, target, body, **fields)
        assert isinstance(response, Response)
        said = json.loads(response.body)
        assert set(said) == {"id", "message"}
        return response.status, said["id"], said["message"]


def read(stream, size=1 << 20):
    """All that the stream has now; it has begun. Its end is the text `<end>`."""
    out = []
    while parts := stream.take(size):
        out += parts
    return (b"".join(out) + (b"<end>" if parts is None else b"")).decode()

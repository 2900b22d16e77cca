"""The emulator's end of the router's link: what is told, heard, and done when the router dies."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest

from emulator.app.formation import parse_changes
from emulator.app.surroundings import Domain
from emulator.cli import routing
from emulator.cli.routing import Routing
from emulator.cli.start import Options
from emulator.dyno.slot import Signal
from emulator.router import wire
from emulator.router.table import State
from emulator.router.wire import Counters, Kind
from emulator.runtime.command import Restart, Scale, SetUp, Shutdown
from tests.api.bench import Bench

NOBODY = 2**22 + 7
"""No child of ours."""


class Loop:
    """What a turn of the loop would call, for the test to call."""

    def __init__(self):
        self.readers, self.writers, self.soon, self.later = {}, {}, [], []

    def time(self):
        return 100.0

    def add_reader(self, sock, act):
        self.readers[sock] = act

    def add_writer(self, sock, act):
        self.writers[sock] = act

    def remove_reader(self, sock):
        self.readers.pop(sock, None)

    def remove_writer(self, sock):
        self.writers.pop(sock, None)

    def call_soon(self, act, *given):
        self.soon.append((act, given))

    def call_later(self, seconds, act):
        self.later.append((seconds, act))
        return SimpleNamespace(cancel=lambda: None)

    def turn(self):
        soon, self.soon = self.soon, []
        for act, given in soon:
            act(*given)


class Street:
    """A bench with a router that the test plays."""

    def __init__(self, monkeypatch):
        self.bench = Bench().start(web=1)
        self.loop, self.said, self.spawned, self.refusal = Loop(), [], [], None
        monkeypatch.setattr(routing, "_spawn", self.spawn)
        address = SimpleNamespace(
            sockets=["one"], port=5000, url="http://localhost:5000", notice="", close=self.close
        )
        self.address = address
        self.emulator = SimpleNamespace(
            options=Options(),
            kernel=self.bench.kernel,
            loop=self.loop,
            boot=SimpleNamespace(address=address),
            say=lambda about, text: self.said.append(f"{about}: {text}"),
            channel=self.bench.channel,
            clock=self.bench.clock,
        )
        self.routing = Routing(self.emulator)

    def close(self):
        self.address.sockets = []

    def spawn(self, address):
        if self.refusal:
            raise self.refusal
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.settimeout(60)
        self.spawned.append(theirs)
        return ours, NOBODY

    @property
    def router(self):
        return self.spawned[-1]

    def told(self):
        """The frames that the router has got by now."""
        data = bytearray(self.router.recv(1 << 20))
        return list(wire.frames(data))

    def says(self, kind, body=b""):
        self.router.sendall(wire.frame(kind, body))
        self.loop.readers[self.routing.link]()

    def dies(self):
        self.router.close()
        self.loop.readers[self.routing.link]()

    def again(self):
        (_, act) = self.loop.later.pop()
        act()

    @property
    def lines(self):
        self.bench.channel.flush()
        blocks = self.bench.history.blocks
        return b"".join(block.body for block in blocks if block.stream.dyno == "router")


@pytest.fixture
def street(monkeypatch):
    made = Street(monkeypatch)
    yield made
    for sock in made.spawned:
        sock.close()  # first, as its last words are waited for
    made.routing.close()


def test_a_router_hears_its_listeners_and_the_table(street):
    (start, first), (table, second) = street.told()
    assert (start, table) == (Kind.START, Kind.TABLE)
    assert wire.read_start(first).listeners == (wire.Listener(5000),)
    assert [dyno.name for dyno in wire.read_table(second).dynos] == ["web.1"]


def test_it_is_told_once_a_turn_and_only_what_is_new_to_it(street):
    street.told()
    street.bench.kernel.submit(Scale(parse_changes(["worker=1"])))
    street.bench.kernel.submit(Scale(parse_changes(["web=2"])))
    street.bench.kernel.submit(Scale(parse_changes(["web=3"])))
    street.loop.turn()
    ((_, body),) = street.told()
    assert wire.read_table(body).quantity == 3
    street.bench.kernel.submit(Scale(parse_changes(["worker=2"])))
    street.loop.turn()
    street.router.setblocking(False)
    with pytest.raises(BlockingIOError):
        street.told()


def test_a_new_name_is_in_the_certificate_before_the_router_serves_it(street, tmp_path):
    street.told()
    street.routing.options = Options(tls=True)
    street.emulator.boot.folder = SimpleNamespace(file=lambda name: str(tmp_path / name))
    street.bench.kernel.submit(SetUp(domains=(Domain("1", "www.example.com", 0.0),)))
    street.loop.turn()
    assert [kind for kind, _ in street.told()] == [Kind.RENEWED, Kind.TABLE]
    names = (tmp_path / "tls/authority.pem").read_text().splitlines()[0]
    assert names.endswith(f" {street.bench.kernel.world.app}.localhost www.example.com")
    street.bench.kernel.submit(Scale(parse_changes(["web=2"])))
    street.loop.turn()
    assert [kind for kind, _ in street.told()] == [Kind.TABLE]


def test_a_name_that_no_certificate_can_have_is_told(street, tmp_path):
    street.told()
    street.routing.options = Options(tls=True)
    (tmp_path / "tls").write_text("in the way")
    street.emulator.boot.folder = SimpleNamespace(file=lambda name: str(tmp_path / name))
    street.bench.kernel.submit(SetUp(domains=(Domain("1", "www.example.com", 0.0),)))
    street.loop.turn()
    assert [kind for kind, _ in street.told()] == [Kind.TABLE]
    assert street.said[-1].startswith("router: the certificate lacks a name: ")


def test_it_knows_before_a_dyno_is_told_to_stop(street):
    street.told()
    heard = []

    def obey(order, world):
        if isinstance(order, Signal):
            ((_, body),) = street.told()
            heard.append([dyno.state for dyno in wire.read_table(body).dynos])

    street.routing.obey = obey
    street.bench.kernel.submit(Restart())
    assert heard == [[State.STARTING]]


def test_what_it_does_not_take_yet_is_kept(street):
    size = 0
    while not street.loop.writers:
        size += 1
        street.routing.unsent += wire.frame(Kind.TABLE, b"x" * 100_000)
        street.routing._send()
    taken = bytearray()
    while street.loop.writers:
        taken += street.router.recv(1 << 20)
        street.routing._send()
    street.router.setblocking(False)
    try:
        while True:
            taken += street.router.recv(1 << 20)
    except BlockingIOError:
        pass
    frames = list(wire.frames(taken))
    assert len(frames) == size + 2 and not taken


def test_its_lines_are_the_log_s_and_long_ones_are_cut(street):
    street.says(Kind.LINES, b"at=info a\nat=info b\n")
    street.says(Kind.LINES, b"x" * 10_001 + b"\n")
    assert street.lines == b"at=info a\nat=info b\n" + b"x" * 10_000 + b"\nx\n"


def test_lines_that_were_lost_are_told(street):
    for dropped in (0, 3, 3, 5):
        street.says(Kind.COUNTERS, wire.counters_frame(Counters(1, lines_dropped=dropped))[5:])
    assert street.said == [
        "router: 3 lines of the router were dropped",
        "router: 2 lines of the router were dropped",
    ]


def test_a_router_that_dies_is_followed_by_another_that_knows_as_much(street):
    before = street.told()
    street.says(Kind.LINES, b"at=info\n")
    street.dies()
    street.again()
    assert street.told() == before
    assert street.said == ["router: the router process has ended; another is being started"]


def test_one_that_never_lives_is_spoken_of_once(street):
    for _ in range(5):
        street.dies()
        street.again()
    assert len(street.said) == 1


def test_a_machine_that_cannot_start_one_is_asked_again(street):
    street.refusal = OSError(11, "Resource temporarily unavailable")
    street.dies()
    street.again()
    assert "cannot be started: " in street.said[-1]
    street.refusal = None
    street.again()
    assert street.told()[0][0] is Kind.START


def test_when_the_app_stops_nobody_is_let_in_and_no_other_is_started(street):
    street.told()
    street.bench.kernel.submit(Shutdown())
    street.loop.turn()
    assert street.told()[0][0] is Kind.SHUTDOWN
    assert street.address.sockets == []
    street.dies()
    assert street.loop.later == [] and street.said == []


def test_nor_if_it_was_about_to_be(street):
    street.dies()
    street.bench.kernel.submit(Shutdown())
    street.again()
    assert len(street.spawned) == 1

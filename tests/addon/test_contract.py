"""What holds for every server of an add-on: for the played ones of the tests, and for real ones.

A played one that behaves otherwise than a real one would prove nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.addon import servers, wire
from emulator.addon.catalog import POSTGRES, REDIS, SERVICES
from emulator.addon.condition import database
from emulator.addon.recipe import SUPERUSER
from emulator.addon.servers import Phase, Servers
from emulator.app.surroundings import Addon
from emulator.errors import UserError
from tests.addon.host import Host
from tests.addon.host import addon as played_addon
from tests.addon.machine import Machine
from tests.addon.words import ASKED, DONE, PONG, ROW, WELCOME, WRONG_PASSWORD, WRONGPASS
from tests.api.bench import Supply

LISTEN = "import socket, time; s = socket.create_server(('127.0.0.1', $PORT)); time.sleep(1000)"
STUBBORN = f"""
[addons.stubborn]
command = '''trap "" TERM; echo there >data; exec {sys.executable} -ISc "{LISTEN}"'''
config = {{ STUBBORN_URL = "tcp://127.0.0.1:$PORT" }}
"""


class Played(Host):
    """The fake, with the same handles as the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.host = self
        self._made = 0

    def addon(self) -> Addon:
        self._made += 1
        return played_addon(self._made)

    def refuse(self) -> None:
        self.refuses = UserError("There is no such server.")

    def occupy(self, addon: Addon) -> None:
        self.occupied.add(addon.port)

    def until(self, is_true: Callable[[], object]) -> None:
        end = self.at + 60
        while not is_true():
            assert self.at < end, self.said
            self.run(0.01)

    def kill(self, addon: Addon) -> None:
        self.end(self.servers.servers[addon.id].launch, "KILL")

    def has_process(self, addon: Addon) -> bool:
        return addon.id in [one.id for one, _ in self.alive.values()]

    def has_data(self, addon: Addon) -> bool:
        return addon.id in self.data

    def close(self) -> None:
        pass


REAL = [pytest.param(kind, marks=pytest.mark.real) for kind in (REDIS, POSTGRES)]


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Played | Machine]:
    kind: str = request.param
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(servers, "HURRY", 0.2)
    if kind.startswith("played"):
        made: Played | Machine = Played()
    else:
        made = Machine(tmp_path, kind, STUBBORN if kind == "stubborn" else "")
    if kind == "played stubborn" and isinstance(made, Played):
        made.stubborn = True
    yield made
    made.close()


every = pytest.mark.parametrize("place", ["played", *REAL], indirect=True)
every_stubborn = pytest.mark.parametrize(
    "place",
    ["played stubborn", pytest.param("stubborn", marks=pytest.mark.real)],
    indirect=True,
)


def phase(all_: Servers, addon: Addon) -> Phase | None:
    server = all_.servers.get(addon.id)
    return server.phase if server else None


def up(place: Played | Machine) -> Addon:
    """One that is wanted and can be used."""
    addon = place.addon()
    place.servers.want([addon])
    assert phase(place.servers, addon) is Phase.STARTING and not place.readied
    place.until(lambda: phase(place.servers, addon) is Phase.UP)
    return addon


@every
def test_the_life_of_a_server(place: Played | Machine) -> None:
    """Ready is told at each start; one that is killed comes again; what is unwanted is no more."""
    addon = up(place)
    assert place.readied == [addon.id]
    assert place.has_process(addon) and place.has_data(addon)
    place.kill(addon)
    assert phase(place.servers, addon) is Phase.UP, "nothing is told within the call"
    place.until(lambda: phase(place.servers, addon) is Phase.DOWN)
    line = f"{addon.name}: the server exited with status 137; trying again in 0.5 s"
    assert place.said[-1] == line, "it is not said what it said while it started"
    place.until(lambda: phase(place.servers, addon) is Phase.UP)
    assert place.readied == [addon.id] * 2 and place.has_data(addon)
    place.servers.want([])
    assert place.has_process(addon), "it is told to stop, and stops then"
    place.until(lambda: addon.id not in place.servers.servers)
    assert not place.has_process(addon)
    place.until(lambda: not place.has_data(addon))


@every
def test_one_that_is_unwanted_while_it_starts_leaves_nothing(place: Played | Machine) -> None:
    addon = place.addon()
    place.servers.want([addon])
    place.until(lambda: place.has_process(addon))
    place.servers.want([])
    place.until(lambda: not place.servers.servers)
    assert not place.has_process(addon) and not place.readied
    place.until(lambda: not place.has_data(addon))


@every
def test_a_port_that_is_taken_is_told(place: Played | Machine) -> None:
    addon = place.addon()
    place.occupy(addon)
    place.servers.want([addon])
    place.until(lambda: place.moved)
    assert place.moved == [addon.id] and phase(place.servers, addon) is Phase.DOWN
    assert not place.has_process(addon) and not place.readied


@every
def test_what_cannot_be_started_is_said_in_a_line(place: Played | Machine) -> None:
    place.refuse()
    addon = place.addon()
    place.servers.want([addon])
    assert place.servers.are_settled and not place.has_process(addon)
    (line,) = place.said
    assert line.startswith(f"{addon.name}: ") and line.endswith("; trying again in 0.5 s")
    assert "\n" not in line


@every_stubborn
def test_a_stubborn_one_is_killed_in_the_end(place: Played | Machine) -> None:
    addon = up(place)
    stopped: list[bool] = []
    place.servers.hurry()
    place.servers.stop(lambda: stopped.append(True))
    place.until(lambda: stopped)
    assert not place.has_process(addon) and place.has_data(addon)


GOOD = {REDIS: PONG, POSTGRES: ASKED + WELCOME + ROW + DONE}
BAD = {REDIS: WRONGPASS, POSTGRES: ASKED + WRONG_PASSWORD}


def ask(service: str, port: int, password: str) -> object:
    if service == REDIS:
        return wire.redis(port, password, "PING")
    return wire.postgres(port, SUPERUSER, password, SUPERUSER, "select 15, null")


@every
def test_one_that_is_up(place: Played | Machine, server: Callable[[bytes], int]) -> None:
    """It is looked at, asked and told of, and stops; its data stay."""
    addon = up(place)
    looks_ready(place, addon)
    speaks(place, addon, server)
    is_told(place, addon)
    takes_another_plan(place, addon)
    stopped: list[bool] = []
    place.servers.stop(lambda: stopped.append(True))
    assert not stopped
    place.until(lambda: stopped)
    assert stopped == [True] and not place.has_process(addon) and place.has_data(addon)


def looks_ready(place: Played | Machine, addon: Addon) -> None:
    told: list[bool] = []
    place.host.look(addon, told.append)
    assert not told, "the answer comes later"
    place.until(lambda: told)
    assert told == [True]


def speaks(place: Played | Machine, addon: Addon, server: Callable[[bytes], int]) -> None:
    """The words that tests have listeners say are those of servers."""
    played = isinstance(place, Played)
    for service in (REDIS, POSTGRES) if played else (addon.service,):
        port = server(GOOD[service]) if played else addon.port
        assert ask(service, port, addon.password) in (b"PONG", [["15", ""]])
        port = server(BAD[service]) if played else addon.port
        with pytest.raises(wire.Unready, match=r"WRONGPASS|password authentication failed"):
            ask(service, port, "wrong")


OTHER = {REDIS: "premium-0", POSTGRES: "essential-2"}


def takes_another_plan(place: Played | Machine, addon: Addon) -> None:
    """The server that runs does."""
    launch, other = place.servers.servers[addon.id].launch, OTHER[addon.service]
    place.servers.want([addon.replace(plan=other)])
    if isinstance(place, Played):
        place.until(lambda: place.plans[addon.id] == other)
    else:
        place.until(lambda: limit(addon) == "40")
    assert place.servers.servers[addon.id].launch == launch


def limit(addon: Addon) -> str:
    """How many clients it has room for."""
    if addon.service == REDIS:
        told = wire.redis(addon.port, addon.password, "CONFIG", "GET", "maxclients")
        assert isinstance(told, list) and isinstance(told[1], bytes)
        return told[1].decode()
    sql = f"select rolconnlimit from pg_roles where rolname = '{database(addon)[0]}'"
    return wire.postgres(addon.port, SUPERUSER, addon.password, SUPERUSER, sql)[0][0]


def is_told(place: Played | Machine, addon: Addon) -> None:
    """The API's tests have a Supply that tells what the real one does."""
    supply = Supply() if isinstance(place, Played) else place.host
    services = supply.services()
    assert set(SERVICES) <= set(services)
    supply.check(services[addon.service], "")
    place.until(lambda: supply.told(addon))
    assert supply.status(addon) == Phase.UP.value
    assert "Connections" in dict(supply.told(addon))
    if isinstance(supply, Supply):
        supply.refuses = "There is no PostgreSQL 7 on this machine."
    with pytest.raises(UserError, match="There is no PostgreSQL 7 on this machine"):
        supply.check(SERVICES[POSTGRES], "7")

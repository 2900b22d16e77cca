"""The socket in the state folder: private, found again, and served whatever happens around it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import stat

import pytest

from emulator.api import connection, listener, peer, server
from emulator.api.server import Server, SocketFailed
from emulator.logplex.history import History
from tests.api.bench import Bench
from tests.api.client import Client, Loop, request, turns, until


class Soon:
    """What a bench's channel puts off comes in the loop's next turn."""

    def __init__(self, loop):
        self.append = loop.call_soon


class Town:
    """A server in a folder, its bench, and clients that enter the folder to connect."""

    def __init__(self, folder, bench):
        self.folder, self.bench = folder, bench
        self.loop = Loop()
        bench.soon = Soon(self.loop)
        self.server = Server(self.loop, str(folder), bench)
        self.clients = []

    def client(self, folder=None):
        sock = socket.socket(socket.AF_UNIX)
        back = os.open(".", os.O_RDONLY)
        try:
            os.chdir(folder or self.folder)
            sock.connect("socket")
        finally:
            os.fchdir(back)
            os.close(back)
        self.clients.append(Client(self.loop, sock))
        return self.clients[-1]

    def ask(self, *args, folder=None, **options):
        """(status, body) of the response."""
        client = self.client(folder)

        async def act():
            await client.send(request(*args, **options))
            return await client.response()

        return self.loop.does(act())

    def close(self):
        for client in self.clients:
            client.close()
        if not self.loop.is_closed():
            self.server.close()
            self.loop.close()


@pytest.fixture
def folder(tmp_path):
    """A state folder, so deep that its socket's path would be too long for the kernel."""
    path = tmp_path / ("a" * 100) / ("b" * 100) / ".hk-local"
    path.mkdir(parents=True, mode=0o700)
    return path


@pytest.fixture
def town(folder):
    town = Town(folder, Bench().start(web=1))
    town.server.start()
    yield town
    town.close()


@pytest.fixture
def attentive(monkeypatch):
    monkeypatch.setattr(server, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(listener, "PAUSE_SECONDS", 0.01)


def test_it_is_ours_alone_and_gone_in_the_end(town):
    mode = (town.folder / "socket").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    assert town.ask("/apps/~")[0] == 200
    town.close()
    assert os.listdir(town.folder) == []


def test_folder_and_umask_of_the_process_are_as_before(folder):
    before, umask = os.getcwd(), os.umask(0o022)
    town = Town(folder, Bench())
    town.server.start()
    assert (os.getcwd(), os.umask(umask)) == (before, 0o022)
    town.close()


def test_so_they_are_when_it_fails(folder):
    before, umask = os.getcwd(), os.umask(0o022)
    (folder / "socket").mkdir()
    town = Town(folder, Bench())
    with pytest.raises(SocketFailed, match=r"\.hk-local/socket: cannot be made: "):
        town.server.start()
    assert (os.getcwd(), os.umask(umask)) == (before, 0o022)
    town.close()
    assert (folder / "socket").is_dir()


@pytest.mark.parametrize("kind", ["socket", "file", "link"])
def test_what_a_killed_emulator_left_is_replaced(folder, tmp_path, kind):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    if kind == "socket":
        left = Town(folder, Bench())
        left.server._listen()
        left.server._own = None
        left.close()
    elif kind == "file":
        (folder / "socket").write_text("")
    else:
        (folder / "socket").symlink_to(victim)
    town = Town(folder, Bench())
    town.server.start()
    assert town.ask("/apps/~")[0] == 200
    town.close()
    assert victim.read_text() == "precious"


def test_a_deleted_socket_is_made_again(town, attentive):
    town.server._look()
    path = town.folder / "socket"
    path.unlink()
    town.loop.does(until(path.exists))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert town.ask("/apps/~")[0] == 200
    town.close()
    assert not path.exists()


def test_the_socket_of_another_emulator_is_left_alone(town, attentive):
    path = town.folder / "socket"
    path.unlink()
    path.write_text("theirs")
    town.server._look()
    town.loop.does(turns(50))
    town.close()
    assert path.read_text() == "theirs"


def test_an_app_that_moved_is_served_at_its_new_place(town, attentive, tmp_path):
    moved = tmp_path / "moved"
    town.folder.parent.rename(moved)
    assert town.ask("/apps/~", folder=moved / ".hk-local")[0] == 200
    (moved / ".hk-local" / "socket").unlink()
    town.server._look()
    assert town.ask("/apps/~", folder=moved / ".hk-local")[0] == 200


def test_a_folder_that_was_deleted_and_made_again_is_used(town, attentive):
    shutil.rmtree(town.folder)
    for _ in range(3):
        town.server._look()
    [told] = town.bench.told
    assert told.endswith("No such file or directory. Without it no other command reaches this app.")
    town.folder.mkdir()
    town.server._look()
    assert town.ask("/apps/~")[0] == 200


@pytest.mark.parametrize(
    ("uid", "served"),
    [(lambda: os.geteuid(), True), (lambda: 0, True), (lambda: os.geteuid() + 1, False)],
)
def test_who_is_served(town, monkeypatch, uid, served):
    monkeypatch.setattr(peer, "uid", lambda sock: uid())
    client = town.client()

    async def act():
        try:
            await client.send(request("/apps/~"))
        except OSError:
            return b""
        return await client.some()

    assert bool(town.loop.does(act())) is served


def test_where_the_system_does_not_tell_nobody_is_served(town, monkeypatch):
    monkeypatch.setattr(peer, "uid", lambda sock: None)
    assert town.loop.does(town.client().rest()) == b""


def test_more_clients_than_there_is_room_for_wait(town, attentive, monkeypatch):
    monkeypatch.setattr(listener, "MOST_CLIENTS", 3)
    idle = [town.client() for _ in range(3)]
    late = town.client()

    async def act():
        await late.send(request("/apps/~"))
        await turns(20)
        idle[0].close()
        return await late.response()

    assert town.loop.does(act())[0] == 200


def test_without_descriptors_it_pauses(town, attentive, monkeypatch):
    calls = []
    real = socket.socket.accept

    def accept(sock):
        calls.append(1)
        if len(calls) < 3:
            raise OSError(errno.EMFILE, "Too many open files")
        return real(sock)

    monkeypatch.setattr(socket.socket, "accept", accept)
    assert town.ask("/apps/~")[0] == 200
    assert len(calls) < 6


def test_two_hundred_that_say_half_a_thing_hurt_nobody(town):
    for n in range(200):
        town.client().sock.send(b"GET / HTTP/1.1\r\nHo")
        if n % 50 == 0:
            town.loop.does(turns(3))
    assert town.ask("/apps/~/dynos")[0] == 200


def test_closing_leaves_no_client_and_no_timer(town):
    client = town.client()
    town.loop.does(turns(5))
    town.server.close()
    assert client.sock.recv(10) == b""
    assert town.loop.waiting() == []
    town.loop.close()


def test_a_command_from_end_to_end(town):
    body = json.dumps({"updates": [{"type": "web", "quantity": "+1"}]}).encode()
    status, shown = town.ask("/apps/~/formation", "PATCH", body=body)
    assert status == 200
    assert json.loads(shown)[0]["quantity"] == 2
    assert len(town.bench.kernel.world.slots) == 2


def test_a_tail_from_end_to_end(town, tmp_path):
    """With the real history: what is stored, then what comes."""
    history = History(str(tmp_path / "log"), town.bench.tell)
    town.bench.history = history
    town.bench.store = lambda blocks: history.append(blocks, 0.0)
    town.bench.channel._store = town.bench.store
    for n in range(200):
        town.bench.log(f"{n}\n", at=n)
    client = town.client()

    async def act():
        await client.send(request("/apps/~/logs?tail=1&prefix=0&lines=150"))
        await client.until(b"\n199\n")
        for n in range(200, 300):
            town.bench.log(f"{n}\n", at=n)
            await turns(1)
        return await client.until(b"\n299\n")

    lines = town.loop.does(act()).split()
    assert lines == [b"%d" % n for n in range(200, 300)]
    history.close()


@pytest.mark.parametrize("tail", [0, 1])
def test_a_search_from_end_to_end(town, tmp_path, tail):
    history = History(str(tmp_path / "log"), town.bench.tell)
    town.bench.history = history

    def store(blocks):
        history.append(blocks, 0.0)
        for watcher in town.bench.watchers:
            watcher(blocks)

    town.bench.channel._store = store
    for n in range(2000):
        town.bench.log(f"{n}\n", at=n)
    client = town.client()

    async def act():
        await client.send(request(f"/apps/~/logs?tail={tail}&prefix=0&grep=99&lines=3"))
        await client.until(b"\r\n\r\n")
        town.bench.log("2099\n2100\n", at=2099)
        return await client.until(b"2099\n") if tail else await client.rest()

    found = [b"1997", b"1998", b"1999"]
    assert town.loop.does(act()).split() == [*found, *([b"2099"] if tail else [])]
    history.close()


def test_an_attached_one_off_from_end_to_end(town):
    """The dyno writes to the client's own descriptor; its exit status ends the connection."""
    reader, writer = os.pipe()
    client = town.client()
    body = json.dumps({"command": "bash", "attach": True}).encode()

    async def act():
        whole = request("/apps/~/dynos", "POST", body=body)
        client.send_with(whole[:1], [reader, writer, writer])
        await client.send(whole[1:])
        head = await client.until(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        [(name, fds, _)] = town.bench.lent
        os.write(fds[1], b"from the dyno")
        for fd in fds:
            os.close(fd)
        town.bench.boot()
        town.bench.exit(name, 3)
        return await client.rest()

    assert town.loop.does(act()) == b"3\n"
    assert os.read(reader, 100) == b"from the dyno"
    os.close(reader)
    os.close(writer)


def test_stop_ends_with_our_process(town, monkeypatch):
    """Which stands here for what it has open when the server is closed."""
    client, dup, kept = town.client(), socket.dup, []
    monkeypatch.setattr(connection.socket, "dup", lambda fd: kept.append(dup(fd)))

    async def act():
        await client.send(request("/hk-local/stop", "POST"))
        await client.until(b"Waiting for web.1\n")
        town.bench.exit("web.1")
        town.server.close()
        assert await client.until(b"\n") == b"Every dyno has stopped\n"
        os.close(kept.pop())
        return await client.rest()

    assert town.loop.does(act()) == b""
    town.loop.close()


# --- who is there --------------------------------------------------------------------------------


def test_the_peer_of_a_socket():
    ours, theirs = socket.socketpair()
    assert peer.uid(ours) == os.geteuid()
    assert peer.is_trusted(ours)
    ours.close()
    theirs.close()
    assert peer.uid(ours) is None


def test_the_peer_where_credentials_are_those_of_macos(monkeypatch):
    import sys

    class Mac:
        def getsockopt(self, level, name, size):
            assert (level, name, size) == (0, 1, 76)
            return b"\0\0\0\0" + (501).to_bytes(4, sys.byteorder) + b"\0" * 68

    monkeypatch.delattr(socket, "SO_PEERCRED", raising=False)
    assert peer.uid(Mac()) == 501


def test_local_time():
    assert server.utc_offset(0.0) % 60 == 0

"""The API over TCP: on loopback only, at a port and with a token that are remembered (T01, T09,
T10, T12)."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import stat

import pytest

from emulator.api import door, late, listener
from emulator.api.loopback import Loopback, NoPort
from emulator.cli.certificates import authority, context
from tests.api.bench import Bench
from tests.api.client import Client, request, until
from tests.api.test_server import Town


class Street(Town):
    """A town with a port."""

    def __init__(self, folder, port=None):
        super().__init__(folder, Bench().start(web=1))
        self.server.start()
        self.loopback = Loopback(self.loop, str(folder), self.server, port, context)

    def call(self, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family)
        self.clients.append(Client(self.loop, sock))
        sock.setblocking(True)
        sock.connect((host, self.loopback.port))
        sock.setblocking(False)
        return self.clients[-1]

    def ask(self, *args, host="127.0.0.1", token=None, **options):
        client = self.call(host)
        named = f"[{host}]" if ":" in host else host
        fields = [f"Authorization: Bearer {token or self.loopback.token}"]
        raw = request(*args, **options).replace(
            b"Host: localhost", f"Host: {named}:{self.loopback.port}\r\n{fields[0]}".encode()
        )

        async def act():
            await client.send(raw)
            return await client.response()

        return self.loop.does(act())

    def close(self):
        if not self.loop.is_closed():
            self.loopback.close()
        super().close()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / ".hk-local"
    path.mkdir(0o700)
    return path


@pytest.fixture
def street(folder):
    street = Street(folder)
    yield street
    street.close()


def saved(folder):
    return json.loads((folder / "api.json").read_text())


def test_it_serves_the_same_at_both_addresses(street):
    for host in ("127.0.0.1", "::1"):
        status, body = street.ask("/apps/~", host=host)
        assert (status, json.loads(body)["name"]) == (200, "shop")


def test_a_change_over_tcp(street):
    body = b'{"updates": [{"type": "web", "quantity": "+1"}]}'
    assert street.ask("/apps/shop/formation", "PATCH", body=body)[0] == 200
    assert len(street.bench.kernel.world.slots) == 2


def test_nobody_listens_at_other_addresses(street):
    with pytest.raises(OSError):
        street.call("127.0.0.2")


def test_the_sockets_are_bound_to_loopback(street):
    names = [listener._sock.getsockname()[0] for listener in street.loopback._listeners]
    assert names == ["127.0.0.1", "::1"]


def test_a_wrong_token_is_refused(street, monkeypatch):
    monkeypatch.setattr(late, "DELAY", 0.001)
    assert street.ask("/apps/~", token="0" * 64)[0] == 401


def test_port_and_token_are_for_the_user_only_and_kept(folder):
    street = Street(folder)
    first = saved(folder)
    assert first == {"port": street.loopback.port, "token": street.loopback.token}
    assert len(bytes.fromhex(first["token"])) == 32
    assert stat.S_IMODE((folder / "api.json").stat().st_mode) == 0o600
    street.close()
    again = Street(folder)
    assert saved(folder) == first
    again.close()


def test_without_the_file_there_are_new_ones(folder):
    tokens = set()
    for _ in range(2):
        Street(folder).close()
        tokens.add(saved(folder)["token"])
        (folder / "api.json").unlink()
    assert len(tokens) == 2


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"port": 0, "token": ""}', '{"port": 1, "token": "ab"}', "[" * 9999],
)
def test_a_damaged_file_is_replaced(folder, text):
    (folder / "api.json").write_text(text)
    (folder / "api.json").chmod(0o600)
    Street(folder).close()
    assert len(saved(folder)["token"]) == 64


def test_a_token_that_others_could_read_is_not_used(folder):
    Street(folder).close()
    leaked = saved(folder)["token"]
    (folder / "api.json").chmod(0o644)
    Street(folder).close()
    assert saved(folder)["token"] != leaked
    assert stat.S_IMODE((folder / "api.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["api.json", "api.json.new"])
def test_a_planted_link_leads_nowhere(folder, tmp_path, name):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (folder / name).symlink_to(victim)
    Street(folder).close()
    assert victim.read_text() == "precious"
    assert not (folder / "api.json").is_symlink()


def test_a_port_that_is_taken_now_is_replaced_and_the_token_with_it(folder):
    street = Street(folder)
    other = folder.parent / "other"
    other.mkdir(0o700)
    (other / "api.json").write_text(json.dumps(saved(folder)))
    (other / "api.json").chmod(0o600)
    second = Street(other)
    assert second.loopback.port != street.loopback.port
    assert second.loopback.token != street.loopback.token
    assert saved(other) == {"port": second.loopback.port, "token": second.loopback.token}
    street.close()
    second.close()


def test_a_fixed_port_that_is_taken_is_a_failure(folder, street):
    town = Town(folder, Bench())
    with pytest.raises(NoPort, match=rf"port {street.loopback.port}: Address already in use"):
        Loopback(town.loop, str(folder), town.server, street.loopback.port, context)
    town.close()


def test_a_folder_that_cannot_be_written_to_is_a_failure(folder, monkeypatch):
    def refuse(*args):
        raise OSError(28, "No space left on device")

    town = Town(folder, Bench())
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(NoPort, match="No space left on device"):
        Loopback(town.loop, str(folder), town.server, None, context)
    town.close()


def test_closing_leaves_no_listener(folder):
    street = Street(folder)
    street.close()
    with pytest.raises(ConnectionRefusedError):
        street.call()
    street.clients[-1].close()


def test_what_was_done_is_answered_whatever_else_the_client_sends(street):
    """A reset would make the Heroku CLI ask again, up to five times."""
    client = street.call()
    head = f"Host: localhost:{street.loopback.port}\r\nAuthorization: Bearer "
    head += street.loopback.token + "\r\nConnection: close"
    body = b'{"url": "https://example.org/"}'
    raw = request("/apps/~/log-drains", "POST", body=body)
    raw = raw.replace(b"Host: localhost", head.encode())

    async def act():
        sending = asyncio.ensure_future(client.send(raw + b"more than was announced" * 100_000))
        head, body = await client.until(b"\r\n\r\n"), await client.until(b"}\n")
        assert b'"url"' in body
        assert await street.loop.sock_recv(client.sock, 1) == b"", "an end, not a reset"
        sending.cancel()
        return head

    assert b" 201 Created" in street.loop.does(act())
    assert len(street.bench.kernel.world.drains) == 1


def test_a_port_full_of_clients_keeps_nobody_from_the_socket(street, monkeypatch):
    monkeypatch.setattr(listener, "MOST_CLIENTS", 2)
    strangers = [street.call() for _ in range(2)]

    async def fill():
        for client in strangers:
            await client.send(b"G")
        await until(lambda: street.loopback._guests.is_full)

    street.loop.does(fill())
    assert Town.ask(street, "/apps/~")[0] == 200


def test_who_says_a_byte_when_there_is_no_more_room_is_let_go(street, monkeypatch):
    monkeypatch.setattr(listener, "MOST_CLIENTS", 2)
    clients = [street.call() for _ in range(3)]

    async def act():
        await until(lambda: len(street.loopback._door._waiting) == 3)
        for client in clients[:2]:
            await client.send(b"G")
        await until(lambda: street.loopback._guests.is_full)
        await clients[2].send(b"G")
        return await clients[2].rest()

    assert street.loop.does(act()) == b""
    assert len(street.loopback._guests._connections) == 2


# --- with TLS ------------------------------------------------------------------------------------


@pytest.fixture
def trusting(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return lambda: ssl.create_default_context(cafile=authority())


def test_who_comes_with_tls_is_served_the_same(street, trusting):
    async def act():
        port = street.loopback.port
        reader, writer = await asyncio.open_connection("localhost", port, ssl=trusting())
        for target in ("/apps/~/dynos", "/api/v2"):
            lines = [f"GET {target} HTTP/1.1", f"Host: localhost:{port}"]
            lines += [f"Authorization: Bearer {street.loopback.token}", "", ""]
            writer.write("\r\n".join(lines).encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 200 OK\r\n")
            size = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
            body = await reader.readexactly(size)
        writer.close()
        await writer.wait_closed()
        await until(lambda: not street.loopback._guests._connections)
        return json.loads(body)

    assert street.loop.does(act()) == [{"dyno_name": "web.1"}]


def test_who_begins_with_tls_and_goes_on_with_something_else_is_let_go(street, trusting):
    client = street.call()

    async def act():
        await client.send(b"\x16 no such thing")
        return await client.rest()

    assert not street.loop.does(act()).startswith(b"HTTP")
    assert street.ask("/apps/~")[0] == 200


def test_who_says_nothing_is_let_go_in_time(street, monkeypatch):
    monkeypatch.setattr(door, "REQUEST_SECONDS", 0.01)
    client = street.call()
    assert street.loop.does(client.rest()) == b""
    assert not street.loopback._door._waiting

"""Where the app listens: its port or the next one, on loopback or where it was told."""

from __future__ import annotations

import os
import socket

import pytest

from emulator.cli import address
from emulator.cli.address import Address, HostUnusable, NoFreePort, PortTaken, open_address

pytestmark = pytest.mark.real


@pytest.fixture
def port():
    """A port that is free."""
    with socket.create_server(("", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def opened():
    made: list[Address] = []

    def call(host="", port=None, tls=False, avoid=None):
        made.append(open_address(host, port, tls, avoid))
        return made[-1]

    yield call
    for one in made:
        one.close()


def reaches(host, port):
    try:
        socket.create_connection((host, port), timeout=60).close()
    except OSError:
        return False
    return True


def test_it_listens_on_loopback_only(opened, port):
    made = opened(port=port)
    assert made.url == f"http://localhost:{port}" and not made.notice
    assert {sock.getsockname()[0] for sock in made.sockets} <= {"127.0.0.1", "::1"}
    assert reaches("127.0.0.1", port)


def test_it_listens_where_it_is_told(opened, port):
    made = opened("0.0.0.0", port, tls=True)
    assert made.url == f"https://localhost:{port}"
    assert [sock.getsockname()[0] for sock in made.sockets] == ["0.0.0.0"]


def test_an_address_of_this_machine_is_named_in_the_url(opened, port):
    assert opened("127.0.0.2", port).url == f"http://127.0.0.2:{port}"


@pytest.mark.parametrize("taken", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_was_asked_for_has_to_be_free(opened, taken):
    with socket.create_server((taken, 0)) as other, pytest.raises(PortTaken) as raised:
        opened(port=other.getsockname()[1])
    assert str(raised.value).startswith(f"Port {raised.value.fields['port']} is taken")


def test_else_it_is_the_next_that_is_free(opened, port, monkeypatch):
    monkeypatch.setattr(address, "DEFAULT_PORT", port)
    first = opened()
    second = opened(avoid=port + 1)
    assert first.port == port and not first.notice
    assert second.port > port + 1
    assert second.notice == f"port {port} is taken; the app is at {second.url}"


def test_there_may_be_none(opened, port, monkeypatch):
    monkeypatch.setattr(address, "DEFAULT_PORT", port)
    monkeypatch.setattr(address, "MOST_TRIES", 1)
    opened()
    with pytest.raises(NoFreePort, match="--port"):
        opened()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_a_clear_error(opened, port, host):
    with pytest.raises(HostUnusable, match=f"^--host {host}: cannot listen there: "):
        opened(host, port)


def test_dynos_do_not_inherit_it(opened, port):
    assert not any(os.get_inheritable(sock.fileno()) for sock in opened(port=port).sockets)

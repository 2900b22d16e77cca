"""A web dyno is up when it listens on $PORT itself, and not before."""

from __future__ import annotations

import os
import socket
import urllib.request

import pytest

from tests.real.app import App, Emulator, until
from tests.real.visited import free_port

pytestmark = pytest.mark.real

SERVER = """
import os, socket, sys, time
host, port, how = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
if "daemon" in how and os.fork():
    time.sleep(1000)
if "daemon" in how:
    os.setsid()
while "wait" in how and not os.path.exists("go"):
    time.sleep(0.005)
server = socket.socket(family)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((host, port))
server.listen()
while True:
    client, _ = server.accept()
    client.recv(65536)
    client.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nserved by dyno")
    client.close()
"""

UP = "heroku[web.1]: State changed from starting to up"
STARTING = "heroku[web.1]: Starting process with command `"


def serve(app: App, arguments: str, *words: str, before: str = "") -> Emulator:
    app.write("server.py", SERVER)
    app.procfile(web=f"{{python}} server.py {arguments}")
    return app.start(*words, before=before)


def port_of(emulator: Emulator, launch: int = 1) -> int:
    """$PORT of its nth launch, as the log shows it."""
    emulator.expect(STARTING, times=launch)
    line = [line for line in emulator.text.splitlines() if STARTING in line][launch - 1]
    return int(line.partition("server.py ")[2].split()[1].strip("`"))


def fetch(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as response:
        return response.read().decode()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_up_when_it_listens(user_app: App, host: str) -> None:
    """As another user, too, of whose processes the kernel tells less."""
    emulator = serve(user_app, f"{host} $PORT")
    emulator.expect(UP)
    port = port_of(emulator)
    line = emulator.expect("hk-local[router]: listening on http://localhost:")
    assert fetch(port) == fetch(int(line.rpartition(":")[2])) == "served by dyno"
    assert emulator.stop() == 143
    assert "loopback" not in emulator.text
    user_app.assert_nothing_left()


def test_without_a_router_it_is_reached_at_a_port_of_its_own(app: App) -> None:
    port = free_port()
    emulator = serve(app, "0.0.0.0 $PORT", "--no-router", "--port", port)
    emulator.expect(f"hk-local[web.1]: listening on http://localhost:{port}")
    assert port_of(emulator) == int(port)
    assert fetch(int(port)) == "served by dyno"
    assert emulator.stop() == 143
    assert "hk-local[router]" not in emulator.text
    app.assert_nothing_left()


def test_up_when_a_daemon_of_it_listens(app: App) -> None:
    emulator = serve(app, "0.0.0.0 $PORT daemon")
    emulator.expect(UP)
    assert emulator.stop() == 143
    app.assert_nothing_left()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_on_loopback_only_it_is_up_with_a_hint(app: App, host: str) -> None:
    """F28."""
    emulator = serve(app, f"{host} $PORT")
    emulator.expect(UP)
    emulator.expect(f"hk-local[web.1]: listens on loopback only, port {port_of(emulator)}")
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_strictly_loopback_does_not_count(app: App) -> None:
    emulator = serve(app, "127.0.0.1 $PORT", "--strict-bind")
    port = port_of(emulator)
    until(lambda: is_served(port), "it listens")
    # A web dyno that counts is up within hundredths of a second from here.
    with pytest.raises(AssertionError, match="no more output"):
        emulator.expect(UP, within=0.7)
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_on_another_port_it_is_told_so(app: App) -> None:
    """F28: the hint names the port, long before R10."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        other = probe.getsockname()[1]
    emulator = serve(app, f"0.0.0.0 {other} $PORT")
    line = emulator.expect(f"hk-local[web.1]: listens on port {other}, but $PORT is")
    assert "R10" in line
    assert UP not in emulator.text
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_a_stranger_on_its_port_does_not_make_it_up(app: App) -> None:
    """F30: the dyno comes again on another port."""
    emulator = serve(app, "0.0.0.0 $PORT wait")
    port = port_of(emulator)
    with socket.create_server(("0.0.0.0", port)):
        with pytest.raises(AssertionError, match="no more output"):
            emulator.expect(UP, within=0.5)
        app.write("go", "")
        emulator.expect("Address already in use")
        emulator.expect("heroku[web.1]: State changed from starting to crashed")
        emulator.expect(UP)
    again = port_of(emulator, launch=2)
    assert again != port
    assert fetch(again) == "served by dyno"
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_a_taken_port_is_said_before_anything_starts(app: App) -> None:
    """F31."""
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        emulator = serve(app, "0.0.0.0 $PORT", "--port", str(port))
        assert emulator.ends() == 1
    assert emulator.stderr.startswith(f"hk-local: Port {port} is taken by another program.")
    assert emulator.text == ""
    assert not os.path.exists(app.dir / ".hk-local")


def is_served(port: int) -> bool:
    try:
        return fetch(port) != ""
    except OSError:
        return False

"""The API's port and token: whose they are, who reaches them, and for how long they are good."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.real.served import HK_LOCAL, Served

pytestmark = pytest.mark.real

PROCFILE = "worker: exec sleep 1000\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Served(tmp_path_factory.mktemp("home"), PROCFILE)
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


def test_without_the_token_or_under_another_name(shop: Served):
    assert shop.ask("GET", "/apps/shop").status == 200
    assert shop.ask("GET", "/apps/shop", Authorization="Bearer wrong").status == 401
    assert shop.ask("GET", "/apps/shop", Origin="http://evil.example").status == 403
    assert shop.ask("GET", "/apps/shop", Host="evil.example").status == 421


def test_nobody_else_on_the_network_reaches_it(shop: Served):
    """T01. The machine's other addresses, if it has any, refuse."""
    names = socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
    port = int(shop.url.rpartition(":")[2])
    for address in {name[4][0] for name in names} | {"127.0.0.2"}:
        if address != "127.0.0.1":
            with socket.socket() as sock:
                assert sock.connect_ex((address, port)) != 0


def test_the_token_is_on_no_command_line_and_in_no_dyno(shop: Served):
    """T10. Linux tells every user every command line."""
    shown = subprocess.run(["ps", "-Aww", "-o", "args"], capture_output=True, text=True).stdout
    assert "sleep 1000" in shown and shop.token not in shown
    assert shop.token not in shop.hk_local("status", "--json")
    shown = shop.hk_local("run", "env")
    assert "DYNO=run." in shown and shop.token not in shown


def test_git_remotes_of_the_cli_select_the_app(shop: Served):
    assert shop.get("/apps/shop")["git_url"] == f"https://{shop.address}/shop.git"


def test_they_are_those_of_last_time(shop: Served):
    before = shop.env
    shop.hk_local("stop")
    shop.start()
    assert shop.env == before


def test_a_port_that_was_chosen_and_one_that_is_taken(
    shop: Served, tmp_path_factory: pytest.TempPathFactory
):
    other = Served(tmp_path_factory.mktemp("other"), PROCFILE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for more in ((), ("--port", port)):
            start = (HK_LOCAL, "start", "--api-port", port, *more)
            failed = subprocess.run(
                start, cwd=other.dir, env=other.plain, capture_output=True, timeout=100
            )
            assert failed.returncode == 1
            assert f"Port {port} is taken".encode() in failed.stderr
    other.start("--api-port", port)
    try:
        assert other.address == f"localhost:{port}"
        assert other.ask("GET", "/apps/shop").status == 200
        assert other.ask("GET", "/apps/shop", Authorization=f"Bearer {shop.token}").status == 401
    finally:
        other.stop()

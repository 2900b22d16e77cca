"""The servers that the docs declare as examples: they serve, keep what they should, and go."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator

import kombu
import pytest

from tests.real.app import REPOSITORY, App, all_pids, command, read, signal_quietly, until
from tests.real.test_addons import LONG, ask, config, started

pytestmark = pytest.mark.real

TOML = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def declaring(app: App) -> Iterator[App]:
    """An app whose project declares what the docs do."""
    (found,) = TOML.findall((REPOSITORY / "docs" / "add-ons.md").read_text())
    app.write("hk-local.toml", found)
    app.env["HOME"] = str(app.root)
    yield app
    for emulator in app.emulators:
        emulator.close()
    for pid in servers(app):
        signal_quietly(pid, 9)


def servers(app: App) -> list[int]:
    """Every process that has an add-on's folder for its home, wherever it has gone to."""
    home = os.fsencode(f"HOME={app.dir}/.hk-local/addons/")
    return [pid for pid in all_pids() if home in read(f"/proc/{pid}/environ")]


def gone(app: App) -> None:
    until(lambda: not servers(app), "the servers are gone", LONG)
    app.assert_nothing_left()


def test_memcached(declaring: App) -> None:
    app = declaring
    emulator = started(app)
    ask(app, "addons:create", "memcachier", "--wait")
    host, _, port = config(app)["MEMCACHIER_SERVERS"].partition(":")
    with socket.create_connection((host, int(port)), LONG) as link, link.makefile("rwb") as file:
        file.write(b"set key 0 0 5\r\nvalue\r\nget key\r\n")
        file.flush()
        lines = [file.readline() for _ in range(4)]
    assert lines == [b"STORED\r\n", b"VALUE key 0 5\r\n", b"value\r\n", b"END\r\n"]
    emulator.stop()
    gone(app)


@pytest.mark.timeout(300)
def test_rabbitmq(declaring: App) -> None:
    """Neither it nor what it needs beside it outlives us, even if we are killed."""
    app = declaring
    emulator = started(app)
    ask(app, "addons:create", "cloudamqp")
    emulator.expect("completed provisioning, setting CLOUDAMQP_URL", within=4 * LONG)
    with kombu.Connection(config(app)["CLOUDAMQP_URL"]) as link, link.SimpleQueue("jobs") as jobs:
        jobs.put("one")
        message = jobs.get(timeout=LONG)
        assert message.payload == "one"
        message.ack()
    assert any("epmd" in command(pid) for pid in servers(app))
    emulator.kill()
    gone(app)

"""Log drains of a running app, from its first line to its last."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator

import pytest

from tests.logplex.receivers import Https
from tests.real.app import App, until

pytestmark = pytest.mark.real
COUNT = "i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo line $i; done; exec sleep 1000"


@pytest.fixture
def receiver() -> Iterator[Https]:
    made = Https()
    yield made
    made.close()


PATIENT = "from emulator.cli import drainage; drainage.LAST_LINES = 60.0"
"""Instead of the two seconds in which a busy machine may not deliver the last lines."""


def texts(receiver: Https) -> list[str]:
    """`web.1 text` of every message."""
    fields = [message.decode().split(" ", 6) for message in receiver.messages]
    return [f"{field[4]} {field[6].strip()}" for field in fields]


def test_a_drain_gets_all_from_the_first_line_to_the_last(app: App, receiver: Https):
    app.procfile(worker=COUNT)
    emulator = app.start(before=PATIENT).up("worker.1")
    url = f"http://127.0.0.1:{receiver.port}/"
    added = app.hk_local("drains:add", url)
    assert (added.returncode, added.stdout) == (0, f"Successfully added drain {url}\n")
    emulator.stop()
    lines = texts(receiver)
    assert lines[-1] == "worker.1 Process exited with status 143"
    receiver.posts.clear()
    emulator = app.start(before=PATIENT).up("worker.1")
    emulator.expect("line 500")
    emulator.stop()
    lines = texts(receiver)
    assert [line for line in lines if "worker.1 line" in line] == [
        f"worker.1 line {n}" for n in range(1, 501)
    ]
    assert any("Starting process with command" in line for line in lines)
    assert lines[-1] == "worker.1 Process exited with status 143"
    assert not any("hk-local" in line for line in lines)
    app.assert_nothing_left()


def test_a_dead_receiver_holds_nobody_up(app: App):
    """Neither the dynos nor the end; and what was not delivered is told."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and nobody else can listen there
        dead = deaf.getsockname()[1]
        app.procfile(worker="while echo line; do sleep 0.05; done")
        emulator = app.start().up("worker.1")
        assert app.hk_local("drains:add", f"http://127.0.0.1:{dead}/").returncode == 0
        emulator.expect(f"hk-local[drain]: http://127.0.0.1:{dead}: Connection refused")
        shown = app.hk_local("drains").stdout
    assert "  0 delivered, 0 lost, " in shown and ": Connection refused\n" in shown
    emulator.stop()
    assert "more lines were lost" in emulator.text
    app.assert_nothing_left()


def test_a_receiver_that_never_answers_is_waited_for_no_longer_than_two_seconds(app: App):
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}"
        app.procfile(worker="while echo line; do sleep 0.05; done")
        emulator = app.start().up("worker.1")
        assert app.hk_local("drains:add", url).returncode == 0
        until(lambda: select.select([frozen], [], [], 0)[0], "the drain has connected")
        emulator.stop()
        assert f"hk-local[drain]: {url}: is busy, and may miss the last lines" in emulator.text
    app.assert_nothing_left()


def test_an_api_request_that_names_no_drain(app: App):
    app.procfile(worker=COUNT)
    emulator = app.start().up("worker.1")
    wrong = app.hk_local("drains:add", "ftp://a")
    assert wrong.returncode == 1 and "'ftp' is no scheme of a drain" in wrong.stderr
    far = app.hk_local("drains:add", "syslog://logs.nowhere.invalid", "--format", "rfc5424")
    assert "not on this machine" in far.stderr
    assert "syslog://logs.nowhere.invalid#rfc5424 (d." in app.hk_local("drains").stdout
    removed = app.hk_local("drains:remove", "syslog://logs.nowhere.invalid#rfc5424")
    assert removed.stdout.startswith("Successfully removed drain")
    assert app.hk_local("drains").stdout == ""
    emulator.stop()

"""Nothing is lost, doubled or mixed up, however much it is and however long it takes."""

from __future__ import annotations

import os
import random
import socket
import struct
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

import pytest

from tests.real.served import HK_LOCAL, Served, until

pytestmark = pytest.mark.real

HEROKU = os.environ.get("HK_LOCAL_HEROKU_CLI", "")

IS_LONG = bool(os.environ.get("HK_LOCAL_ENDURANCE"))
"""Whoever asks for it waits ten minutes longer."""
RUNS = 200 if IS_LONG else 50
TAIL_SECONDS = 600.0 if IS_LONG else 8.0
CHATTY = """\
import os, time
own = os.urandom(8).hex()
for n in range(10**6):
    print(own, n, flush=n % 10 == 9)
    if n % 10 == 9:
        time.sleep(0.05 if n % 100 < 99 else 0.3)
"""
PROCFILE = "worker: exec python3 -S chatty.py\nquiet: exec sleep 100000\n"
LINES = 800_000
"""Of `seq`: 5.5 MB."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Served(tmp_path_factory.mktemp("home"), PROCFILE)
    (shop.dir / "chatty.py").write_text(CHATTY)
    try:
        shop.start("-m", "worker=0")
        yield shop
    finally:
        shop.stop()


class TestRuns:
    @pytest.mark.parametrize(("tty", "end"), [(False, b"\n"), (True, b"\r\n")])
    def test_five_megabytes(self, shop: Served, tty: bool, end: bytes):
        output, status = shop.attach(f"sh -c 'seq {LINES}; exit 7'", tty)
        assert status == 7
        assert output == b"".join(b"%d%s" % (n, end) for n in range(1, LINES + 1))

    @pytest.mark.timeout(RUNS * 6)
    def test_many_in_a_row(self, shop: Served):
        for n in range(RUNS):
            status = n * 37 % 256
            output = shop.attach(f"sh -c 'seq {n}; printf the-end-of-{n}; exit {status}'")
            numbers = b"".join(b"%d\n" % i for i in range(1, n + 1))
            assert output == (numbers + b"the-end-of-%d" % n, status)

    @pytest.mark.skipif(not HEROKU, reason="HK_LOCAL_HEROKU_CLI names no Heroku CLI")
    def test_five_megabytes_to_the_heroku_cli(self, shop: Served):
        words = ["run", "--no-tty", "-x", "--", f"sh -c 'seq {LINES}; exit 7'"]
        env = {**shop.plain, **shop.env}
        done = subprocess.run([HEROKU, *words], env=env, capture_output=True, timeout=100)
        assert done.returncode == 7, done.stderr
        assert done.stdout == b"".join(b"%d\n" % n for n in range(1, LINES + 1))


class Following(threading.Thread):
    """Reads the log from its first line on; `lines` has what came."""

    def __init__(self, shop: Served) -> None:
        super().__init__()
        self.shop = shop
        self.lines: list[str] = []
        self.is_stopped = False
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.follow()
        except (OSError, AssertionError, HTTPException) as error:
            self.failure = error

    def follow(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        self.is_stopped = True
        self.join(60)

    def waits_for(self, lines: int) -> None:
        """So many more lines have come."""
        wanted = len(self.lines) + lines
        until(lambda: self.failure or len(self.lines) >= wanted)
        assert self.failure is None, self.failure


class Events(Following):
    """As server-sent events, over connections that are reset again and again in mid-line."""

    def follow(self) -> None:
        asked = {"lines": 100_000, "tail": True}
        session = self.shop.ask("POST", "/apps/shop/log-sessions", asked).json
        self.path = session["logplex_url"].removeprefix(self.shop.url)
        self.last_id = ""
        self.connections = 0
        chance = random.Random(3)
        while not self.is_stopped:
            self.read_until_cut(chance.randrange(200, 5_000))

    def read_until_cut(self, left: int) -> None:
        """So many bytes have come, or nothing for a while; whole events in them count."""
        self.connections += 1
        connection = HTTPConnection(self.shop.address, timeout=60)
        fields = {"Accept": "text/event-stream"}
        if self.last_id:
            fields["Last-Event-ID"] = self.last_id
        connection.request("GET", self.path, headers=fields)
        sock, data = connection.sock, b""
        response = connection.getresponse()
        assert response.status == 200
        sock.settimeout(0.5)
        # Then closing is a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            while left > 0:
                part = response.read1(min(left, 4096))
                assert part, "the tail ended"
                left -= len(part)
                data = self.take(data + part)
        except TimeoutError:
            pass
        finally:
            response.close()
            connection.close()

    def take(self, data: bytes) -> bytes:
        """The rest, which is no whole event yet."""
        *events, rest = data.split(b"\n\n")
        for event in events:
            for line in event.decode().split("\n"):
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "data":
                    self.lines.append(value)
        return rest


class Text(Following):
    """As `hk-local logs --tail` has it, over the unix socket."""

    def follow(self) -> None:
        words = [HK_LOCAL, "logs", "--tail", "-n", "100000"]
        self.process = subprocess.Popen(
            words, cwd=self.shop.dir, env=self.shop.plain, stdout=subprocess.PIPE, text=True
        )
        with self.process:
            for line in self.process.stdout:
                self.lines.append(line.rstrip("\n"))

    def stop(self) -> None:
        self.process.terminate()
        super().stop()


@pytest.mark.timeout(TAIL_SECONDS + 300)
def test_tails_over_many_restarts(shop: Served):
    """Each has every line of the log once and in order, and no line of a dyno is missing there."""
    events, text = Events(shop), Text(shop)
    try:
        shop.hk_local("ps:scale", "worker=1")
        end, restarts = time.monotonic() + TAIL_SECONDS, 0
        while time.monotonic() < end or restarts <= 4:
            events.waits_for(lines=60)
            shop.ask("DELETE", "/apps/shop/dynos/worker.1")
            restarts += 1
        shop.hk_local("ps:scale", "worker=0")
        until(lambda: list(shop.states()) == ["quiet.1"])
        stored = shop.hk_local("logs", "-n", "100000").splitlines()
        for tail in (events, text):
            until(lambda tail=tail: tail.failure or len(tail.lines) >= len(stored))
    finally:
        events.stop()
        text.stop()
    assert events.lines == stored
    assert text.lines == stored
    assert events.connections > restarts > 3
    assert_complete(stored)


def assert_complete(stored: list[str]) -> None:
    """Every launch of the worker has counted from 0, and nothing is missing."""
    counts: dict[str, list[int]] = defaultdict(list)
    for line in stored:
        source, _, message = line.partition("]: ")
        if source.endswith(" app[worker.1"):
            launch, number = message.split()
            counts[launch].append(int(number))
    assert len(counts) > 3
    for numbers in counts.values():
        assert numbers == list(range(len(numbers)))

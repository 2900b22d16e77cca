"""What the API costs over TCP: requests a second beside a flood, and tails of the log."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import ExitStack
from functools import partial
from typing import Self

from benchmarks import process
from benchmarks.peers import OURS, Peer
from benchmarks.suites.command import await_answer
from benchmarks.suites.suite import Metric, Result, Suite, percentile
from benchmarks.supervised import Failed, Supervised, readable

DYNOS = 100
SECONDS = 5.0
SETTLE = 2.0
TAILS = 50
TAIL_SECONDS = 10.0
LINES, MICROS = 60_000, 900
"""Of the child whose log is tailed: about 1,000 a second, for longer than is measured."""
PATH = "/apps/~/dynos"
PS = (PATH, "/apps/~", "/account")
"""What `heroku ps` asks for. Source: Heroku CLI, src/commands/ps/index.ts."""
PS_RUNS = 50


class Client:
    """One connection to the API, kept; as lean as it can be, for it shares the machine."""

    def __init__(self, run: Supervised) -> None:
        access = json.loads((run.folder / ".hk-local/api.json").read_text())
        self.head = (
            f"Host: localhost:{access['port']}\r\nAuthorization: Bearer {access['token']}\r\n"
        )
        self.sock = socket.create_connection(("127.0.0.1", access["port"]), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.sock.close()

    def send(self, path: str, accept: str = "application/vnd.heroku+json; version=3") -> None:
        self.sock.sendall(f"GET {path} HTTP/1.1\r\nAccept: {accept}\r\n{self.head}\r\n".encode())

    def get(self, path: str) -> bytes:
        """The whole response. Raises: Failed unless it is one with a length."""
        self.send(path)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.sock.recv(1 << 18)
        head, _, body = data.partition(b"\r\n\r\n")
        name = b"content-length: "
        at = head.lower().find(name)
        if not head.startswith(b"HTTP/1.1 200") or at < 0:
            raise Failed(f"{path}: {head!r}")
        left = int(head[at + len(name) :].split(b"\r\n")[0]) - len(body)
        parts = [body]
        while left > 0:
            parts.append(self.sock.recv(1 << 18))
            left -= len(parts[-1])
        return b"".join(parts)


def requests(flood: bool, peer: Peer) -> Result:
    """GET /apps/~/dynos of 100 dynos, one after the other on one connection."""
    modes = ["wait"] * DYNOS + ["write 0 block"] * flood
    with ExitStack() as stack:
        run = stack.enter_context(Supervised(peer, modes))
        run.listen("start", len(modes))
        await_answer(str(run.folder))
        run.go()
        client = stack.enter_context(Client(run))
        if len(json.loads(client.get(PATH))) != len(modes):
            raise Failed("not every dyno is listed")
        time.sleep(SETTLE)
        own = run.own()
        before, begun = process.cpu_seconds(own), time.monotonic()
        times = [
            _timed(client, PATH) for _ in iter(lambda: time.monotonic() < begun + SECONDS, False)
        ]
        took, used = time.monotonic() - begun, process.cpu_seconds(own) - before
        ps = [_timed(client, *PS) for _ in range(PS_RUNS)]
    return Result(
        {
            "requests/s": len(times) / took,
            "p50 ms": percentile(times, 0.5),
            "p99 ms": percentile(times, 0.99),
            "heroku ps ms": percentile(ps, 0.5),
            # Beside a flood most of it is the flood's.
            **({} if flood else {"CPU us each": used / len(times) * 1e6}),
        }
    )


def _timed(client: Client, *paths: str) -> float:
    """Milliseconds until all were answered, one after the other."""
    begun = time.monotonic_ns()
    for path in paths:
        client.get(path)
    return (time.monotonic_ns() - begun) / 1e6


class Readers(threading.Thread):
    """Reads what comes at so many tails, as server-sent events, and counts the lines."""

    def __init__(self, clients: list[Client]) -> None:
        super().__init__(daemon=True)
        self.clients = {client.sock: client for client in clients}
        self.lines = dict.fromkeys(self.clients, 0)
        self.is_over = False
        for client in clients:
            client.send("/apps/~/logs?tail=1&lines=1", "text/event-stream")

    def run(self) -> None:
        while not self.is_over:
            for sock in readable(self.clients, 0.1):
                self.lines[sock] += sock.recv(1 << 18).count(b"\ndata: ")


def tails(peer: Peer) -> Result:
    """CPU while a child writes 1,000 lines a second: without a reader, and with 50 that get all."""
    with ExitStack() as stack:
        run = stack.enter_context(Supervised(peer, [f"ping {LINES} {MICROS}"]))
        run.listen("start", 1)
        await_answer(str(run.folder))
        run.go()
        time.sleep(SETTLE)
        alone = _share(run)
        readers = Readers([stack.enter_context(Client(run)) for _ in range(TAILS)])
        readers.start()
        time.sleep(SETTLE)
        written, before = _shown(run), dict(readers.lines)
        together = _share(run)
        written = (_shown(run) - written) / TAIL_SECONDS
        rates = [(readers.lines[sock] - before[sock]) / TAIL_SECONDS for sock in before]
        readers.is_over = True
        readers.join()
    values = {"no tail, % of a core": alone, "50 tails, %": together, "tails, %": together - alone}
    told = f"{min(rates):.0f} to {max(rates):.0f} at each tail"
    return Result(values, f"{written:.0f} lines/s on standard output, {told}")


def _shown(run: Supervised) -> float:
    """So many lines stand on the emulator's standard output, a file."""
    return (run.folder / "errors").read_bytes().count(b"\n")


def _share(run: Supervised) -> float:
    own = run.own()
    before, begun = process.cpu_seconds(own), time.monotonic()
    time.sleep(TAIL_SECONDS)
    return (process.cpu_seconds(own) - before) / (time.monotonic() - begun) * 100


def is_ours(peer: Peer) -> bool:
    return peer is OURS


SUITES = [
    *[
        Suite(
            name=f"api-{name}",
            title=f"GET /apps/x/dynos of {DYNOS}, {title}",
            metrics=[
                Metric("requests/s", more_is_better=True),
                Metric("p50 ms"),
                Metric("p99 ms"),
                Metric("heroku ps ms"),
                Metric("CPU us each"),
            ],
            measure=partial(requests, flood),
            applies=is_ours,
        )
        for name, title, flood in (
            ("quiet", "nothing else happens", False),
            ("flood", "a dyno floods its log", True),
        )
    ],
    Suite(
        name="api-tails",
        title=f"{TAILS} tails of 1,000 lines/s",
        metrics=[Metric(n) for n in ("no tail, % of a core", "50 tails, %", "tails, %")],
        measure=tails,
        applies=is_ours,
        rounds=3,
    ),
]

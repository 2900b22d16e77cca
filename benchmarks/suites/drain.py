"""What log drains take beside 60,000 lines a second, how much more they could, and what a dead
receiver costs."""

from __future__ import annotations

import contextlib
import gzip
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import process
from benchmarks.peers import Peer
from benchmarks.suites.api import is_ours
from benchmarks.suites.command import ask, await_answer
from benchmarks.suites.suite import Metric, Result, Suite
from benchmarks.supervised import Failed, Supervised
from emulator.cli import certificates

LINES = 600_000
"""Of one child, which takes ten seconds."""

CALM = 3.0
"""So long, in seconds, what was written last may be under way."""

END = b"~>\n"
"""Of each of the child's lines."""

ROOM = 1 << 18
"""Of a receiver's buffer: a request has half as much."""

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


LOOK = 1.0
"""So often, in seconds, memory is looked at: that takes the receiver's time."""

HOGS_PER_CORE = 2
"""Programs that take all the processor they can get, on a busy machine."""

SECURE = ("https", "syslog+tls")
SCHEMES = ("http", "https", "syslog", "syslog+tls")


class Receiver(threading.Thread):
    """Takes one connection and counts the child's lines; answers HTTP requests."""

    def __init__(self, scheme: str) -> None:
        super().__init__(daemon=True)
        self.posts = scheme in ("http", "https")
        self.context: ssl.SSLContext | None = None
        if scheme in SECURE:
            self.context = certificates.context()
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{port}/" + "#insecure" * (scheme in SECURE)
        self.lines = 0
        self.last = 0.0

    def run(self) -> None:
        with contextlib.suppress(OSError):
            sock, _ = self.listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            for lines in (_posts if self.posts else _pieces)(sock):
                self.lines += lines
                self.last = time.monotonic()


def _posts(sock: socket.socket) -> Iterator[int]:
    """How many lines each has. One buffer for all: new ones would cost more than the rest."""
    buffer, size = bytearray(ROOM), 0
    view = memoryview(buffer)
    while more := sock.recv_into(view[size:]):
        size += more
        if (end := buffer.find(b"\r\n\r\n", 0, size)) < 0:
            continue
        head = bytes(buffer[:end]).lower()
        whole = end + 4 + int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        while size < whole and (more := sock.recv_into(view[size:])):
            size += more
        sock.sendall(ANSWER)
        yield buffer.count(END, end, whole)
        size = 0


def _pieces(sock: socket.socket) -> Iterator[int]:
    """How many lines end in each; what may be the start of an end counts with the next."""
    buffer, kept = bytearray(ROOM), len(END) - 1
    view = memoryview(buffer)
    while more := sock.recv_into(view[kept:]):
        yield buffer.count(END, 0, kept + more)
        buffer[:kept] = buffer[more : kept + more]


def taken(scheme: str, hogs: int, peer: Peer) -> Result:
    """Lines a second from the first to the last that the receiver got, and what they cost."""
    with Supervised(peer, [f"write {LINES} drip"]) as run:
        receiver = Receiver(scheme)
        receiver.start()
        drained(run, receiver.url)
        begun = time.monotonic()
        values = measured(run, lambda: receiver.lines >= LINES, hogs)
    lost = LINES - receiver.lines
    values["klines/s"] = receiver.lines / (receiver.last - begun) / 1000
    return Result(values, f"{lost} lost" if lost else "all arrived", wrong=bool(lost))


def most(scheme: str, peer: Peer) -> Result:
    """What a drain delivers at most, and what a bare sender does."""
    bare, drain = (LINES / sent(kind, scheme) / 1000 for kind in ("bare", "drain"))
    values = {"klines/s": drain, "bare": bare, "% of bare": 100 * drain / bare}
    return Result(values, "all arrived")


def sent(kind: str, scheme: str) -> float:
    """Seconds that the sender took. Raises: Failed if lines were lost."""
    receiver = Receiver(scheme)
    receiver.start()
    command = [sys.executable, "-m", "benchmarks.sender", kind, receiver.url, str(LINES)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    receiver.join(CALM)
    if ended.returncode or (kind == "drain" and receiver.lines != LINES):
        raise Failed(f"{ended.stderr.strip()} {LINES - receiver.lines} lines did not arrive")
    return float(ended.stdout)


def archived(peer: Peer) -> Result:
    """What a drain costs that compresses into a folder; all lines must be there in the end."""
    with Supervised(peer, [f"write {LINES} drip"]) as run:
        drained(run, f"file://{run.folder}/archive/")
        values = measured(run, lambda: len(run.words) == 2)
        time.sleep(CALM)
        segments = list((run.folder / "archive").rglob("*.gz"))
        lost = LINES - sum(gzip.decompress(path.read_bytes()).count(END) for path in segments)
    return Result(values, f"{lost} lost" if lost else "all arrived", wrong=bool(lost))


def missed(url: str, peer: Peer) -> Result:
    """The same without a receiver that takes them, or without any drain."""
    with Supervised(peer, [f"write {LINES} drip"]) as run, contextlib.ExitStack() as stack:
        port = 9
        if url == "frozen":
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            port = listener.getsockname()[1]
        drained(run, f"http://127.0.0.1:{port}/" if url else "")
        return Result(measured(run, lambda: len(run.words) == 2))


def drained(run: Supervised, url: str) -> None:
    """The log goes there from now on, if anywhere."""
    run.listen("start", 1)
    await_answer(str(run.folder))
    if url:
        ask(f"hk-local drains:add {url}", str(run.folder))


@contextlib.contextmanager
def busy(hogs: int) -> Iterator[None]:
    """So many other programs want the processor, each as much as a terminal of its own gets."""
    command = [sys.executable, "-c", "while 1: pass"]
    running = [subprocess.Popen(command, start_new_session=True) for _ in range(hogs)]
    try:
        yield
    finally:
        for hog in running:
            hog.kill()
            hog.wait()


def measured(run: Supervised, is_over: Callable[[], bool], hogs: int = 0) -> dict[str, float]:
    """What it took until then: CPU, memory that is used at most, and how much more than before."""
    own = run.own()
    before = process.cpu_seconds(own)
    at_first = most = process.pss_mb(own)
    with busy(hogs):
        run.go()
        deadline = time.monotonic() + 10 * LINES / 60_000
        while not is_over() and time.monotonic() < deadline:
            with contextlib.suppress(Failed):
                run.listen("done", 1, LOOK)
            if len(run.words) == 2:
                deadline = min(deadline, run.words[1].at + CALM)
                time.sleep(LOOK / 10)
            most = max(most, process.pss_mb(own))
    return {
        "CPU s/M lines": (process.cpu_seconds(own) - before) / LINES * 1e6,
        "MB at most": most,
        "MB more": most - at_first,
    }


COSTS = [Metric("CPU s/M lines"), Metric("MB at most"), Metric("MB more")]
SPEED = Metric("klines/s", more_is_better=True)
SUITES = [
    *[
        Suite(
            name=f"drain-{scheme}",
            title=f"A drain over {scheme} beside 60,000 lines/s",
            metrics=[SPEED, *COSTS],
            measure=partial(taken, scheme, 0),
            applies=is_ours,
            rounds=3,
        )
        for scheme in SCHEMES
    ],
    *[
        Suite(
            name=f"drain-busy-{scheme}",
            title=f"The same over {scheme} on a busy machine",
            metrics=[SPEED, *COSTS],
            measure=partial(taken, scheme, HOGS_PER_CORE * (os.cpu_count() or 1)),
            applies=is_ours,
            rounds=3,
        )
        for scheme in SCHEMES
    ],
    *[
        Suite(
            name=f"drain-most-{scheme}",
            title=f"What a drain over {scheme} delivers at most, and a bare sender",
            metrics=[SPEED, *[Metric(name, more_is_better=True) for name in ("bare", "% of bare")]],
            measure=partial(most, scheme),
            applies=is_ours,
            rounds=3,
        )
        for scheme in SCHEMES
    ],
    Suite(
        name="drain-archive",
        title="A drain to a folder of compressed segments beside 60,000 lines/s",
        metrics=COSTS,
        measure=archived,
        applies=is_ours,
        rounds=3,
    ),
    *[
        Suite(
            name=f"drain-{name}",
            title=f"{title} beside 60,000 lines/s",
            metrics=COSTS,
            measure=partial(missed, name.replace("none", "")),
            applies=is_ours,
            rounds=3,
        )
        for name, title in (
            ("none", "No drain"),
            ("dead", "A drain whose receiver is not there,"),
            ("frozen", "A drain whose receiver never answers,"),
        )
    ],
]

"""What log drains take beside 60,000 lines a second, and what a dead receiver costs."""

from __future__ import annotations

import contextlib
import gzip
import socket
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

LINES = 600_000
"""Of one child, which takes ten seconds."""

CALM = 3.0
"""So long, in seconds, what was written last may be under way."""

END = b"~>\n"
"""Of each of the child's lines."""

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver(threading.Thread):
    """Takes one connection and counts the child's lines; answers HTTP requests if it `posts`."""

    def __init__(self, posts: bool) -> None:
        super().__init__(daemon=True)
        self.posts = posts
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lines = 0
        self.last = 0.0

    def run(self) -> None:
        with contextlib.suppress(OSError):
            sock, _ = self.listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for body in (_bodies if self.posts else _pieces)(sock):
                self.lines += body.count(END)
                self.last = time.monotonic()


def _bodies(sock: socket.socket) -> Iterator[bytes]:
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            if not (more := sock.recv(1 << 18)):
                return
            data += more
        head, _, data = data.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        parts, left = [data], size - len(data)
        while left > 0:
            parts.append(sock.recv(1 << 18))
            left -= len(parts[-1])
        sock.sendall(ANSWER)
        data = b""
        yield b"".join(parts)


def _pieces(sock: socket.socket) -> Iterator[bytes]:
    """Pieces that end where a line of the child does, but for the platform's own lines."""
    rest = b""
    while more := sock.recv(1 << 18):
        whole, end, rest = (rest + more).rpartition(END)
        yield whole + end


def taken(scheme: str, peer: Peer) -> Result:
    """Lines a second from the first to the last that the receiver got, and what they cost."""
    with Supervised(peer, [f"write {LINES} drip"]) as run:
        receiver = Receiver(posts=scheme == "http")
        receiver.start()
        drained(run, f"{scheme}://127.0.0.1:{receiver.port}/")
        begun = time.monotonic()
        values = measured(run, lambda: receiver.lines >= LINES)
    lost = LINES - receiver.lines
    values["klines/s"] = receiver.lines / (receiver.last - begun) / 1000
    return Result(values, f"{lost} lost" if lost else "all arrived", wrong=bool(lost))


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


def measured(run: Supervised, is_over: Callable[[], bool]) -> dict[str, float]:
    """What it took until then: CPU, memory that is used at most, and how much more than before."""
    own = run.own()
    before = process.cpu_seconds(own)
    at_first = most = process.pss_mb(own)
    run.go()
    deadline = time.monotonic() + 10 * LINES / 60_000
    while not is_over() and time.monotonic() < deadline:
        with contextlib.suppress(Failed):
            run.listen("done", 1, 0.2)
        if len(run.words) == 2:
            deadline = min(deadline, run.words[1].at + CALM)
            time.sleep(0.01)
        most = max(most, process.pss_mb(own))
    return {
        "CPU s/M lines": (process.cpu_seconds(own) - before) / LINES * 1e6,
        "MB at most": most,
        "MB more": most - at_first,
    }


COSTS = [Metric("CPU s/M lines"), Metric("MB at most"), Metric("MB more")]
SUITES = [
    *[
        Suite(
            name=f"drain-{name}",
            title=f"A {name} drain beside 60,000 lines/s",
            metrics=[Metric("klines/s", more_is_better=True), *COSTS],
            measure=partial(taken, scheme),
            applies=is_ours,
            rounds=3,
        )
        for name, scheme in (("http", "http"), ("syslog", "syslog"))
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

"""`python -m benchmarks.logplane`: what each step of the log plane costs, and what it reaches.

Figures are the best of several rounds (what the code costs, not what else the machine does);
throughput includes the check that no line was lost. `--lines` sets how many lines are stored for
the queries; ten million need 1.2 GB of disk for a moment.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice

from emulator.logplex import safe
from emulator.logplex.block import Block, Cutter, Filter, Stream, count_lines
from emulator.logplex.channel import Channel
from emulator.logplex.history import History
from emulator.logplex.output import Output
from emulator.logplex.sink import open_sink
from emulator.logplex.terminal import Style, buffers

WEB = Stream("app", "web.1")
LINE = b"x" * 99 + b"\n"
READ = 65_536
ROUNDS = 7
LIMIT = 8 << 30

WRITER = """
import os, sys
lines, each = int(sys.argv[1]), int(sys.argv[2])
data = (b"x" * 99 + b"\\n") * each
for _ in range(lines // each):
    rest = data
    while rest:
        rest = rest[os.write(1, rest):]
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logplane", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    lines = parser.parse_args().lines
    steps()
    stored()
    in_process()
    pumped()
    for each in (600, 4, 1):
        queried(each, lines)


def best(call: Callable[[], object], rounds: int = ROUNDS, calls: int = 1) -> float:
    """Seconds of one round of so many calls, in the best of the rounds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        times.append(time.perf_counter() - begin)
    return min(times)


def chunks() -> list[bytes]:
    """64 KiB reads that cut lines anywhere."""
    text = LINE * 70_000
    return [text[at : at + READ] for at in range(0, len(text) - READ, READ)]


def show(name: str, seconds: float, lines: int) -> None:
    print(f"{name:44} {seconds / lines * 1e9:9.1f} ns/line {lines / seconds / 1e6:9.2f} M lines/s")


def steps() -> None:
    print("Steps, 100-byte lines in 64 KiB chunks")
    body = LINE * 655
    variants = {
        "ASCII": LINE,
        "CRLF": b"x" * 98 + b"\r\n",
        "UTF-8": ("é漢🙂" * 11).encode() + b"\n",
        "one invalid byte a line": b"x" * 98 + b"\xff\n",
        "10,001-byte lines": b"x" * 10_001 + b"\n",
    }
    for name, line in variants.items():
        chunk = (line * (READ // len(line) + 1))[:READ]
        step(f"cut: {name}", partial(Cutter().feed, chunk), chunk)
    coloured = (b"\x1b[32m" + b"x" * 90 + b"\x1b[0m\n") * 655
    step("count lines", partial(count_lines, body), body)
    step("make safe: ASCII", partial(safe.plain, body), body)
    step("make safe: colour", partial(safe.plain, coloured), coloured)
    step("make safe and prefix", partial(buffers, Block(1, WEB, body), Style()), body)


def step(name: str, call: Callable[[], object], text: bytes) -> None:
    show(name, best(call, calls=100), 100 * max(1, text.count(b"\n")))


def stored() -> None:
    print("\nStore, blocks of 4 streams")
    for each in (600, 4, 1):
        lines = 400_000
        with tempfile.TemporaryDirectory() as folder:
            history = History(folder, print, LIMIT)
            seconds = best(partial(fill, history, lines, each), 3)
        show(f"{each}-line blocks", seconds, lines)


def blocks(lines: int, each: int) -> Iterator[list[Block]]:
    """Batches as a turn of the loop has them; one dyno spoke only once, a tenth from the start."""
    streams = cycle([Stream("app", f"web.{n}") for n in range(3)] + [Stream("app", "worker.1")])
    rare = Stream("app", "clock.1")
    body = LINE * each
    sources = (
        Block(n, rare if 0 <= n - lines // 10 < 1500 else next(streams), body, each)
        for n in range(0, lines, each)
    )
    while batch := list(islice(sources, max(1, 64_000 // len(body)))):
        yield batch


def fill(history: History, lines: int, each: int) -> None:
    for batch in blocks(lines, each):
        history.append(batch, 0.0)


class Null:
    """A reader that takes everything at once."""

    wanted = None
    style = Style()

    def __init__(self) -> None:
        self._fd = os.open(os.devnull, os.O_WRONLY)
        self.lines = 0

    def deliver(self, data: tuple[bytes | memoryview, ...], lines: int) -> None:
        os.writev(self._fd, data)
        self.lines += lines

    def end_turn(self) -> None:
        """Everything was written as it came."""


def in_process() -> None:
    print("\nCut, store, make safe, prefix, write to /dev/null: one process, no pipe")
    parts = chunks()
    for name, is_stored, readers in [
        *(("cut", False, 0), ("cut, store", True, 0), ("cut, show", False, 1)),
        *(("cut, store, show", True, 1), ("cut, store, show to 4", True, 4)),
    ]:
        with tempfile.TemporaryDirectory() as folder:
            history = History(folder, print, LIMIT)
            store = partial(history.append, now=0.0) if is_stored else len
            channel = Channel(lambda: None, store)
            for _ in range(readers):
                channel.subscribe(Null())
            seconds = best(partial(feed, channel, parts))
        show(name, seconds, sum(map(len, parts)) // len(LINE))


def feed(channel: Channel, parts: list[bytes]) -> None:
    cutter = Cutter()
    for part in parts:
        channel.publish(Block(time.time_ns(), WEB, cutter.feed(part)))
        channel.flush()


def pumped() -> None:
    print("\nPipes, event loop, store, standard output to /dev/null")
    for children, each, lines in [(1, 640, 4_000_000), (4, 640, 4_000_000), (4, 1, 400_000)]:
        runs = [asyncio.run(pump(children, each, lines // children)) for _ in range(3)]
        name = f"{children} children, {each} lines a write"
        show(name, min(wall for wall, _ in runs), lines)
        show(f"{name}: our CPU", min(cpu for _, cpu in runs), lines)


async def pump(children: int, each: int, lines: int) -> tuple[float, float]:
    """Wall and own CPU seconds."""
    loop = asyncio.get_running_loop()
    null = os.open(os.devnull, os.O_WRONLY)
    with tempfile.TemporaryDirectory() as folder:
        history = History(folder, print, LIMIT)
        channel = Channel(
            lambda: loop.call_soon(channel.flush), lambda b: history.append(b, loop.time())
        )
        output = Output(
            *(open_sink(null), Style(), loop, time.monotonic, time.time_ns),
            *(lambda: None, lambda: None),
        )
        channel.subscribe(output)
        command = [sys.executable, "-c", WRITER, str(lines), str(each)]
        begin, cpu = time.perf_counter(), time.process_time()
        running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(children)]
        counts = await asyncio.gather(*[read(loop, channel, n, p) for n, p in enumerate(running)])
        channel.flush()
        output.close(1)
        seconds = time.perf_counter() - begin, time.process_time() - cpu
        stored_lines = sum(block.lines for block in history.last(10**9))
    os.close(null)
    assert counts == [lines // each * each] * children, counts
    assert stored_lines == sum(counts), stored_lines
    return seconds


async def read(
    loop: asyncio.AbstractEventLoop, channel: Channel, number: int, child: subprocess.Popen[bytes]
) -> int:
    """How many lines the child wrote."""
    assert child.stdout
    fd = child.stdout.fileno()
    os.set_blocking(fd, False)
    stream, cutter = Stream("app", f"web.{number}"), Cutter()
    done = loop.create_future()
    lines = 0

    def ready() -> None:
        nonlocal lines
        chunk = os.read(fd, READ)
        body = cutter.feed(chunk) if chunk else cutter.finish()
        if body:
            block = Block(time.time_ns(), stream, body)
            lines += block.lines
            channel.publish(block)
        if not chunk:
            loop.remove_reader(fd)
            done.set_result(None)

    loop.add_reader(fd, ready)
    await done
    child.stdout.close()
    child.wait()
    return lines


def queried(each: int, lines: int) -> None:
    print(f"\nQueries, {lines / 1e6:g} M lines stored in {each}-line blocks")
    with tempfile.TemporaryDirectory() as folder:
        history = History(folder, print, LIMIT)
        fill(history, lines, each)
        history.close()
        opened: list[History] = []
        opening = best(lambda: opened.append(History(folder, print, LIMIT)))
        query("open", opening)
        for name, wanted in [
            *(("last 1,500 lines", None), ("last 1,500 of one dyno", Filter("app", "web.1"))),
            ("1,500 lines of one dyno, written long ago", Filter(dyno="clock")),
        ]:
            query(name + ", first time", best(partial(opened.pop().last, 1500, wanted), 1))
            query(name, best(partial(history.last, 1500, wanted)))
        query("a text that does not occur", best(lambda: list(history.search(b"absent", 100)), 1))


def query(name: str, seconds: float) -> None:
    print(f"{name:56} {seconds * 1e3:9.2f} ms")


if __name__ == "__main__":
    main()

"""`python -m benchmarks.sender drain|bare URL LINES`: sends so many lines, and prints the seconds.

`drain` is a drain that always has enough to deliver; `bare` writes as many bytes in pieces as
large, to the same receiver by the same protocol, and makes none of them.
"""

from __future__ import annotations

import random
import socket
import sys
import threading
import time

from benchmarks.records import record
from emulator.clock import Clock
from emulator.logplex import drain_https, drain_syslog, link
from emulator.logplex.address import Scheme, parse
from emulator.logplex.backlog import BUDGET
from emulator.logplex.block import Block, Stream
from emulator.logplex.drain import Drain
from emulator.logplex.exchange import Exchange
from emulator.logplex.outlet import outlet

TOKEN = "d.00000000-0000-0000-0000-000000000000"
EACH = 300
"""Lines of a block."""

STREAM = Stream("app", "worker.1")


def drained(url: str, lines: int) -> None:
    where = parse(url)
    way_out = outlet(where, TOKEN)
    drain = Drain(where.place, way_out, print, threading.Condition(), Clock(), random.random)
    thread = threading.Thread(target=drain.run)
    thread.start()
    for block in blocks(lines):
        while drain.tally.pending * 200 > BUDGET // 8:
            time.sleep(0.001)
        drain.push([block])
    drain.finish(60.0)
    thread.join()
    if drain.lost:
        sys.exit(f"{drain.lost} lost")


def blocks(lines: int) -> list[Block]:
    body = b"".join(record(1, number) for number in range(EACH))
    return [Block(time.time_ns(), STREAM, body, EACH) for _ in range(lines // EACH)]


def bare(url: str, lines: int) -> None:
    where = parse(url)
    size = sum(len(outlet(where, TOKEN).framed(block)) for block in blocks(EACH)) * lines // EACH
    sock = link.connected(where, link.tls(where))
    posts = where.scheme in (Scheme.HTTP, Scheme.HTTPS)
    if posts:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, drain_https.SEND_BUFFER)
    piece = drain_https.BATCH_BYTES if posts else drain_syslog.BATCH_BYTES
    line = b"~" * (size // lines - 3) + b"~>\n"
    body = (line * piece)[:piece]
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % piece
    exchange = Exchange(sock, 60.0)
    for _ in range(-(-size // piece)):
        if posts:
            exchange.ask(head + body)
        else:
            sock.sendall(body)


def main(kind: str, url: str, lines: str) -> None:
    begin = time.perf_counter()
    {"drain": drained, "bare": bare}[kind](url, int(lines))
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main(*sys.argv[1:])

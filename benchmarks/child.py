"""child.c in Python, for machines without a compiler: same arguments, same bytes, more cost."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

from records import record

BLOCK = 65536
DRIP = 60_000
ENDLESS = 65536


def tell(path: str, what: str, number: int) -> None:
    at = time.monotonic_ns()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(f"{what} {number} {os.getpid()} {at}".encode(), path)


def put(data: memoryview) -> None:
    while data:
        data = data[os.write(1, data) :]


def drip(data: memoryview) -> None:
    at = time.monotonic()
    while data:
        put(data[:DRIP])
        data, at = data[DRIP:], at + 0.01
        time.sleep(max(0.0, at - time.monotonic()))


def ping(lines: int, micros: int) -> None:
    for number in range(lines):
        time.sleep((micros // 2 + number * 7919 % micros) / 1e6)
        line = b"@%020d!" % time.monotonic_ns()
        put(memoryview(line.ljust(99, b".") + b"\n"))


def main(gate_socket: str, gate: str, name: str, mode: str, *rest: str) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    own = int(name) or int(os.environ["DYNO"].rpartition(".")[2])
    lines = int(rest[0]) if rest else 0
    data = b"".join(record(own, n) for n in range(lines or ENDLESS)) if mode == "write" else b""
    tell(gate_socket, "start", own)
    if mode == "wait":
        signal.pause()
    os.close(os.open(gate, os.O_RDONLY))
    if mode == "ping":
        ping(lines, int(rest[1]))
    elif rest[1] == "drip":
        drip(memoryview(data))
    else:
        step = BLOCK if rest[1] == "block" else 100
        while data:
            for at in range(0, len(data), step):
                put(memoryview(data)[at : at + step])
            data = b"" if lines else data
    tell(gate_socket, "done", own)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])

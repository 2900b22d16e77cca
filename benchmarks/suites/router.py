"""What the router costs, beside other reverse proxies with the same work."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from functools import partial
from pathlib import Path

from benchmarks.peers import OURS, Peer
from benchmarks.proxies import Proxied
from benchmarks.suites.suite import Metric, Result, Suite, percentile
from benchmarks.supervised import Failed

SECONDS = 3
ROUND_TRIPS = 3000
MESSAGE = b"\x82\x62" + bytes(98)
UPGRADE = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Cache-Control": "max-age=0",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Upgrade-Insecure-Requests": "1",
    "Cookie": "session=abcdefghijklmnopqrstuvwxyz0123456789; theme=dark",
}
VARYING = """
local n = 0
request = function()
  n = n + 1
  wrk.headers["Cookie"] = "session=" .. n .. "abcdefghijklmnopqrstuvwxyz; theme=dark"
  return wrk.format()
end
"""
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def requests(connections: int, path: str, varying: bool, peer: Peer) -> Result:
    """wrk asks over so many kept connections, with the headers of a browser."""
    if not shutil.which("wrk"):
        raise Failed("wrk asks, and is not on this machine")
    with Proxied(peer.name) as proxied:
        script = proxied.folder / "wrk.lua"
        lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in HEADERS.items()]
        script.write_text("\n".join([*lines, VARYING if varying else ""]))
        _wrk(proxied, connections, path, script, 1)
        before = proxied.cpu_seconds()
        output = _wrk(proxied, connections, path, script, SECONDS)
        used = proxied.cpu_seconds() - before
    count = int(_found(r"(\d+) requests in", output))
    bad = re.search(r"Non-2xx.*|Socket errors.*", output)
    return Result(
        {
            "requests/s": float(_found(r"Requests/sec:\s+([\d.]+)", output)),
            "CPU us each": used / count * 1e6,
            "p50 ms": _milliseconds("50%", output),
            "p99 ms": _milliseconds("99%", output),
        },
        bad[0] if bad else "",
        wrong=bool(bad),
    )


def _wrk(proxied: Proxied, connections: int, path: str, script: Path, seconds: int) -> str:
    url = f"http://127.0.0.1:{proxied.port}{path}"
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
    done = subprocess.run(
        ["wrk", *options, url],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    return done.stdout


def _found(pattern: str, output: str) -> str:
    match = re.search(pattern, output)
    if match is None:
        raise Failed(f"wrk does not say {pattern}: {output[-300:]}")
    return match[1]


def _milliseconds(percent: str, output: str) -> float:
    match = re.search(rf"{percent}\s+([\d.]+)(us|ms|s|m)\b", output)
    if match is None:
        raise Failed(f"wrk does not say its {percent}: {output[-300:]}")
    return float(match[1]) * UNITS[match[2]]


class Echo(threading.Thread):
    """A dyno that answers every websocket message with itself."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.sock.getsockname()[1]

    def run(self) -> None:
        while True:
            sock = self.sock.accept()[0]
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.recv(1 << 16)
            sock.sendall(SWITCH)
            while data := sock.recv(1 << 16):
                sock.sendall(data)
            sock.close()


def websocket(peer: Peer) -> Result:
    """Round trips of 100 bytes to an echo, straight and through the router."""
    echo = Echo()
    echo.start()
    with Proxied(peer.name, dynos=[echo.port]) as proxied:
        straight, through = (_round_trip(port) for port in (echo.port, proxied.port))
    values = {"straight ms": straight, "through ms": through, "adds ms": through - straight}
    return Result(values)


def _round_trip(port: int) -> float:
    """The median, in milliseconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(UPGRADE)
        if not sock.recv(1 << 16).startswith(b"HTTP/1.1 101"):
            raise Failed("no websocket")
        times = []
        for _ in range(ROUND_TRIPS):
            begun = time.monotonic_ns()
            sock.sendall(MESSAGE)
            left = len(MESSAGE)
            while left:
                left -= len(sock.recv(left))
            times.append((time.monotonic_ns() - begun) / 1e6)
    return percentile(times, 0.5)


def is_proxy(peer: Peer) -> bool:
    return bool(peer.proxy) or peer is OURS


METRICS = [
    Metric("requests/s", more_is_better=True),
    Metric("CPU us each"),
    Metric("p50 ms"),
    Metric("p99 ms"),
]
SHAPES = {
    "router-1": ("12 bytes, one connection", 1, "/", False),
    "router-32": ("12 bytes, 32 connections, identical heads", 32, "/", False),
    "router-32-varying": ("12 bytes, 32 connections, a new cookie each time", 32, "/", True),
    "router-256": ("12 bytes, 256 connections, identical heads", 256, "/", False),
    "router-256-varying": ("12 bytes, 256 connections, a new cookie each time", 256, "/", True),
    "router-megabyte": ("1 MiB, 32 connections", 32, "/megabyte", False),
}
SUITES = [
    Suite(
        name=name,
        title=f"A reverse proxy: {title}",
        metrics=METRICS,
        measure=partial(requests, connections, path, varying),
        applies=is_proxy,
    )
    for name, (title, connections, path, varying) in SHAPES.items()
]
SUITES.append(
    Suite(
        name="router-websocket",
        title="A websocket through the router, 100 bytes there and back",
        metrics=[Metric(name) for name in ("straight ms", "through ms", "adds ms")],
        measure=websocket,
        applies=lambda peer: peer is OURS,
    )
)

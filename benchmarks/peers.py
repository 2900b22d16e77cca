"""Whom hk-local is measured against. A peer is one line of PEERS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from emulator.fact import Fact

Commands = dict[str, str]
"""The children to run: process type and command line."""


def procfile(folder: Path, commands: Commands) -> None:
    # With exec no shell stays between supervisor and child, to be counted as the supervisor's.
    lines = [f"{name}: exec {command}\n" for name, command in commands.items()]
    (folder / "Procfile").write_text("".join(lines))


def supervisor_ini(folder: Path, commands: Commands) -> None:
    head = "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=pid\n"
    output = "stdout_logfile=/dev/fd/1\nstdout_logfile_maxbytes=0\n"
    parts = [f"[program:{name}]\ncommand={run}\n{output}" for name, run in commands.items()]
    (folder / "supervisord.conf").write_text("\n".join([head, *parts]))


def circus_ini(folder: Path, commands: Commands) -> None:
    sockets = [f"{name}=ipc://{folder}/{name}\n" for name in ("endpoint", "pubsub_endpoint")]
    head = "[circus]\n" + "".join(sockets)
    output = "copy_env=true\nstdout_stream.class=StdoutStream\n"
    parts = [f"[watcher:{name}]\ncmd={run}\n{output}" for name, run in commands.items()]
    (folder / "circus.ini").write_text("\n".join([head, *parts]))


def mprocs_yaml(folder: Path, commands: Commands) -> None:
    procs = {name: {"cmd": command.split()} for name, command in commands.items()}
    (folder / "mprocs.yaml").write_text(json.dumps({"procs": procs}))


def process_compose_yaml(folder: Path, commands: Commands) -> None:
    processes = {name: {"command": f"exec {command}"} for name, command in commands.items()}
    (folder / "compose.yaml").write_text(json.dumps({"version": "0.5", "processes": processes}))


class Peer(Fact):
    """A process manager: how to get it, how to start it, what it can do."""

    name: str
    config: Callable[[Path, Commands], None]
    start: str = ""
    quick: str = ""
    """A command of its that has next to nothing to do."""
    pip: str = ""
    npm: str = ""
    prefixes: bool = True
    """Whether each line says whose it is; otherwise chunks pass through, which is another sport."""
    on_terminal: bool = False
    """It draws on a terminal and writes no log."""
    tail: str = ""
    """The command that follows the log from elsewhere, for the one that has it."""
    proxy: str = ""
    """The program, if it is a reverse proxy (benchmarks/proxies.py)."""

    def program(self) -> str:
        return (self.start or self.quick or self.proxy).split()[0]


PROCESS_COMPOSE = "process-compose up --no-server -t=false -f compose.yaml"
SUPERVISOR = "supervisord -c supervisord.conf"
MPROCS = "mprocs --config mprocs.yaml"

OURS = Peer(
    "hk-local",
    procfile,
    "hk-local start",
    quick="hk-local ps",
    tail="hk-local logs --tail",
)
BASELINE = Peer("bare python", procfile, quick="python -c pass")
"""No process manager: what any command written in Python costs at least."""

PEERS = [
    Peer("honcho", procfile, "honcho start", "honcho version", pip="honcho"),
    Peer("foreman", procfile, "foreman start", "foreman version"),
    Peer("nf", procfile, "nf start", "nf --version", npm="foreman@3.0.1"),
    Peer("hivemind", procfile, "hivemind", "hivemind --version"),
    Peer("goreman", procfile, "goreman start", "goreman version"),
    Peer("overmind", procfile, "overmind start", "overmind --version"),
    Peer("process-compose", process_compose_yaml, PROCESS_COMPOSE, "process-compose version"),
    Peer("supervisor", supervisor_ini, SUPERVISOR, pip="supervisor", prefixes=False),
    Peer("circus", circus_ini, "circusd circus.ini", pip="circus", prefixes=False),
    Peer("mprocs", mprocs_yaml, MPROCS, npm="mprocs", on_terminal=True),
    Peer("nginx", procfile, proxy="nginx"),
    Peer("haproxy", procfile, proxy="haproxy"),
    Peer("aiohttp", procfile, proxy="python"),
]

"""Gets the peers that package registries have, and a compiled child, into benchmarks/.peers."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.peers import Peer

HERE = Path(__file__).parent
PEERS_DIR = HERE / ".peers"


def install(peers: list[Peer]) -> None:
    """Every peer that pip or npm has is in .peers, unless it was there already."""
    PEERS_DIR.mkdir(exist_ok=True)
    missing = [peer for peer in peers if not shutil.which(peer.program(), path=own_path())]
    from_pip = [peer.pip for peer in missing if peer.pip]
    from_npm = [peer.npm for peer in missing if peer.npm]
    if from_pip:
        venv.create(PEERS_DIR / "venv", with_pip=True)
        _run(str(PEERS_DIR / "venv/bin/python"), "-m", "pip", "install", "-q", *from_pip)
    if from_npm and shutil.which("npm"):
        quiet = ("--silent", "--no-fund", "--no-audit")
        _run("npm", "install", *quiet, "--prefix", str(PEERS_DIR), *from_npm)


def _run(*command: str) -> None:
    print("$", *command, file=sys.stderr, flush=True)
    subprocess.run(command, stdout=sys.stderr, check=False)


def own_path() -> str:
    # npm's mprocs is a wrapper that starts node only to start the real program beside it.
    native = (PEERS_DIR / "node_modules/mprocs").glob(f"*linux-{platform.machine()}*")
    folders = [PEERS_DIR / "venv/bin", *native, PEERS_DIR / "node_modules/.bin"]
    return os.pathsep.join(map(str, folders))


def environment() -> dict[str, str]:
    """The environment of every supervisor: the installed peers first, then hk-local, then PATH."""
    folders = [own_path(), str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"]
    path = os.pathsep.join(folders)
    # As a user has it: modules are compiled once, not at every start.
    dropped = {"PYTHONDONTWRITEBYTECODE", "FORCE_COLOR", "PORT"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PATH": path, "TERM": "xterm"}


def child_command() -> str:
    """The start of a child's command line: compiled if there is a compiler, else Python."""
    source, binary = HERE / "child.c", PEERS_DIR / "child"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        return f"{sys.executable} {HERE / 'child.py'}"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        PEERS_DIR.mkdir(exist_ok=True)
        build = [compiler, "-O2", "-o", str(binary), str(source)]
        if subprocess.run([*build, "-static"], capture_output=True, check=False).returncode:
            subprocess.run(build, check=True)
    return str(binary)

"""One supervisor with its children, from its start until nothing of it is left."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from benchmarks import install, process
from benchmarks.peers import Peer
from emulator.fact import Fact

POLL = 0.1
"""How often, in seconds, a supervisor is looked after while its children say nothing."""


class Failed(Exception):
    """A supervisor did not do what the suite needs; the message says what."""


class Word(Fact):
    """What a child said: "start" or "done", and when."""

    what: str
    child: int
    pid: int
    at: float


class Stopped(Fact):
    """How a stop went: until the last process was gone, and how many never went."""

    seconds: float
    left: int


class Supervised:
    """`with Supervised(peer, ["wait"] * 10) as run:` — ten children have been asked for.

    `arguments` gives each child its mode (see child.c); the children are numbered from 1. With
    `reading` the supervisor's standard output is the pipe `out`, otherwise a file.
    """

    def __init__(
        self, peer: Peer, arguments: list[str], *, reading: bool = False, options: str = ""
    ) -> None:
        self.peer = peer
        self.reading = reading
        self.command = [*peer.start.split(), *options.split()]
        self.folder = Path(tempfile.mkdtemp(prefix="hkb-"))
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.ear.bind(str(self.folder / "ear"))
        os.mkfifo(self.folder / "gate")
        self.gate = -1
        self.words: list[Word] = []
        self.out = -1
        child = f"{install.child_command()} {self.folder / 'ear'} {self.folder / 'gate'}"
        first = 0 if options else 1
        commands = {
            f"worker{number or ''}": f"{child} {number} {mode}"
            for number, mode in enumerate(arguments, first)
        }
        peer.config(self.folder, commands)

    def __enter__(self) -> Self:
        log = (self.folder / "errors").open("wb")
        output: int = log.fileno()
        inside = -1
        if self.peer.on_terminal:
            self.out, inside = pty.openpty()
            output = inside
            self.drop_output()
        elif self.reading:
            self.out, inside = os.pipe()
            output = inside
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=install.environment(),
            stdin=inside if self.peer.on_terminal else subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        if inside >= 0:
            os.close(inside)
        return self

    def __exit__(self, *_error: object) -> None:
        process.Watch(process.descendants()).kill()
        self.process.wait()
        process.reap_orphans()
        for fd in (self.gate, self.out):
            if fd >= 0:
                os.close(fd)
        self.ear.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def listen(self, what: str, count: int, seconds: float = 60) -> list[Word]:
        """What `count` children said of this kind. Raises: Failed if they do not in this time."""
        deadline = time.monotonic() + seconds
        while len(said := [word for word in self.words if word.what == what]) < count:
            if readable([self.ear], POLL):
                self.hear()
            elif self.process.poll() is not None:
                raise Failed(f"ended with {self.process.returncode}: {self.errors()}")
            elif time.monotonic() > deadline:
                raise Failed(f"{len(said)} of {count} said {what}: {self.errors()}")
        return said

    def hear(self) -> None:
        """The next word of a child is in `words`."""
        what, child, pid, at = self.ear.recv(200).decode().split()
        self.words.append(Word(what, int(child), int(pid), int(at) / 1e9))

    def go(self) -> None:
        """Children that wait to write do so from now on."""
        self.gate = os.open(self.folder / "gate", os.O_RDWR)

    def drop_output(self) -> None:
        """Whatever comes out of the pipe from now on is read and dropped."""
        threading.Thread(target=_swallow, args=(self.out,), daemon=True).start()

    def children(self) -> set[int]:
        return {word.pid for word in self.words}

    def own(self) -> set[int]:
        """The supervisor's processes: all that it started, without the children.

        Raises: Failed if it runs no more.
        """
        if self.process.poll() is not None:
            raise Failed(f"ended with {self.process.returncode}: {self.errors()}")
        return process.descendants() - self.children()

    def stop(self, seconds: float = 20) -> Stopped:
        """SIGTERM was sent; all is gone, or the supervisor is and the rest stayed a second more."""
        everyone = process.descendants() | {self.process.pid}
        all_of_them, main = process.Watch(everyone), process.Watch([self.process.pid])
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        main.wait(begun + seconds)
        gone_at = all_of_them.wait(time.monotonic() + 1)
        left = len(all_of_them.alive)
        all_of_them.kill()
        main.kill()
        return Stopped(seconds=gone_at - begun, left=left)

    def errors(self) -> str:
        """The last line that the supervisor said on standard error."""
        lines = (self.folder / "errors").read_text(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")


def readable(sources: Iterable[Any], seconds: float) -> list[Any]:
    """Those of these that can be read, after waiting for the first at most this long."""
    return select.select(list(sources), [], [], seconds)[0]


def _swallow(fd: int) -> None:
    """Everything was read until the other end was closed, which a terminal calls an error."""
    with contextlib.suppress(OSError):
        while os.read(fd, 65536):
            pass

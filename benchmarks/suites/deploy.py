"""A tree of 5,000 files deployed to a running app of hk-local, and copied for ten dynos."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks import install
from benchmarks.peers import OURS, Peer
from benchmarks.suites.suite import Metric, Result, Suite

FOLDERS, FILES, BYTES = 100, 50, 5000
COPIES = 10
WORKER = "worker: cat version; exec sleep 1000\n"
GIT = ("git", "-c", "user.name=me", "-c", "user.email=me@localhost")


class App:
    """An app in a repository of its own, and what its emulator prints."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hk-local-benchmark-"))
        own = {"HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        self.env = {**install.environment(), **own}
        noise = random.Random(1)
        for folder in range(FOLDERS):
            place = self.folder / f"app/folder{folder}"
            place.mkdir(parents=True)
            for file in range(FILES):
                (place / f"file{file}.py").write_bytes(noise.randbytes(BYTES))
        (self.folder / "Procfile").write_text(WORKER)
        (self.folder / "version").write_text("first\n")
        self.run("git", "init", "-q", "-b", "main")
        self.commit("first")

    def run(self, *words: str) -> None:
        subprocess.run(words, cwd=self.folder, env=self.env, capture_output=True, check=True)

    def hk_local(self, *words: str) -> None:
        self.run(*OURS.quick.split()[:-1], *words)

    def commit(self, version: str) -> None:
        (self.folder / "version").write_text(f"{version}\n")
        self.run(*GIT, "add", "-A")
        self.run(*GIT, "commit", "-qm", version)

    def start(self, *words: str) -> float:
        """When it was started."""
        begun = time.monotonic()
        self.emulator = subprocess.Popen(
            [*OURS.quick.split()[:-1], "start", *words],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        return begun

    def printed(self, text: str, times: int = 1) -> float:
        """When so many dynos had printed that."""
        assert self.emulator.stdout
        for line in self.emulator.stdout:
            times -= line.endswith(f": {text}\n")
            if not times:
                return time.monotonic()
        raise AssertionError(f"{text} was not printed")

    def stop(self) -> None:
        self.emulator.terminate()
        self.emulator.communicate()

    def close(self) -> None:
        shutil.rmtree(self.folder)


def deploy(peer: Peer) -> Result:
    """From the beginning of each command until a dyno runs what it deployed."""
    app = App()
    values = {"files": float(FOLDERS * FILES)}
    try:
        app.start()
        app.printed("first")
        app.hk_local("ps:wait")
        app.hk_local("git:remote")
        app.run("git", "push", "-q", "hk-local", "main")
        app.printed("first")
        for name, words in (
            ("push", ("git", "push", "-q", "hk-local", "main")),
            ("deploy", (*OURS.quick.split()[:-1], "deploy")),
        ):
            app.commit(name)
            begun = time.monotonic()
            app.run(*words)
            returned = time.monotonic()
            values[f"{name} runs s"] = app.printed(name) - begun
            values[f"{name} returns s"] = returned - begun
        app.stop()
        values["cp -a s"] = copying(app)
    finally:
        app.close()
    return Result(values)


def copying(app: App) -> float:
    """What it takes to copy the tree once."""
    begun = time.monotonic()
    subprocess.run(("cp", "-a", app.folder / "app", app.folder / "copy"), check=True)
    return time.monotonic() - begun


def copies(peer: Peer) -> Result:
    """From the start until ten dynos run, in the folder and each in a copy of its own; and once
    more, of a slug, whose copies are made of what the ones before have left."""
    app = App()
    values = {}
    try:
        for name, words in (("in place s", ()), ("copies s", ("--ephemeral",))):
            begun = app.start("-m", f"worker={COPIES}", *words)
            values[name] = app.printed("first", COPIES) - begun
            app.stop()
        app.start("-m", f"worker={COPIES}")
        app.printed("first", COPIES)
        app.hk_local("deploy")
        app.printed("first", COPIES)
        for name in ("restart s", "again s"):  # while the old copies are there, and after them
            app.hk_local("ps:wait")
            begun = time.monotonic()
            app.hk_local("ps:restart")
            values[name] = app.printed("first", COPIES) - begun
        app.stop()
        values["cp -a s"] = copying(app)
    finally:
        app.close()
    left = len(os.listdir(app.folder / ".hk-local/dynos")) if app.folder.exists() else 0
    return Result(values, wrong=bool(left))


def ours(peer: Peer) -> bool:
    return peer == OURS


SUITES = [
    Suite(
        name="deploy",
        title=f"Deploy of {FOLDERS * FILES} files, of which one has changed",
        metrics=[
            Metric(name) for name in ("push runs s", "push returns s", "deploy runs s", "cp -a s")
        ],
        measure=deploy,
        applies=ours,
        rounds=3,
    ),
    Suite(
        name="copies",
        title=f"Start of {COPIES} dynos, each with a copy of {FOLDERS * FILES} files",
        metrics=[
            Metric(name) for name in ("in place s", "copies s", "restart s", "again s", "cp -a s")
        ],
        measure=copies,
        applies=ours,
        rounds=3,
    ),
]

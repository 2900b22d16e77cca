"""What becomes of the events of a file system, told to a loop whose time is ours."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.events import (
    DirCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
)

from emulator.runtime import source as module
from emulator.runtime.source import Source
from tests.real.app import until


class Timer:
    def __init__(self, at: float, act: Callable[[], object]) -> None:
        self.at = at
        self.act = act
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """Does at once what is to be soon, and later what is to be later when `pass_time` is called."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_soon_threadsafe(self, act: Callable[[], object]) -> None:
        act()

    def call_later(self, seconds: float, act: Callable[[], object]) -> Timer:
        self.timers.append(Timer(self.now + seconds, act))
        return self.timers[-1]

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        due = [t for t in self.timers if t.at <= self.now + 1e-9 and not t.is_cancelled]
        self.timers = [t for t in self.timers if t not in due and not t.is_cancelled]
        for timer in due:
            timer.act()


class Bench:
    def __init__(self, folder: Path) -> None:
        self.loop = Loop()
        self.folder = folder
        self.told: list[list[str]] = []
        self.source = Source(self.loop, str(folder), self.told.append, self.told.append)  # type: ignore[arg-type] # ours

    def touch(self, *names: str) -> None:
        for name in names:
            self.source.on_any_event(FileModifiedEvent(str(self.folder / name)))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Whatever would be done in a thread is done at once, and nothing is watched."""
    monkeypatch.setattr(Source, "_watch", lambda self: None)

    class Thread:
        def join(self) -> None: ...

    def at_once(self: Source, act: Callable[[], object]) -> Thread:
        act()
        return Thread()

    monkeypatch.setattr(Source, "_in_thread", at_once)
    found = Bench(tmp_path.resolve())
    yield found
    found.source.close()


def test_what_happens_within_a_moment_is_told_once(bench: Bench) -> None:
    bench.touch("b.py", "a.py", "a.py")
    bench.loop.pass_time(0.1)
    bench.touch("c.py")
    bench.loop.pass_time(0.15)
    assert bench.told == []
    bench.loop.pass_time(0.1)
    assert bench.told == [["a.py", "b.py", "c.py"]]


def test_an_editor_that_saves_by_renaming_is_understood(bench: Bench) -> None:
    where = str(bench.folder)
    bench.source.on_any_event(FileMovedEvent(f"{where}/.a.tmp", f"{where}/a.py"))
    bench.loop.pass_time(1)
    assert bench.told == [["a.py"]]


def test_what_is_no_code_is_not_told(bench: Bench) -> None:
    bench.touch("db.sqlite3", "log/web.log", ".a.py.swp")
    bench.loop.pass_time(1)
    assert bench.told == [] and bench.loop.timers == []


def test_what_git_ignores_is_not_told(bench: Bench) -> None:
    subprocess.run(["git", "init", "-q"], cwd=bench.folder, check=True)
    (bench.folder / ".gitignore").write_text("generated.py\nmade/\n")
    for name in ("generated.py", "a.py", "made/b.py"):
        (bench.folder / name).parent.mkdir(exist_ok=True)
        (bench.folder / name).write_text("")
    bench.touch("generated.py", "made/b.py")
    bench.loop.pass_time(1)
    assert bench.told == []
    bench.touch("generated.py", "a.py")
    bench.loop.pass_time(1)
    assert bench.told == [["a.py"]]


def test_one_change_after_another_is_waited_for_longer_and_longer(bench: Bench) -> None:
    """An app that writes its own code is not restarted in a loop."""
    waits = []
    for _ in range(8):
        bench.touch("own.py")
        before = bench.loop.now
        while not bench.told:
            bench.loop.pass_time(0.1)
        waits.append(round(bench.loop.now - before, 1))
        bench.told.clear()
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    bench.loop.pass_time(60)
    bench.touch("own.py")
    bench.loop.pass_time(0.2)
    assert bench.told == [["own.py"]]


def test_a_new_folder_is_looked_at(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[set[str]] = []
    monkeypatch.setattr(bench.source, "_watch", lambda: looked.append({*bench.source.new}))
    bench.source.on_any_event(DirCreatedEvent(str(bench.folder / "new")))
    bench.source.on_any_event(DirCreatedEvent(str(bench.folder / "node_modules" / "x")))
    bench.source.on_any_event(DirCreatedEvent(str(bench.folder / "pkg" / "__pycache__")))
    bench.loop.pass_time(1)
    assert looked == [{"new"}]


def test_a_file_that_is_gone_is_told_unless_git_ignores_it(bench: Bench) -> None:
    subprocess.run(["git", "init", "-q"], cwd=bench.folder, check=True)
    (bench.folder / ".gitignore").write_text("made/\n")
    bench.touch("sub/c.py", "pages/[id].ts", "made/b.py")
    bench.loop.pass_time(1)
    assert bench.told == [["pages/[id].ts", "sub/c.py"]]


def test_neither_ignored_nor_installed_folders_are_watched(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("out/\n")
    for name in ("src/deep", "out/x", "node_modules/x", "pkg/out/y", "pkg/lib"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.js").write_text("")
    plain = object.__new__(Source)
    plain.folder = str(tmp_path)
    assert sorted(plain._plan()) == [
        ("", False),
        ("pkg", False),
        ("pkg/lib", True),
        ("src", True),
    ]


def test_too_many_folders_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WATCHES", 3)
    for name in ("a", "b", "c", "node_modules"):
        (tmp_path / name).mkdir()
    plain = object.__new__(Source)
    plain.folder = str(tmp_path)
    assert plain._plan() == [("", True)]


# --- with the machine's own watches --------------------------------------------------------------


class Watching:
    """A source at work in a loop of its own; what it tells is in `told`."""

    def __init__(self, folder: Path) -> None:
        self.told: set[str] = set()
        self.failures: list[str] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.source = Source(self.loop, str(folder), self.told.update, self.failures.append)
        self.source.thread.join()

    def until(self, *names: str) -> None:
        """They were told, and what was told before is forgotten."""
        until(lambda: self.told.issuperset(names), f"{', '.join(names)} told", 60)
        self.do(self.forget)

    def do(self, act: Callable[[], object]) -> None:
        """It was done, in the loop's thread."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (act(), done.set()))
        assert done.wait(60)

    def forget(self) -> None:
        """Also that one change came soon after another."""
        self.told.clear()
        self.source.wait = module.DEBOUNCE

    def close(self) -> None:
        self.do(self.source.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        assert self.failures == []


@pytest.fixture(params=[False, True], ids=["plain", "git"])
def watching(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watching]:
    app = tmp_path / "app"
    for name in ("pkg/m.py", "top/a.py", "sub/deep/c.py"):
        (app / name).parent.mkdir(parents=True)
        (app / name).write_text("1")
    if request.param:
        subprocess.run(["git", "init", "-q"], cwd=app, check=True)
    found = Watching(app.resolve())
    yield found
    found.close()


@pytest.mark.real
def test_folders_that_move_go_and_come_are_followed(tmp_path: Path, watching: Watching) -> None:
    app = tmp_path / "app"
    (app / "pkg").rename(app / "pkg2")
    watching.until("pkg2/m.py")
    (app / "pkg2/n.py").write_text("2")
    watching.until("pkg2/n.py")
    (app / "sub/deep/c.py").unlink()
    watching.until("sub/deep/c.py")
    shutil.rmtree(app / "top")
    (app / "top").mkdir()
    watching.until("top/a.py")
    (app / "top/b.py").write_text("1")
    watching.until("top/b.py")
    (app / "d1/d2").mkdir(parents=True)
    (app / "d1/d2/z.py").write_text("1")
    watching.until("d1/d2/z.py")
    (tmp_path / "elsewhere/x").mkdir(parents=True)
    (tmp_path / "elsewhere/x/y.py").write_text("1")
    (tmp_path / "elsewhere").rename(app / "sub/e")
    watching.until("sub/e/x/y.py")
    (app / "sub/e").rename(app / "e")
    watching.until("e/x/y.py")
    (app / "e/x/z.py").write_text("2")
    watching.until("e/x/z.py")

"""A launch's own copy of its app: made, used, lost."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

import pytest

from emulator.dyno.warden import copying
from emulator.dyno.warden.copying import Copy, Removal, copy_file, leave, settle, stamp


@pytest.fixture
def app(tmp_path: Path) -> Path:
    app = tmp_path / "source"
    for name in ("a.py", "bin/run", ".git/HEAD", ".hk-local/lock", "node_modules/x.js", "l/.git"):
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(name)
    (app / "bin/run").chmod(0o755)
    (app / "link").symlink_to("a.py")
    os.mkfifo(app / "fifo")
    return app


def copied(app: Path, is_whole: bool = True) -> Path:
    target = app.parent / "place" / "app"
    Copy(str(app), str(target), is_whole).make()
    return target


def names(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


def test_a_slug_is_copied_whole_with_modes_times_and_links(app: Path) -> None:
    os.utime(app / "a.py", ns=(1_000, 2_000))
    copy = copied(app)
    assert names(copy) == names(app) - {"fifo"}
    assert (copy / "a.py").stat().st_mtime_ns == 2_000
    assert os.access(copy / "bin/run", os.X_OK)
    assert os.readlink(copy / "link") == "a.py"


def test_a_folder_is_copied_without_our_state_and_links_to_what_is_installed(app: Path) -> None:
    copy = copied(app, is_whole=False)
    assert names(copy) == {"a.py", "bin/run", "link", "l/.git"}
    assert os.readlink(copy / "node_modules") == str(app / "node_modules")


def test_what_is_written_to_the_copy_is_not_in_the_original(app: Path) -> None:
    copy = copied(app)
    with open(copy / "a.py", "r+") as file:
        file.write("X")
    assert (app / "a.py").read_text() == "a.py"
    assert os.stat(copy / "a.py").st_nlink == 1


def test_too_many_files_are_refused(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MOST_FILES", 2)
    with pytest.raises(OSError, match="more than 2 files"):
        copied(app)


def test_copying_ends_when_its_caller_says_so(app: Path) -> None:
    def look() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Copy(str(app), str(app.parent / "p/app"), True, look).make()


@pytest.mark.parametrize(("seconds", "is_told"), [(0.5, False), (2.5, True)])
def test_copying_that_takes_long_is_told(
    app: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, is_told: bool
) -> None:
    monkeypatch.setattr(copying, "_clone", lambda reader, writer: False)
    reader, writer = os.pipe()
    monkeypatch.setattr(copying, "LINK", reader)
    clock = itertools.count(10.0, seconds)
    monkeypatch.setattr(copying.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(os, "chdir", lambda path: None)
    log, told = os.pipe()
    assert settle(str(app), str(app.parent / "place"), True, told).since > 0
    os.close(told)
    with open(log) as said:
        text = said.read()
    assert ("6 files copied, for this file system has no clones, in 2.5 s" in text) is is_told
    os.write(writer, b"T")
    with pytest.raises(InterruptedError):
        settle(str(app), str(app.parent / "other"), True, 2)
    leave(str(app.parent / "other"), None)
    assert not (app.parent / "other").exists()
    os.close(reader)
    os.close(writer)


def test_a_clone_that_fails_is_a_copy_and_is_not_tried_again(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(copying, "_clone", lambda reader, writer: tried.append(reader))
    copy = copied(app)
    assert len(tried) == 1
    assert (copy / "a.py").read_text() == "a.py"


def test_macos_clones_by_name(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    cloned: list[tuple[str, str]] = []
    monkeypatch.setattr(copying, "_clonefile", lambda *names: not cloned.append(names))
    assert copy_file("from", "to", True)
    assert cloned == [("from", "to")]
    monkeypatch.setattr(copying, "_clonefile", lambda *names: False)
    assert not copy_file(str(app / "a.py"), str(app / "b.py"), True)
    assert (app / "b.py").read_text() == "a.py"


def test_without_copy_file_range_bytes_are_read_and_written(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    copy_file(str(app / "a.py"), str(app / "c.py"), False)
    assert (app / "c.py").read_text() == "a.py"


def completed(app: Path) -> Copy:
    copy = Copy(str(app), str(app.parent / "place" / "app"), is_whole=False)
    copy.make()
    copy.since = stamp(str(app.parent / "place"))
    return copy


def later(path: Path, since: int) -> None:
    """It was written after the stamp, by the file system's clock."""
    while True:
        path.write_text("new")
        if path.stat().st_ctime_ns > since:
            return


def test_what_was_written_since_is_named_and_what_nobody_misses_is_not(app: Path) -> None:
    done = completed(app)
    copy, since = Path(done.target), done.since
    place = copy.parent
    for name in ("up/b.png", "db.sqlite3", "tmp/x", "m/__pycache__/a.pyc", ".cache", "web.pid"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        later(copy / name, since)
    (copy / "up").chmod(0o555)
    leave(str(place), done)
    count, *lost = (place / "lost").read_text().split("\n")
    assert (count, sorted(lost)) == ("2", ["db.sqlite3", "up/b.png"])
    assert not copy.exists()


def test_nothing_is_left_of_a_copy_that_nobody_wrote_to(app: Path) -> None:
    place = app.parent / "place"
    leave(str(place), completed(app))
    assert not place.exists()


def test_a_few_of_many_are_named(app: Path) -> None:
    copy = copied(app)
    since = stamp(str(copy.parent))
    for number in range(9):
        later(copy / f"f{number}", since)
    removal = Removal(since)
    removal.remove(str(copy))
    assert removal.count == 9 and len(removal.lost) == 5


def test_a_link_that_leads_out_is_removed_and_not_followed(app: Path) -> None:
    done = completed(app)
    (app.parent / "outside").mkdir()
    (app.parent / "outside/kept").write_text("")
    (app.parent / "place/app/out").symlink_to(app.parent / "outside")
    leave(str(app.parent / "place"), done)
    assert (app.parent / "outside/kept").exists()


def test_a_link_in_the_place_of_the_copy_is_not_followed_either(app: Path) -> None:
    done = completed(app)
    copy = Path(done.target)
    copy.rename(app.parent / "moved")
    copy.symlink_to(app.parent / "moved")
    leave(str(copy.parent), done)
    assert (app.parent / "moved/a.py").exists()
    assert not copy.parent.exists()

"""A spare has nothing of the launch before, whatever that did."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.dyno.warden import spare
from emulator.dyno.warden.copying import Copy, leave, stamp
from emulator.dyno.warden.spare import claim

CODE = {"a.py": "one", "b.py": "two", "lib/c.py": "c", "lib/d.py": "d", "web/c.py": "w"}


class Yard:
    """A slug, and launches of it, one after the other."""

    def __init__(self, root: Path) -> None:
        self.slug = root / "slugs/f00d"
        self.spares = root / "spares"
        self.dynos = root / "dynos"
        self.launches = 0
        for name, text in CODE.items():
            (self.slug / name).parent.mkdir(parents=True, exist_ok=True)
            (self.slug / name).write_text(text)
            os.utime(self.slug / name, ns=(1, 1))  # as of a build that is reproducible
        (self.slug / "link").symlink_to("a.py")

    def launch(self) -> Copy:
        self.launches += 1
        place = self.dynos / f"web.1-{self.launches}"
        place.mkdir(parents=True)
        claim(str(self.slug), str(place))
        copy = Copy(str(self.slug), str(place / "app"))
        copy.make()
        _let_the_clock_go_on(place, stamp(str(place)))
        copy.since = stamp(str(place))
        return copy

    def end(self, copy: Copy) -> None:
        leave(os.path.dirname(copy.target), copy)

    def spare(self) -> Path:
        (found,) = self.spares.iterdir()
        return found


def _let_the_clock_go_on(place: Path, since: int) -> None:
    """The file system's clock, by which what was just copied is older than what comes."""
    until = time.monotonic() + 5
    while stamp(str(place)) == since and time.monotonic() < until:
        pass


def contents(folder: Path | str) -> dict[str, str]:
    files = [one for one in Path(folder).rglob("*") if not one.is_dir()]
    return {str(one.relative_to(folder)): one.read_text() for one in files}


def inodes(folder: Path | str) -> dict[str, int]:
    return {name: (Path(folder) / name).stat().st_ino for name in CODE}


@pytest.fixture
def yard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Yard:
    monkeypatch.setattr(sys, "platform", "linux")
    return Yard(tmp_path)


def test_what_was_not_touched_is_the_next_launch_s(yard: Yard) -> None:
    first = yard.launch()
    before = inodes(first.target)
    yard.end(first)
    assert contents(yard.spare()) == CODE
    second = yard.launch()
    assert inodes(second.target) == before
    assert contents(second.target) == {**CODE, "link": "one"}
    assert os.readlink(f"{second.target}/link") == "a.py"
    assert list(yard.spares.iterdir()) == []


def rewrite(app: Path) -> None:
    (app / "a.py").write_text("bad")
    os.utime(app / "a.py", ns=(1, 1))


def swap_files(app: Path) -> None:
    (app / "a.py").rename(app / "x")
    (app / "b.py").rename(app / "a.py")
    (app / "x").rename(app / "b.py")


def swap_folders(app: Path) -> None:
    (app / "lib").rename(app / "x")
    (app / "web").rename(app / "lib")
    (app / "x").rename(app / "web")


def link(app: Path) -> None:
    (app / "a.py").unlink()
    os.link(app / "lib/c.py", app / "a.py")


def replace_folder(app: Path) -> None:
    (app / "web/c.py").unlink()
    (app / "web").rmdir()
    (app / "web").symlink_to("/")


def close_folder(app: Path) -> None:
    (app / "lib").chmod(0o500)
    (app / "a.py").chmod(0o777)


def add(app: Path) -> None:
    (app / "up/loads").mkdir(parents=True)
    (app / "up/loads/cat.png").write_text("cat")
    (app / "lib/new.py").write_text("new")
    (app / "link").unlink()
    os.mkfifo(app / "fifo")


def delete(app: Path) -> None:
    (app / "a.py").unlink()
    (app / "lib/c.py").unlink()
    (app / "lib/d.py").unlink()
    (app / "lib").rmdir()


DEEDS = [rewrite, swap_files, swap_folders, link, replace_folder, close_folder, add, delete]


@pytest.mark.parametrize("deed", DEEDS)
def test_the_next_launch_has_the_slug_whatever_the_last_did(
    yard: Yard, deed: Callable[[Path], None]
) -> None:
    first = yard.launch()
    deed(Path(first.target))
    yard.end(first)
    assert contents(yard.spare()).items() <= CODE.items()
    second = yard.launch()
    assert contents(second.target) == {**CODE, "link": "one"}
    folders = {one.name for one in Path(second.target).rglob("*") if one.is_dir()}
    assert folders == {"lib", "web"} and not (Path(second.target) / "web").is_symlink()
    assert os.stat(f"{second.target}/a.py").st_mode == os.stat(yard.slug / "a.py").st_mode
    assert os.stat(f"{second.target}/lib").st_mode == os.stat(f"{second.target}/web").st_mode


def test_what_is_lost_with_it_is_told_as_ever(yard: Yard) -> None:
    first = yard.launch()
    add(Path(first.target))
    yard.end(first)
    count, *lost = (yard.dynos / "web.1-1/lost").read_text().split("\n")
    assert (count, set(lost)) == ("3", {"up/loads/cat.png", "lib/new.py", "fifo"})


def test_nothing_is_kept_where_the_state_folder_was_deleted(yard: Yard) -> None:
    copy = yard.launch()
    moved = yard.dynos.parent.rename(yard.dynos.parent.with_name("elsewhere"))
    yard.end(copy)
    assert not yard.dynos.parent.exists() and list((moved / "dynos").iterdir())


def test_another_slug_has_another_spare_and_there_is_an_end_of_them(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare, "MOST", 1)
    first, second = yard.launch(), yard.launch()
    yard.end(first)
    yard.end(second)
    assert len(list(yard.spares.iterdir())) == 1
    assert list(yard.dynos.iterdir()) == []
    other = yard.dynos / "web.1-9"
    other.mkdir()
    assert not claim(str(yard.slug.parent / "beef"), str(other))

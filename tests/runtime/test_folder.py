"""The state folder: ours alone, and locked by one emulator at a time."""

from __future__ import annotations

import errno
import os
import select
import stat
from pathlib import Path

import pytest

from emulator.runtime.folder import LONGEST, AlreadyRunning, Folder, FolderUnusable, NotOurs
from emulator.runtime.store import Store


def mode(path: Path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_made_for_its_owner_only_and_ignored_by_git(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    assert mode(tmp_path / ".hk-local") == 0o700
    assert (tmp_path / ".hk-local/.gitignore").read_text() == "*\n"
    assert folder.file("state.db") == str(tmp_path / ".hk-local/state.db")


@pytest.mark.parametrize("left", [b"", b"*"])
def test_what_a_killed_start_left_is_made_good(tmp_path: Path, left: bytes) -> None:
    (tmp_path / ".hk-local").mkdir(mode=0o700)
    (tmp_path / ".hk-local/.gitignore").write_bytes(left)
    Folder(str(tmp_path))
    assert (tmp_path / ".hk-local/.gitignore").read_text() == "*\n"
    assert os.listdir(tmp_path / ".hk-local") == [".gitignore"]


def test_without_room_git_s_file_is_not_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(FolderUnusable, match="No space left on device"):
        Folder(str(tmp_path))
    assert os.listdir(tmp_path / ".hk-local") == []


def test_a_path_that_is_too_long_is_a_message(tmp_path: Path) -> None:
    deep = os.path.join(tmp_path, *["a" * 99] * 5)
    left = LONGEST - len("/.hk-local/state.db")
    os.makedirs(deep[:left])
    Store(Folder(deep[:left]).file("state.db")).close()
    os.makedirs(longer := deep[:left] + "a")
    with pytest.raises(FolderUnusable, match="longer than the 504 bytes that SQLite takes"):
        Folder(longer)
    assert not os.listdir(longer)


def test_one_that_others_may_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / ".hk-local").mkdir(mode=0o755)
    Folder(str(tmp_path))
    assert mode(tmp_path / ".hk-local") == 0o700


def test_a_link_to_a_folder_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / ".hk-local").symlink_to("elsewhere")
    with pytest.raises(NotOurs, match="is a link"):
        Folder(str(tmp_path))
    assert mode(tmp_path / "elsewhere") == 0o755 and not os.listdir(tmp_path / "elsewhere")


def test_a_file_in_its_place_is_a_message(tmp_path: Path) -> None:
    (tmp_path / ".hk-local").touch()
    with pytest.raises(FolderUnusable, match="Not a directory"):
        Folder(str(tmp_path))


def test_a_folder_that_cannot_be_made_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match="No such file or directory"):
        Folder(str(tmp_path / "gone"))


@pytest.mark.parametrize("harm", ["link", "folder"])
def test_a_lock_file_that_is_none_is_a_message(tmp_path: Path, harm: str) -> None:
    folder = Folder(str(tmp_path))
    lock = tmp_path / ".hk-local/lock"
    if harm == "link":
        (tmp_path / "victim").write_text("precious")
        lock.symlink_to(tmp_path / "victim")
    else:
        lock.mkdir()
    with pytest.raises(FolderUnusable, match="lock"):
        folder.lock()
    assert harm == "folder" or (tmp_path / "victim").read_text() == "precious"


def test_the_second_one_is_told_who_is_the_first(tmp_path: Path) -> None:
    first, second = Folder(str(tmp_path)), Folder(str(tmp_path))
    first.lock()
    with pytest.raises(AlreadyRunning) as caught:
        second.lock()
    assert f"{tmp_path}: hk-local already runs here (pid {os.getpid()})" in str(caught.value)
    first.unlock()
    second.lock()
    assert not second.was_killed
    second.unlock()


def test_one_that_is_about_to_unlock_is_waited_for(tmp_path: Path, monkeypatch) -> None:
    """Its name is gone before its lock is."""
    first, second = Folder(str(tmp_path)), Folder(str(tmp_path))
    first.lock()
    os.ftruncate(first._lock, 0)
    monkeypatch.setattr(select, "select", lambda *_: first.unlock())
    second.lock()
    second.unlock()


def test_one_that_begins_may_sign_while_it_is_waited_for(tmp_path: Path, monkeypatch) -> None:
    first, second = Folder(str(tmp_path)), Folder(str(tmp_path))
    first.lock()
    os.ftruncate(first._lock, 0)
    monkeypatch.setattr(select, "select", lambda *_: first.sign())
    with pytest.raises(AlreadyRunning, match=f"(pid {os.getpid()})"):
        second.lock()
    os.ftruncate(first._lock, 0)
    monkeypatch.setattr(select, "select", lambda *_: None)
    with pytest.raises(AlreadyRunning, match="pid unknown"):
        second.lock()
    first.unlock()


def test_the_lock_is_not_inherited(tmp_path: Path) -> None:
    """An flock held by a child would outlive a killed emulator."""
    folder = Folder(str(tmp_path))
    folder.lock()
    assert not os.get_inheritable(folder._lock)
    folder.unlock()


def test_one_that_did_not_unlock_was_killed(tmp_path: Path) -> None:
    first = Folder(str(tmp_path))
    first.lock()
    os.close(first._lock)  # as the kernel does when we are killed
    second = Folder(str(tmp_path))
    second.lock()
    assert second.was_killed
    assert (tmp_path / ".hk-local/lock").read_text() == f"{os.getpid()}\n"
    second.unlock()
    third = Folder(str(tmp_path))
    third.lock()
    assert not third.was_killed
    third.unlock()


def test_a_longer_pid_of_before_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    (tmp_path / ".hk-local/lock").write_text("4294967296 and more\n")
    folder.lock()
    assert (tmp_path / ".hk-local/lock").read_text() == f"{os.getpid()}\n"
    folder.unlock()


def test_a_lock_file_that_is_deleted_meanwhile_locks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who waits must end up with the lock on the file that is there."""
    import fcntl

    from emulator.runtime import folder as module

    path = tmp_path / ".hk-local/lock"
    real, deleted = fcntl.flock, []

    def flock(fd: int, how: int) -> None:
        real(fd, how)
        if not deleted:
            deleted.append(path.unlink())

    monkeypatch.setattr(module.fcntl, "flock", flock)
    folder = Folder(str(tmp_path))
    folder.lock()
    assert os.fstat(folder._lock).st_ino == os.stat(path).st_ino
    folder.unlock()


def test_a_disk_without_room_for_the_pid_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pwrite(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(FolderUnusable, match=r"lock: No space left on device\. hk-local keeps"):
        Folder(str(tmp_path)).lock()


def test_nothing_is_left_of_a_doomed_one(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve\n")
    folder = Folder(str(tmp_path))
    folder.lock()
    (tmp_path / ".hk-local/log").mkdir()
    folder.is_doomed = True
    folder.unlock()
    assert [path.name for path in tmp_path.iterdir()] == ["Procfile"]

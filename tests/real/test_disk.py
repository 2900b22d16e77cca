"""A disk that is full, read-only or has lost what was on it: one line, and the dynos go on."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.app import App, Emulator, read

pytestmark = pytest.mark.real

SYS_ADMIN = 1 << 21
"""Source: linux/capability.h."""


def may_mount() -> bool:
    status = read("/proc/self/status").decode()
    return bool(int(status.partition("CapEff:")[2].split()[0], 16) & SYS_ADMIN)


def start_with_state(app: App) -> None:
    """A state to lose."""
    app.adversaries("plain")
    app.start("-m", "plain=2").up("plain.2").stop()


@pytest.mark.parametrize(
    "harm",
    [
        lambda good: good[:5000],
        lambda good: good[:50],
        lambda good: b"[" * 100_000,
        lambda good: os.urandom(len(good)),
        lambda good: good[:4096] + bytes(len(good) - 4096),
    ],
    ids=["cut", "cut short", "brackets", "noise", "zeros"],
)
def test_a_damaged_state_is_set_aside_and_said(app: App, harm: Callable[[bytes], bytes]) -> None:
    """F52."""
    start_with_state(app)
    state = app.dir / ".hk-local/state.db"
    damaged = harm(state.read_bytes())
    state.write_bytes(damaged)
    emulator = app.start().up("plain.1")
    line = emulator.expect("hk-local[state]:")
    assert "state.db was damaged (" in line and "hk-local starts afresh" in line
    assert emulator.stop() == 143
    assert emulator.stderr == ""
    assert (app.dir / ".hk-local/state.db.damaged-1").read_bytes() == damaged
    again = app.start().up("plain.1")
    assert again.stop() == 143
    assert "damaged" not in again.text
    app.assert_nothing_left()


def test_a_newer_state_is_left_alone(app: App) -> None:
    start_with_state(app)
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('pragma user_version=99')"
    state = str(app.dir / ".hk-local/state.db")
    subprocess.run([app.user.python, "-c", script, state], check=True)
    emulator = app.start()
    assert emulator.ends() == 1
    assert "was written by a newer hk-local (state version 99" in emulator.stderr
    assert "Traceback" not in emulator.stderr
    app.assert_nothing_left()


def test_a_read_only_folder_is_said(user_app: App) -> None:
    """F51: as root, for whom no mode is read-only, a file stands in the folder's place."""
    user_app.adversaries("plain")
    if user_app.user.uid == 0:
        user_app.write(".hk-local", "")
    else:
        os.chmod(user_app.dir, 0o555)
    emulator = user_app.start()
    assert emulator.ends() == 1
    assert emulator.stderr.count("\n") == 1
    assert "hk-local keeps its state there and needs to write to it" in emulator.stderr
    os.chmod(user_app.dir, 0o755)
    user_app.assert_nothing_left()


def test_a_state_folder_that_became_read_only_is_said(user_app: App) -> None:
    start_with_state(user_app)
    folder = user_app.dir / ".hk-local"
    if user_app.user.uid == 0:
        (folder / "lock").unlink()
        (folder / "lock").mkdir()
    else:
        os.chmod(folder, 0o500)
        os.chmod(folder / "lock", 0o400)
    emulator = user_app.start()
    assert emulator.ends() == 1
    assert "hk-local keeps its state there and needs to write to it" in emulator.stderr
    assert emulator.stderr.count("\n") == 1
    os.chmod(folder, 0o700)
    user_app.assert_nothing_left()


def assert_goes_on_unsaved(app: App, emulator: Emulator) -> None:
    """A change is in force and its author told that it is not saved; the log tells it once."""
    for quantity in (2, 1, 3):
        answer = app.hk_local("ps:scale", f"plain={quantity}")
        assert answer.returncode == 0, answer.stderr
        assert "in force, but not saved" in answer.stderr
    emulator.up("plain.3")
    emulator.expect("hk-local[state]: The change is in force, but not saved (")
    assert emulator.text.count("not saved") == 1
    assert "Traceback" not in emulator.stderr


def test_no_room_for_the_state(app: App) -> None:
    """F50: EFBIG stands for a full disk where nobody may mount one."""
    app.adversaries("plain")
    emulator = app.start().up("plain.1")
    app.canary.wait_for("plain")
    resource.prlimit(emulator.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    assert_goes_on_unsaved(app, emulator)
    app.write(".env", "A=2\n")
    app.write("Procfile", (app.dir / "Procfile").read_text() + "more: exec sleep 1000\n")
    emulator.up("more.1")  # an edit of both files, neither of which waits for the other to be saved
    emulator.expect("app[api]: Set A config vars by user")
    resource.prlimit(
        emulator.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )
    assert app.hk_local("ps:scale", "plain=2").stderr.count("not saved") == 0
    assert emulator.stop() == 143
    again = app.start().up("plain.1", "plain.2")
    assert again.stop() == 143
    app.assert_nothing_left()


@pytest.fixture
def tiny_disk(app: App) -> Iterator[Path]:
    """The app's state folder is a file system of a megabyte."""
    folder = app.dir / ".hk-local"
    folder.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


if may_mount():

    def test_a_full_disk(app: App, tiny_disk: Path) -> None:
        """F50: the real thing."""
        app.adversaries("plain")
        emulator = app.start().up("plain.1")
        app.canary.wait_for("plain")
        with open(tiny_disk / "filler", "wb", buffering=0) as filler:
            with pytest.raises(OSError, match="No space left"):
                while True:
                    filler.write(bytes(4096))
            assert_goes_on_unsaved(app, emulator)
            filler.truncate(0)
        answer = app.hk_local("ps:scale", "plain=2")
        assert "not saved" not in answer.stderr
        assert emulator.stop() == 143
        again = app.start().up("plain.1", "plain.2")
        assert again.stop() == 143
        app.assert_nothing_left()

    def test_a_disk_that_is_full_from_the_start(app: App, tiny_disk: Path) -> None:
        app.adversaries("plain")
        app.start().up("plain.1").stop()
        with (
            open(tiny_disk / "filler", "wb", buffering=0) as filler,
            pytest.raises(OSError, match="No space left"),
        ):
            while True:
                filler.write(bytes(4096))
        emulator = app.start()
        assert emulator.ends() == 1
        assert "No space left on device" in emulator.stderr
        assert "hk-local keeps its state there and needs to write to it" in emulator.stderr
        app.assert_nothing_left()

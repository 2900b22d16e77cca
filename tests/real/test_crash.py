"""A dyno that cannot be started, or that ends: with which status, and what the log says of it."""

from __future__ import annotations

import os
import resource
import subprocess

import pytest

from tests.real.app import App, until

pytestmark = pytest.mark.real

RETRIED = 2
"""The first crash is retried at once; after the second there is a cool-off of minutes."""


def crashed(app: App, command: str, status: int) -> str:
    """A worker of that command crashed twice with that status; what was printed."""
    app.procfile(worker=command)
    emulator = app.start()
    emulator.expect(f"heroku[worker.1]: Process exited with status {status}", times=RETRIED)
    emulator.expect("heroku[worker.1]: State changed from up to crashed", times=RETRIED)
    assert emulator.stop() == 143
    app.assert_nothing_left()
    assert emulator.text.count("Starting process with command") == RETRIED
    assert emulator.stderr == ""
    return emulator.text


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("no-such-program --flag", 127),
        ("./no-such-file", 127),
        ("./plain-file", 126),
        ("./folder", 126),
        ("./no-interpreter", None),  # 126 or 127, as bash grew older
    ],
)
def test_what_cannot_be_executed_ends_as_in_a_shell(
    app: App, command: str, status: int | None
) -> None:
    """F25."""
    app.write("plain-file", "echo hello\n")
    app.write("no-interpreter", "#!/no/such/interpreter\n", mode=0o755)
    (app.dir / "folder").mkdir()
    shell = subprocess.run(["bash", "-c", command], cwd=app.dir, capture_output=True, text=True)
    assert shell.returncode == status or status is None
    text = crashed(app, command, shell.returncode)
    assert f"Starting process with command `{command}`" in text
    assert f"app[worker.1]: {shell.stderr.strip()}" in text


def test_a_script_without_an_interpreter_line_is_the_shell_s(app: App) -> None:
    app.write("script", "echo run by $0 with $1\nexit 7\n", mode=0o755)
    assert "app[worker.1]: run by ./script with argument" in crashed(app, "./script argument", 7)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 255", 255),
        ("kill -SEGV $$", 139),
        ("kill -KILL $$", 137),
        ("kill -TERM $$", 143),
        ("kill -PIPE $$", 141),
        ("exec {python} -c 'raise SystemExit(3)'", 3),
    ],
)
def test_the_status_is_a_shell_s(app: App, command: str, status: int) -> None:
    """F26."""
    crashed(app, command, status)


def test_an_environment_that_is_too_large_is_said(app: App) -> None:
    app.write(".env", "".join(f"BIG_{n}={'x' * 100_000}\n" for n in range(25)))
    app.procfile(worker="true")
    emulator = app.start()
    emulator.expect("app[worker.1]: hk-local: cannot start the command", times=2)
    emulator.expect("Argument list too long")
    emulator.expect("heroku[worker.1]: Process exited with status 71", times=2)
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_an_app_folder_that_is_gone_is_said(app: App) -> None:
    """F54: what runs goes on, what starts says why it cannot, and stop works."""
    app.procfile(worker="exec sleep 1000")
    emulator = app.start("--no-reload").up("worker.1")
    until((app.dir / ".hk-local/socket").exists, "served")
    moved = app.dir.rename(app.root / "moved")
    answer = app.hk_local_in(moved, "ps:restart")
    assert answer.returncode == 0, answer.stderr
    emulator.expect(f"cannot start the command: {app.dir}: No such file or directory", times=2)
    emulator.expect("heroku[worker.1]: Process exited with status 71", times=2)
    moved.rename(app.dir)
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_the_last_words_come_before_the_obituary(app: App) -> None:
    """F39: 64 kB in the pipe, the last line without an end."""
    app.procfile(worker="for i in {1..1500}; do echo line $i of many words; done; printf 'no end'")
    emulator = app.start()
    emulator.expect("Process exited with status 0", times=RETRIED)
    assert emulator.stop() == 143
    lines = [line.partition("]: ")[2] for line in emulator.text.splitlines()]
    ends = [n for n, line in enumerate(lines) if line == "Process exited with status 0"]
    assert [lines[n - 1] for n in ends] == ["no end"] * RETRIED
    assert sum(line.endswith("of many words") for line in lines) == 1500 * RETRIED


def test_no_descriptor_left_for_a_dyno_is_its_crash_only(app: App) -> None:
    """The others go on, and so does the emulator."""
    app.procfile(worker="exec sleep 1000")
    emulator = app.start().up("worker.1")
    until(lambda: app.hk_local("ps").returncode == 0, "served, and all services begun")
    few = len(os.listdir(f"/proc/{emulator.pid}/fd")) + 8
    resource.prlimit(emulator.pid, resource.RLIMIT_NOFILE, (few, few))
    assert app.hk_local("ps:scale", "worker=20").returncode == 0
    emulator.expect("hk-local[worker.20]: cannot start the process: Too many open files")
    emulator.up("worker.2")
    assert emulator.stop() == 143
    assert emulator.stderr == ""
    app.assert_nothing_left()


def test_no_process_left_for_a_dyno_is_its_crash_only(user_app: App) -> None:
    """F33, as far as an ordinary user can be refused a fork."""
    user_app.procfile(worker="exec sleep 1000")
    emulator = user_app.start().up("worker.1")
    limit = f"import resource as r; r.prlimit({emulator.warden_pid}, r.RLIMIT_NPROC, (1, 1))"
    subprocess.run([user_app.user.python, "-c", limit], check=True, **user_app.user.as_user)
    assert user_app.hk_local("ps:scale", "worker=2").returncode == 0
    if user_app.user.uid == 0:  # whom the limit does not bind
        emulator.up("worker.2")
    else:
        emulator.expect("hk-local[worker.2]: cannot start the process: Resource temporarily")
    assert emulator.stop() == 143
    assert emulator.stderr == ""
    user_app.assert_nothing_left()

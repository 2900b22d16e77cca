"""The process of a command: signals, closed descriptors, readers that leave."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.real

HK_LOCAL = str(Path(sys.executable).with_name("hk-local"))

COMMANDS = [
    ["ps"],
    ["ps:scale", "web=2"],
    ["ps:restart"],
    ["logs", "--tail"],
    ["stop"],
    ["run", "ls"],
    ["ps:wait"],
    ["_complete", "dynos"],
    ["logs", "-n", " 5"],
]


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of an emulator, which a test answers itself."""
    (tmp_path / ".hk-local").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / ".hk-local" / "socket"))
        listener.listen()
        listener.settimeout(60)
        yield listener


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
def test_a_signal_ends_any_command_quietly(listener, tmp_path, words, number, code):
    with subprocess.Popen(
        [HK_LOCAL, *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        link, _ = listener.accept()
        with link:
            process.send_signal(number)
            process.wait(60)
        # Not earlier: what `run` lends is open as long as it is on its way to us.
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, b"", b"")


def test_a_tail_ends_quietly_with_a_signal_after_some_lines(listener, tmp_path):
    with subprocess.Popen(
        [HK_LOCAL, "logs", "-t"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        link, _ = listener.accept()
        with link:
            link.recv(65536)
            link.sendall(b"HTTP/1.1 200 OK\r\n\r\nline\n")
            assert process.stdout
            assert process.stdout.readline() == b"line\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_reader_that_leaves_ends_the_tail_quietly(listener, tmp_path):
    line = f"{HK_LOCAL} logs -t | head -n 1; echo ${{PIPESTATUS[0]}}"
    with subprocess.Popen(
        ["bash", "-c", line], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        link, _ = listener.accept()
        with link:
            link.recv(65536)
            link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while True:
                    link.sendall(b"line\n" * 1000)
            except ConnectionError:
                pass
        out, err = process.communicate(timeout=60)
    assert (out, err) == (b"line\n141\n", b"")


@pytest.mark.parametrize("words", [["ps", "--help"], ["completion", "bash"]], ids=" ".join)
def test_a_reader_that_has_left_before_the_first_word(tmp_path, words):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [HK_LOCAL, *words], cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def shell(command: str, cwd: Path) -> tuple[int, bytes, bytes]:
    done = subprocess.run(["bash", "-c", command], cwd=cwd, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_a_full_disk_is_told_in_a_line(tmp_path):
    code, out, err = shell(f"{HK_LOCAL} version >/dev/full", tmp_path)
    assert (code, out, err) == (1, b"", b"hk-local: No space left on device\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_descriptors_are_nowhere_in_the_way(listener, tmp_path, closed):
    """Without care the socket would lie at 1, and the emulator would read our output."""
    with subprocess.Popen(["bash", "-c", f"{HK_LOCAL} ps {closed}"], cwd=tmp_path) as process:
        link, _ = listener.accept()
        with link:
            assert link.recv(65536).startswith(b"GET /apps/~/dynos ")
            link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            assert link.recv(65536) == b""
        assert process.wait(60) == 0


@pytest.mark.parametrize("words", [["ps:scal"], ["ps", "--no-such"], ["--help"], ["ps", "--help"]])
def test_help_and_mistakes_survive_a_reader_that_leaves(tmp_path, words):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run([HK_LOCAL, *words], stdout=pipe, stderr=subprocess.PIPE, timeout=60)
    assert b"Traceback" not in done.stderr


def test_the_exit_code_of_a_mistake(tmp_path):
    assert shell(f"{HK_LOCAL} ps:scal", tmp_path)[0] == 2
    assert shell(f"{HK_LOCAL} ps", tmp_path)[0] == 1
    assert shell(f"{HK_LOCAL}", tmp_path)[0] == 0

"""Finding the emulator, and what its answers may look like."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.cli import client
from emulator.cli.client import Client, folder, query, quote
from emulator.cli.output import ERROR
from emulator.cli.response import Gone, Response, unquote
from tests.cli.conftest import Emulator


@pytest.fixture
def answer():
    """Makes the response that some bytes are, and then the end."""
    ours, theirs = socket.socketpair()

    def make(data: bytes) -> Response:
        with theirs:
            theirs.sendall(data)
        return Response(ours)

    with ours:
        yield make


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 5\r\n", b"hello and more"),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"),
        (b"Connection: close\r\n", b"hello"),
    ],
)
def test_a_body_in_each_of_its_forms(answer, head, body):
    response = answer(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)
    assert (response.status, response.read()) == (200, b"hello")


@pytest.mark.parametrize("pair", [os.pipe, socket.socketpair])
def test_an_endless_body_ends_when_nobody_reads_what_becomes_of_it(pair):
    ours, theirs = socket.socketpair()
    reader, writer = (end if isinstance(end, int) else end.detach() for end in pair())
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK\r\n\r\nline\n")
        blocks = Response(ours).blocks(writer)
        assert next(blocks) == b"line\n"
        theirs.sendall(b"more\n")
        assert next(blocks) == b"more\n"
        os.close(reader)
        with pytest.raises(BrokenPipeError):
            next(blocks)
    os.close(writer)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 6\r\n", b"hello"),
        (b"Transfer-Encoding: chunked\r\n", b"9\r\nhello"),
        (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n"),
    ],
)
def test_a_body_that_breaks_off(answer, head, body):
    response = answer(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)
    with pytest.raises(Gone):
        response.read()


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_head_that_breaks_off(answer, data):
    with pytest.raises(Gone):
        answer(data)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_percent_encoding(text):
    assert unquote(quote(text)) == text
    assert quote(text).isascii()
    assert not set(quote(text)) & set("/?&# \r\n")


def test_a_query():
    assert query(a=None, b=[]) == ""
    assert query(a=1, b=["x y", "z"], c="") == "?a=1&b=x%20y&b=z&c="


def test_a_refusal_has_the_exit_code_that_it_brings(emulator, hk_local):
    emulator.on("GET /apps/~/dynos", "no such dyno", 404)
    assert hk_local("ps").code == 1
    emulator.on("GET /apps/~/dynos", "not so", 422, HK_Exit_Code="2")
    assert hk_local("ps").code == 2


def test_no_emulator(app, hk_local):
    result = hk_local("ps")
    assert (result.code, result.out) == (1, "")
    assert result.err == f"hk-local: no emulator runs in {app}; start it with hk-local start\n"


def test_an_emulator_that_was_killed(emulator, app, hk_local):
    emulator.close()
    assert "no emulator runs" in hk_local("ps").err


def test_an_emulator_that_has_just_started_is_waited_for(app, hk_local, monkeypatch):
    (app / ".hk-local").mkdir()
    (app / ".hk-local" / "lock").write_text(f"{os.getpid()}\n")
    started: list[Emulator] = []

    def sleep(seconds: float) -> None:
        emulator = Emulator(app)
        emulator.on("GET /apps/~/dynos", "dynos\n")
        started.append(emulator)

    monkeypatch.setattr(time, "sleep", sleep)
    assert hk_local("ps").out == "dynos\n"
    started[0].close()
    assert len(started) == 1


def test_an_emulator_that_does_not_get_so_far(app, hk_local, monkeypatch):
    (app / ".hk-local").mkdir()
    (app / ".hk-local" / "lock").write_text(f"{os.getpid()}\n")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert "does not answer" in hk_local("ps").err


@pytest.mark.parametrize("signature", ["", "x\n"])
def test_an_emulator_that_has_stopped_is_not_waited_for(app, hk_local, monkeypatch, signature):
    (app / ".hk-local").mkdir()
    (app / ".hk-local" / "lock").write_text(signature)
    monkeypatch.delattr(time, "sleep")
    assert "no emulator runs" in hk_local("ps").err


def test_an_emulator_that_is_suspended(emulator, app, hk_local, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE", 0.01)
    emulator.answers["GET /apps/~/dynos"] = lambda request: request.link.recv(1)
    result = hk_local("ps")
    assert result.code == 1
    assert result.err == (
        f"hk-local: the emulator in {app} does not answer; "
        "if it was suspended, continue it with fg\n"
    )


def test_that_it_is_suspended_is_said_early(emulator, app, hk_local, monkeypatch):
    child = subprocess.Popen(["sleep", "1000"])
    try:
        child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
        (app / ".hk-local" / "lock").write_text(f"{child.pid}\n")
        monkeypatch.setattr(client, "FIRST_WORD", 0.01)
        monkeypatch.setattr(client, "PATIENCE", 0.02)
        emulator.answers["GET /apps/~/dynos"] = lambda request: request.link.recv(1)
        first, second = hk_local("ps").err.splitlines()
    finally:
        child.kill()
        child.wait()
    said = f"hk-local: the emulator (pid {child.pid}) is suspended; continue it with fg"
    assert first == said
    assert "does not answer" in second


def test_an_emulator_that_goes_away(emulator, hk_local):
    emulator.answers["GET /apps/~/dynos"] = lambda request: None
    result = hk_local("ps")
    assert (result.code, result.err) == (
        1,
        "hk-local: the emulator went away before it had answered\n",
    )


def test_an_emulator_of_somebody_else(emulator, app, hk_local, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    result = hk_local("ps")
    assert (result.code, emulator.requests) == (1, [])
    assert result.err == f"hk-local: the emulator in {app} belongs to another user\n"


def test_a_folder_that_is_closed_to_us(emulator, app, hk_local, forbidden):
    forbidden(app / ".hk-local")
    result = hk_local("ps")
    assert (result.code, emulator.requests) == (1, [])
    assert result.err == f"hk-local: {app}/.hk-local: Permission denied\n"


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("No foo dynos on ⬢ app\n", "text/plain; charset=utf-8", "No foo dynos on ⬢ app"),
        ('{"id":"not_found","message":"No such {app}."}', "application/json", "No such {app}."),
        ('{"message":', "application/json", '{"message":'),
        ("", "application/json", "HTTP status 404"),
    ],
)
def test_a_refusal(emulator, hk_local, body, kind, message):
    emulator.on("GET /apps/~/dynos", body, 404, Content_Type=kind)
    result = hk_local("ps")
    assert (result.code, result.out, result.err) == (1, "", f"{ERROR}{message}\n")


def test_the_app_is_found_from_a_folder_below_it(emulator, app, hk_local, monkeypatch):
    (app / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(app / "src" / "deep")
    emulator.on("GET /apps/~/dynos", "dynos\n")
    assert hk_local("ps").out == "dynos\n"


def test_a_procfile_makes_a_folder_an_app_of_its_own(emulator, app, hk_local, monkeypatch):
    (app / "other" / "src").mkdir(parents=True)
    (app / "other" / "Procfile").touch()
    monkeypatch.chdir(app / "other" / "src")
    assert hk_local("ps").err == (
        f"hk-local: no emulator runs in {app / 'other'}; start it with hk-local start\n"
    )


def test_the_app_is_found_by_name_of_its_folder(emulator, app, hk_local, monkeypatch):
    monkeypatch.chdir("/")
    emulator.on("GET /apps/~/dynos", "dynos\n")
    assert hk_local("ps", "-C", str(app)).out == "dynos\n"
    monkeypatch.setenv("HK_LOCAL_DIR", str(app))
    assert hk_local("ps").out == "dynos\n"
    assert hk_local("ps", "--dir", "/").code == 1


def test_a_path_longer_than_a_socket_may_have(app, hk_local, monkeypatch):
    deep = app.joinpath(*["a" * 100] * 3)
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    (deep / ".hk-local").mkdir()
    monkeypatch.chdir(deep / ".hk-local")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    monkeypatch.chdir(deep)
    assert folder(None) == str(deep)
    with pytest.raises(client.NoEmulator):
        Client().ask("GET", "/")


def test_a_folder_that_is_none(app, hk_local):
    result = hk_local("ps", "-C", "nowhere")
    assert (result.code, result.err) == (2, f"{ERROR}nowhere: no such folder\n")


def test_a_current_folder_that_was_deleted(app, hk_local, monkeypatch):
    gone = app / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(Exception, match="the current folder was deleted"):
        folder(None)


def test_descriptors_go_with_the_first_byte(emulator, app):
    emulator.on("POST /x")
    reader, writer = os.pipe()
    Client().ask("POST", "/x", "body", lend=[writer]).read()
    request = emulator.requests[0]
    assert (request.line, request.body) == ("POST /x", "body")
    os.close(writer)
    with os.fdopen(request.fds[0], "wb") as theirs, os.fdopen(reader, "rb") as ours:
        theirs.write(b"hi")
        theirs.close()
        assert ours.read() == b"hi"

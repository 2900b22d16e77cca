"""A request of git's ends, whatever its client does, and lets the next push begin."""

from __future__ import annotations

import socket

import pytest

from emulator.api.head import parse
from emulator.api.request import Request
from emulator.cli import cgi, gitting
from emulator.cli.gitting import Git

ENDLESS = """#!/bin/sh
cat > /dev/null
printf 'Content-Type: text/plain\\r\\n\\r\\n'
exec cat /dev/zero
"""


@pytest.fixture
def git(tmp_path, monkeypatch):
    """The program of that name answers without end, once it has read all it is given."""
    program = tmp_path / "git"
    program.write_text(ENDLESS)
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    git = Git(str(tmp_path), str(tmp_path), lambda line: None)
    git.is_ready = True
    yield git
    git.close()


@pytest.mark.real
def test_a_client_that_stops_reading_does_not_keep_others_from_pushing(git, monkeypatch):
    monkeypatch.setattr(gitting, "PATIENCE", 0.2)
    head = parse(f"POST /shop.git/{cgi.PUSH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    here, there = socket.socketpair()
    with there:
        there.settimeout(30)
        git.answer(Request(head), "shop").accept(here)
        assert there.recv(8) == b"HTTP/1.1"
        assert git.pushing.acquire(timeout=25)
        git.pushing.release()

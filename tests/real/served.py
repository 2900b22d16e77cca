"""An app that runs, and clients of its API that know only what the environment says."""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HK_LOCAL = str(Path(sys.executable).with_name("hk-local"))
ACCEPT = "application/vnd.heroku+json; version=3"
TELL_STATUS = ' ; echo "\uffff heroku-command-exit-status: $?"'
MARKER = b"\xef\xbf\xbf heroku-command-exit-status: "
"""How the Heroku CLI asks for the exit status of a one-off, and how it is told."""
END_OF_INPUT = b"\x04"
"""What it sends as soon as it is greeted, if there is nothing on its standard input."""

NEVER = threading.Event()
"""To look at something a hundred times a second, and not without a pause."""


class Response(NamedTuple):
    status: int
    fields: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> object:
        return json.loads(self.body)


class Served:
    """An app called shop, in a home of its own; `env` is what `hk-local env` says."""

    def __init__(self, home: Path, procfile: str, config: str = "") -> None:
        self.dir = home / "shop"
        self.dir.mkdir()
        (self.dir / "Procfile").write_text(procfile)
        (self.dir / ".env").write_text(config)
        own = {"HOME": str(home), "TMPDIR": str(home), "TERM": "xterm", "USER": "dev"}
        self.plain = {"PATH": os.environ["PATH"], **own}

    def start(self, *words: str) -> None:
        self.hk_local("start", "-d", *words)
        self.env = json.loads(self.hk_local("env", "--json"))
        self.url = self.env["HEROKU_HOST"]
        self.token = self.env["HEROKU_API_KEY"]
        self.address = self.url.removeprefix("http://")

    def stop(self) -> None:
        self.hk_local("stop", "--kill")

    def hk_local(self, *words: str) -> str:
        done = subprocess.run(
            [HK_LOCAL, *words],
            cwd=self.dir,
            env=self.plain,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode == 0, done
        return done.stdout

    def ask(self, method: str, path: str, body: object = None, **fields: str) -> Response:
        """Fields have _ for -."""
        given = {name.replace("_", "-"): value for name, value in fields.items()}
        head = {"Accept": ACCEPT, "Authorization": f"Bearer {self.token}", **given}
        connection = http.client.HTTPConnection(self.address, timeout=100)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, head)
            response = connection.getresponse()
            return Response(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> object:
        response = self.ask("GET", path)
        assert response.status == 200, response
        return response.json

    def states(self) -> dict[str, str]:
        """Every dyno's name and state."""
        return {dyno["name"]: dyno["state"] for dyno in self.get("/apps/shop/dynos")}

    def attach(self, command: str, tty: bool = False) -> tuple[bytes, int]:
        """Output and exit status of an attached one-off, as the Heroku CLI gets them."""
        body = {"command": command + TELL_STATUS, "attach": True, "force_no_tty": not tty}
        response = self.ask("POST", "/apps/shop/dynos", body)
        assert response.status == 201, response
        output = rendezvous(response.json["attach_url"], self.env["NODE_EXTRA_CA_CERTS"])
        found, _, status = output.rpartition(MARKER)
        return found, int(status)


def rendezvous(url: str, authority: str) -> bytes:
    """All that a one-off writes to who comes to that URL."""
    host, _, secret = url.removeprefix("rendezvous://").partition("/")
    name, _, port = host.partition(":")
    trusting = ssl.create_default_context(cafile=authority)
    with (
        socket.create_connection((name, int(port)), timeout=100) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as sock,
    ):
        sock.sendall(secret.encode() + b"\r\n")
        assert sock.recv(65536) == b"rendezvous\r\n"
        sock.sendall(END_OF_INPUT)
        parts = []
        while part := sock.recv(65536):
            parts.append(part)
    return b"".join(parts)


def until(is_true: Callable[[], object], within: float = 60.0) -> None:
    """It has become true."""
    end = time.monotonic() + within
    while not is_true():
        assert not NEVER.wait(0.01) and time.monotonic() < end, f"not within {within} s"

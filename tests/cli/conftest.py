"""An emulator that says what a test wants it to say, on the socket of an app's folder."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from emulator.cli.main import run


class Request:
    """What came in, with its descriptors; `reply` and `link` are for the answer."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        data, self.fds, _, _ = socket.recv_fds(link, 65536, 8)
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ")
        fields = (line.partition(":") for line in lines)
        self.headers = {name.lower(): value.strip() for name, _, value in fields}
        while len(rest) < int(self.headers.get("content-length", 0)):
            rest += self._more()
        self.body = rest.decode()

    def _more(self) -> bytes:
        data = self.link.recv(65536)
        if not data:
            raise ConnectionAbortedError
        return data

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"

    def reply(self, body: str | bytes = "", status: int = 200, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        fields = {"Content-Type": "text/plain", "Content-Length": str(len(data))}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.link.sendall(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + data)


class Emulator:
    """`answers` by request line, `otherwise` to all others; those that came in are `requests`."""

    def __init__(self, app: Path) -> None:
        self.app = app
        self.answers: dict[str, Callable[[Request], None]] = {}
        self.otherwise: Callable[[Request], None] = _no_such_route
        self.requests: list[Request] = []
        state = app / ".hk-local"
        state.mkdir(exist_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(state / "socket"))
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def on(self, line: str, body: str | bytes = "", status: int = 200, **headers: str) -> None:
        self.answers[line] = lambda request: request.reply(body, status, **headers)

    def close(self) -> None:
        if self.listener.fileno() >= 0:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            with link, suppress(ConnectionError):
                request = Request(link)
                self.requests.append(request)
                self.answers.get(request.line, self.otherwise)(request)


def _no_such_route(request: Request) -> None:
    request.reply(f"no answer was prepared for {request.line}", 404)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app's folder, which is the current one. No terminal, no colours asked for."""
    for name in ("NO_COLOR", "FORCE_COLOR", "HK_LOCAL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def emulator(app: Path) -> Iterator[Emulator]:
    emulator = Emulator(app)
    yield emulator
    emulator.close()


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes us unable to look there, which a mode does not do to root."""
    stat = os.stat

    def forbid(path: Path) -> None:
        def look(what: int | str | Path, **options: bool) -> os.stat_result:
            if str(what).rstrip("/") == str(path):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), what)
            return stat(what, **options)

        monkeypatch.setattr(os, "stat", look)

    return forbid


class Result:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def hk_local(capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Does what `hk-local WORDS...` does, in this process."""

    def call(*words: str) -> Result:
        here = os.getcwd()
        capfd.readouterr()
        try:
            code = run(list(words))
        finally:
            os.chdir(here)
        return Result(code, *capfd.readouterr())

    return call

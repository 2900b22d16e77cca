"""git's side of the API: each of its requests is handed to `git http-backend`, in a thread.

Threads, because a request of git's is of any length and speaks in two directions for as long as a
build takes; nothing in it concerns the loop.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading

from emulator.api.answer import Handover, Response
from emulator.errors import NotFound

from . import cgi
from .repository import environment, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.api.request import Request

PATIENCE = 60.0
"""Seconds in which a client must send or take something, while it has something to."""
CHUNK = 65536


class Git:
    """Serves one app's repository until `close`. `tell` is called in any thread."""

    def __init__(self, app_dir: str, state_dir: str, tell: Callable[[str], object]) -> None:
        self.app_dir = app_dir
        self.state_dir = state_dir
        self.tell = tell
        self.is_ready = False
        self.preparing = threading.Lock()
        self.pushing = threading.Lock()
        self.lock = threading.Lock()
        self.exchanges: set[Exchange] = set()
        self.is_closed = False

    def answer(self, request: Request, app: str) -> Handover | Response:
        """Raises NotFound."""
        name, _, path = request.path[1:].partition("/")
        if name != f"{app}.git" or path not in cgi.PATHS:
            raise NotFound(f"Couldn't find that repository. This app's is {app}.git.")
        return Handover(lambda sock: self._accept(sock, request, path))

    def _accept(self, sock: socket.socket, request: Request, path: str) -> None:
        exchange = Exchange(self, sock, request, path)
        with self.lock:
            self.exchanges.add(exchange)
        exchange.thread.start()

    def ready(self) -> None:
        """The repository is there. Raises NoGit, OSError."""
        with self.preparing:
            if not self.is_ready:
                prepare(self.app_dir, self.state_dir)
                self.is_ready = True

    def ended(self, exchange: Exchange) -> None:
        with self.lock:
            self.exchanges.discard(exchange)

    def close(self) -> None:
        """No request is served any more, and no process of git's is left."""
        with self.lock:
            self.is_closed = True
            left = list(self.exchanges)
        for exchange in left:
            exchange.kill()
        for exchange in left:
            exchange.thread.join()


class Exchange:
    """A request of git's, and the process that answers it."""

    def __init__(self, git: Git, sock: socket.socket, request: Request, path: str) -> None:
        self.git = git
        self.sock = sock
        self.request = request
        self.path = path
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def kill(self) -> None:
        """It ends at once, in the middle; a push that was not accepted yet never is."""
        with self.git.lock:
            if self.process and self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the client is gone already

    def _run(self) -> None:
        self.sock.settimeout(PATIENCE)
        try:
            self.git.ready()
            if self.path == cgi.PUSH:
                with self.git.pushing:
                    self._serve()
            else:
                self._serve()
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends this request alone
            self.git.tell(f"{self.path}: {error}")
            self._send(cgi.failure(str(error)))
        finally:
            self.sock.close()
            self.git.ended(self)

    def _send(self, data: bytes) -> bool:
        """Whether the client is still there."""
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        return True

    def _serve(self) -> None:
        variables = cgi.variables(self.request, self.git.state_dir, self.path)
        with self.git.lock:
            if self.git.is_closed:
                return
            self.process = subprocess.Popen(
                ("git", "http-backend"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**environment(self.git.state_dir), **variables},
                start_new_session=True,
            )
        feeder = threading.Thread(target=self._feed, args=(self.process,), daemon=True)
        feeder.start()
        try:
            self._relay(self.process)
        finally:
            self.kill()
            feeder.join()
            self.process.wait()
            assert self.process.stdout
            self.process.stdout.close()

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        """The process was given the request's body; a client that goes away takes it along."""
        body = cgi.Body(self.request, lambda: self.sock.recv(CHUNK), self._send)
        assert process.stdin
        try:
            with process.stdin as writer:
                for part in body:
                    writer.write(part)
        except (OSError, ValueError):
            return self.kill()
        # The client has nothing more to say: only its end can come, however long that takes. The
        # socket keeps its patience, which is the sender's too.
        end = select.poll()
        end.register(self.sock, select.POLLIN)
        end.poll()
        return self.kill()

    def _relay(self, process: subprocess.Popen[bytes]) -> None:
        """What the process answers was sent as it came."""
        assert process.stdout
        head = cgi.head(iter(process.stdout.readline, b""))
        if not self._send(head):
            return
        while data := process.stdout.read1(CHUNK):  # type: ignore[attr-defined] # it is buffered
            if not self._send(data):
                return

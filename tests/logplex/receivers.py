"""Receivers of log drains, each in a thread of its own, and what they got."""

from __future__ import annotations

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.logplex.test_frame import parsed

HANG_UP = 0
"""In the place of a status: the connection is closed without an answer."""


class Post(NamedTuple):
    target: str
    headers: dict[str, str]
    body: bytes
    status: int


class Https:
    """Answers each request with the next of `statuses`, then with 204."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        statuses: tuple[int, ...] = (),
        host: str = "127.0.0.1",
    ):
        self.posts: list[Post] = []
        self.connections = 0
        left = list(statuses)
        outer = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = left.pop(0) if left else 204
                outer.posts.append(Post(self.path, dict(self.headers), body, status))
                if status == HANG_UP:
                    self.close_connection = True
                    return
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"no")
                else:
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """A client that does not believe in us goes away."""

        self.server = Server((host, 0), Answers)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def messages(self) -> list[bytes]:
        return [message for post in self.posts for message in parsed(post.body)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Syslog:
    """Takes one connection after the other and reads each to its end."""

    def __init__(self, context: ssl.SSLContext | None = None, port: int = 0):
        self.context = context
        self.data = b""
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.ends = 0
        self.current: socket.socket | None = None
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            try:
                if self.context:
                    sock = self.context.wrap_socket(sock, server_side=True)
                self.current = sock
                while more := sock.recv(65536):
                    self.data += more
            except OSError:
                pass
            finally:
                sock.close()
                self.ends += 1

    def hang_up(self) -> None:
        """The connection ends; the next one is taken."""
        assert self.current
        self.current.shutdown(socket.SHUT_RDWR)

    @property
    def messages(self) -> list[bytes]:
        return parsed(self.data)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

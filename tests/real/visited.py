"""An app whose web dyno is behind the router, and a visitor who asks it."""

from __future__ import annotations

import http.client
import json
import socket
import ssl

from tests.real.app import App, Emulator, children, command

SERVER = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Killed at any moment, it has sent all of an answer or nothing.

    def do_GET(self):
        if self.path == "/crash":
            os._exit(1)
        told = {"pid": os.getpid(), "dyno": os.environ["DYNO"], "path": self.path}
        told["headers"] = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

if len(sys.argv) > 1:
    time.sleep(float(sys.argv[1]))
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Site).serve_forever()
"""


class Reply:
    """What a visitor got; `json` is what the dyno's server saw."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """What the dyno's server saw in that header field; empty if it saw none."""
        seen = self.json["headers"]
        assert isinstance(seen, dict)
        return str(seen.get(name, ""))


class Visitor:
    """Asks the app at its address, which the log tells when the first web dyno is up."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        line = emulator.expect("hk-local[router]: listening on ")
        self.url = line.rpartition(" ")[2]
        self.is_secure = self.url.startswith("https")
        self.port = int(self.url.rpartition(":")[2])

    def get(self, path: str = "/", within: float = 60.0, **headers: str) -> Reply:
        """The answer; header names have _ for -."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.is_secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            link = http.client.HTTPSConnection(
                "localhost", self.port, timeout=within, context=context
            )
        else:
            link = http.client.HTTPConnection("localhost", self.port, timeout=within)
        try:
            link.request("GET", path, headers={"Connection": "close", **fields})
            response = link.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        finally:
            link.close()


def serve(app: App, *words: str, slow: str = "", before: str = "", **others: str) -> Emulator:
    """The app runs with a web process that tells what it sees."""
    app.write("server.py", SERVER)
    app.procfile(web=f"{{python}} server.py {slow}".strip(), **others)
    return app.start(*words, before=before)


def free_port() -> str:
    """One that the system gives to nobody else soon."""
    with socket.create_server(("0.0.0.0", 0)) as probe:
        return str(probe.getsockname()[1])


def router_pid(emulator: Emulator) -> int:
    (pid,) = [pid for pid in children(emulator.pid) if "hk-local: router" in command(pid)]
    return pid

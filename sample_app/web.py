"""Shows the queue on one page and as JSON, and takes a job by POST.

curl localhost:5000/jobs
curl -d name=hello localhost:5000/jobs
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from jobs import connect

ME = f"{os.environ.get('DYNO', 'web')} (pid {os.getpid()})"
PAGE = Path(__file__).with_name("page.html").read_bytes()
MOST_BYTES = 10_000
MOST_NAME = 80


class BadJob(Exception):
    """What was posted is no job; the message says why."""


def posted_name(content_type: str, body: bytes) -> str:
    """The job's name out of a form or JSON. Raises: BadJob."""
    try:
        if content_type.startswith("application/json"):
            job = json.loads(body)
            name = job.get("name") if isinstance(job, dict) else None
        else:
            name = parse_qs(body.decode()).get("name", [None])[0]
    except ValueError as error:
        raise BadJob(f"the body cannot be read: {error}") from error
    if not isinstance(name, str) or not 0 < len(name.strip()) <= MOST_NAME:
        raise BadJob(f"expected name=... of 1 to {MOST_NAME} characters, as a form or JSON")
    return printable(name.strip())


def printable(text: str) -> str:
    """The text without what could break or forge a line of the log."""
    return "".join(char if char.isprintable() else "?" for char in text)


class Site(BaseHTTPRequestHandler):
    """GET / is the page, GET /jobs the report behind it, POST /jobs queues a job."""

    timeout = 2  # a browser keeps spare connections open; they must not hold up a stop

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/":
                self.answer(200, PAGE, "text/html; charset=utf-8")
            case "/jobs":
                with connect() as queue:
                    self.answer_json(200, queue.report(time.time()))
            case path:
                self.answer_json(404, {"error": f"no page {path}; there are / and /jobs"})

    def do_POST(self) -> None:
        try:
            name = posted_name(self.headers.get("Content-Type", ""), self.body())
        except BadJob as error:
            self.answer_json(400, {"error": str(error)})
            return
        with connect() as queue:
            number = queue.add(name, ME, time.time())
        self.answer_json(201, {"id": number, "name": name, "state": "queued"})
        print(f"queued #{number} {name}, posted")

    def body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            raise BadJob(f"expected a Content-Length of at most {MOST_BYTES} bytes")
        return self.rfile.read(int(length))

    def answer_json(self, status: int, answer: dict[str, Any]) -> None:
        self.answer(status, json.dumps(answer, indent=1).encode() + b"\n", "application/json")

    def answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line a request, but for the page's own polling."""
        if (self.command, self.path, int(code)) != ("GET", "/jobs", 200):
            self.log_message("%s %s %d", self.command, self.path, code)

    def log_message(self, template: str, *args: Any) -> None:
        print(printable(template % args))


class Server(ThreadingHTTPServer):
    daemon_threads = False  # what was asked before SIGTERM is still answered
    request_queue_size = 128


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    port = os.environ.get("PORT", "5000")
    if not port.isdecimal():
        raise SystemExit(f"PORT={port}: expected a number, such as PORT=5000")
    try:
        server = Server(("0.0.0.0", int(port)), Site)
    except (OSError, OverflowError) as error:
        raise SystemExit(f"PORT={port}: cannot listen there: {error}") from error
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop to end, so it must not run in the loop's own thread.
        signal.signal(number, lambda *_: Thread(target=server.shutdown).start())
    with server:
        print(f"web is up: port {port}")
        server.serve_forever(poll_interval=0.1)
    print("web stops: every request is answered")


if __name__ == "__main__":
    main()

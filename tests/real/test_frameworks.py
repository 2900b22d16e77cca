"""Servers that people use, behind the router; and clients that they use, before it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.real.app import App, Emulator
from tests.real.visited import Visitor

pytestmark = pytest.mark.real

WSGI = """
import hashlib, json

def app(environ, start):
    body, size = hashlib.sha1(), 0
    while chunk := environ["wsgi.input"].read(65536):
        body.update(chunk)
        size += len(chunk)
    told = {"scheme": environ["wsgi.url_scheme"], "sha1": body.hexdigest(), "size": size}
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
"""

ASGI = """
import asyncio

async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "echo " + message["text"]})
    elif scope["type"] == "http":
        if scope["path"] == "/slow":
            print("slow", flush=True)
            await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["scheme"].encode()})
"""

NODE = """
const http = require('http');
http.createServer((request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, {'Content-Type': 'text/event-stream'});
    let n = 0;
    const tick = setInterval(() => response.write(`data: ${n++}\\n\\n`), 20);
    request.on('close', () => clearInterval(tick));
  } else {
    let size = 0;
    request.on('data', (chunk) => { size += chunk.length; });
    request.on('end', () => response.end(`${request.method} ${request.url} ${size}`));
  }
}).listen(process.env.PORT, process.argv[2]);
"""


def start(app: App, command: str, *words: str) -> tuple[Emulator, Visitor]:
    app.procfile(web=command)
    emulator = app.start(*words)
    return emulator, Visitor(emulator)


def curl(visitor: Visitor, path: str, *words: str) -> str:
    """What curl printed; it fails on an HTTP error."""
    return subprocess.run(
        ["curl", "-sS", "--fail", "--max-time", "30", *words, visitor.url + path],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    file = tmp_path / "upload"
    file.write_bytes(os.urandom(3_000_000))
    return file


@pytest.mark.parametrize("how", [(), ("-H", "Transfer-Encoding: chunked"), ("--http1.0",)])
def test_gunicorn_takes_an_upload_and_believes_the_forwarded_scheme(
    app: App, upload: Path, how: tuple[str, ...]
) -> None:
    app.write("site_.py", WSGI)
    command = f"{sys.executable} -m gunicorn -b 0.0.0.0:$PORT site_:app"
    emulator, visitor = start(app, command, "--forwarded-proto", "https")
    told = json.loads(curl(visitor, "/", "-T", str(upload), *how))
    assert told == {
        "scheme": "https",
        "sha1": hashlib.sha1(upload.read_bytes()).hexdigest(),
        "size": 3_000_000,
    }
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_uvicorn_speaks_with_a_websocket_client(app: App) -> None:
    app.write("site_.py", ASGI)
    emulator, visitor = start(
        app, f"{sys.executable} -m uvicorn --host 0.0.0.0 --port $PORT site_:app"
    )
    assert curl(visitor, "/") == "http"
    with connect(visitor.url.replace("http", "ws")) as link:
        for text in ("a", "b" * 100_000):
            link.send(text)
            assert link.recv() == f"echo {text}"
        assert "status=101" not in emulator.text
    emulator.expect('heroku[router]: at=info method=GET path="/"', times=2)
    assert re.search(r"dyno=web.1 connect=\d+ms service=\d+ms status=101", emulator.text)
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_what_is_being_answered_when_a_dyno_restarts_or_stops_is_answered(app: App) -> None:
    app.write("site_.py", ASGI)
    emulator, visitor = start(
        app, f"{sys.executable} -m uvicorn --host 0.0.0.0 --port $PORT site_:app"
    )
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(curl, visitor, "/slow")
        emulator.expect("app[web.1]: slow")
        app.hk_local("ps:restart")
        assert first.result() == "http"
        second = pool.submit(curl, visitor, "/slow")
        emulator.expect("app[web.1]: slow", times=2)
        assert emulator.stop() == 143
        assert second.result() == "http"
    assert emulator.text.count('method=GET path="/slow" host=localhost ') == 2
    app.assert_nothing_left()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1"])
def test_node_is_reached_wherever_it_listens(app: App, host: str) -> None:
    app.write("server.js", NODE)
    emulator, visitor = start(app, f"{shutil.which('node')} server.js {host}")
    assert curl(visitor, "/a%20b", "-X", "DELETE") == "DELETE /a%20b 0"
    assert curl(visitor, "/", "--head").startswith("HTTP/1.1 200 OK")
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_an_event_of_node_comes_at_once_and_a_client_that_goes_is_noticed(app: App) -> None:
    app.write("server.js", NODE)
    emulator, visitor = start(app, f"{shutil.which('node')} server.js 0.0.0.0")
    with subprocess.Popen(
        ["curl", "-sSN", f"{visitor.url}/events"], stdout=subprocess.PIPE
    ) as client:
        assert client.stdout
        assert [client.stdout.readline() for _ in range(3)][::2] == [b"data: 0\n", b"data: 1\n"]
        client.kill()
    line = emulator.expect(" code=H27 ")
    assert "sock=client at=warning code=H27" in line and "status=499" in line
    assert emulator.stop() == 143
    app.assert_nothing_left()

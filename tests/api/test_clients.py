"""Clients of Heroku's API that know nothing of us: heroku3 and curl, against a running app."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import heroku3
import heroku3.api
import pytest

pytestmark = pytest.mark.real

PROCFILE = """\
web: exec python3 -m http.server $PORT
worker: sh -c 'echo at work; exec sleep 1000'
"""
HK_LOCAL = Path(sys.executable).with_name("hk-local")


class Running:
    """An app that runs in a folder."""

    def __init__(self, folder, *words):
        self.folder = folder
        (folder / "Procfile").write_text(PROCFILE)
        (folder / ".env").write_text("# mine\nA=1 # one\n")
        self.command("start", "-d", "--app", "shop", *words)

    @property
    def access(self):
        return json.loads((self.folder / ".hk-local" / "api.json").read_text())

    @property
    def url(self):
        return f"http://localhost:{self.access['port']}"

    def command(self, *words):
        done = subprocess.run([HK_LOCAL, *words], cwd=self.folder, capture_output=True, timeout=60)
        assert done.returncode == 0, done
        return done.stdout.decode()

    def curl(self, path, *options, token=None):
        """(status, fields, body); the token is in a file, for a command line is public."""
        headers = self.folder / "headers"
        headers.write_text(f"Authorization: Bearer {token or self.access['token']}\n")
        command = ["curl", "-sS", "-i", "-H", f"@{headers}", *options, self.url + path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done
        head, _, body = done.stdout.partition("\n\n")
        first, *lines = head.split("\n")
        return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("app"))
    yield running
    running.command("stop")


@pytest.fixture
def app(running, monkeypatch):
    monkeypatch.setattr(heroku3.api, "HEROKU_URL", running.url)
    return heroku3.from_key(running.access["token"]).app("shop")


@pytest.mark.filterwarnings("ignore")
def test_heroku3_drives_the_app(app, running):
    assert {dyno.name for dyno in app.dynos()} == {"web.1", "worker.1"}
    assert app.process_formation()["worker"].scale(2).quantity == 2
    assert app.scale_formation_process("worker", 1).quantity == 1
    config = app.config()
    config["A"] = "two words"
    assert (running.folder / ".env").read_text() == "# mine\nA=two words # one\n"
    assert app.releases()[-1].description == "Set A config vars"
    assert app.rollback("v4").description == "Rollback to v4"
    assert (running.folder / ".env").read_text() == "# mine\nA=1 # one\n"
    assert "app[worker.1]: at work" in app.get_log(lines=1000)
    assert b"]: " in next(iter(app.stream_log(lines=100)))
    app.enable_maintenance_mode()
    assert running.curl("/apps/shop")[2].count('"maintenance":true') == 1
    app.disable_maintenance_mode()
    assert app.run_command_detached("true").name.startswith("run.")
    assert [domain.hostname for domain in app.domains()] == ["shop.localhost"]
    assert (len(app.addons()), len(app.collaborators())) == (0, 1)


def test_curl_as_dev_center_has_it(running):
    accept = ("-H", "Accept: application/vnd.heroku+json; version=3")
    status, fields, body = running.curl("/apps/shop/dynos", *accept)
    assert status == 200 and {dyno["name"] for dyno in json.loads(body)} >= {"web.1"}
    assert running.curl("/apps/shop", "-H", f"If-None-Match: {fields['ETag']}")[0] == 200
    _, fields, _ = running.curl("/apps/shop")
    assert running.curl("/apps/shop", "-H", f"If-None-Match: {fields['ETag']}")[0] == 304
    patch = ("-X", "PATCH", "-H", "Content-Type: application/json", "-d", '{"B": "2"}')
    assert json.loads(running.curl("/apps/shop/config-vars", *patch)[2])["B"] == "2"
    status, fields, body = running.curl("/apps/shop/releases", "-H", "Range: version ..; max=2")
    assert status == 206 and fields["Next-Range"] == "version ]2..; max=2"


def test_curl_without_the_token(running):
    assert running.curl("/apps/shop", token="wrong")[0] == 401
    assert running.curl("/apps/shop", "-H", "Origin: http://evil.example")[0] == 403
    assert running.curl("/apps/shop", "-H", "Host: evil.example")[0] == 421


def test_nobody_else_on_the_network_reaches_it(running):
    """T01. The machine's other addresses, if it has any, refuse."""
    names = socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
    for address in {name[4][0] for name in names} | {"127.0.0.2"}:
        if address != "127.0.0.1":
            with socket.socket() as sock:
                assert sock.connect_ex((address, running.access["port"])) != 0


def test_the_token_is_on_no_command_line_and_in_no_dyno(running):
    """T10. Linux tells every user every command line."""
    token = running.access["token"]
    shown = subprocess.run(["ps", "-Aww", "-o", "args"], capture_output=True, text=True).stdout
    assert "http.server" in shown and token not in shown
    assert token not in running.command("status", "--json")
    shown = running.command("run", "env")
    assert "DYNO=run." in shown and token not in shown


def test_port_and_token_are_those_of_last_time(running):
    before = running.access
    running.command("stop")
    running.command("start", "-d", "--app", "shop")
    assert running.access == before


def test_a_port_that_was_chosen_and_one_that_is_taken(running, tmp_path):
    (tmp_path / "Procfile").write_text("worker: exec sleep 1000\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for more in ((), ("--port", port)):
            start = (HK_LOCAL, "start", "--api-port", port, *more)
            failed = subprocess.run(start, cwd=tmp_path, capture_output=True, timeout=60)
            assert failed.returncode == 1
            assert f"Port {port} is taken".encode() in failed.stderr
    other = Running(tmp_path, "--api-port", port)
    try:
        assert other.access["port"] == int(port)
        assert other.curl("/apps/shop")[0] == 200
        assert other.curl("/apps/shop", token=running.access["token"])[0] == 401
    finally:
        other.command("stop")

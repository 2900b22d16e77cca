"""Clients of Heroku's API that know nothing of us drive a running app."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator

import heroku3
import heroku3.api
import pytest
from heroku3.rendezvous import Rendezvous

from tests.real.served import ACCEPT, Served, until

pytestmark = pytest.mark.real

CLIENT = os.environ.get("HK_LOCAL_HEROKU_CLIENT", "")
"""The folder of heroku-client 3.1.4 of npm."""
needs_client = pytest.mark.skipif(
    not CLIENT and not os.environ.get("CI"), reason="HK_LOCAL_HEROKU_CLIENT names no heroku-client"
)

PROCFILE = """\
web: exec python3 -m http.server $PORT
worker: echo at work; exec sleep 1000
"""
LINE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 (app|heroku|hk-local)\[\S+\]: .*"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Served(tmp_path_factory.mktemp("home"), PROCFILE, "A=1\n")
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


def running(shop: Served, **types: int) -> bool:
    """So many dynos of these types are up, and none else is there."""
    names = {f"{type}.{n}" for type, count in types.items() for n in range(1, count + 1)}
    return shop.states() == dict.fromkeys(names, "up")


def dyno_id(shop: Served, name: str) -> str:
    return shop.get(f"/apps/shop/dynos/{name}")["id"]


def wait_for_line(shop: Served, text: str) -> None:
    until(lambda: text in shop.hk_local("logs", "-n", "1000"))


@pytest.mark.filterwarnings("ignore")
class TestHeroku3:
    @pytest.fixture
    def app(self, shop: Served, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(heroku3.api, "HEROKU_URL", shop.url)
        return heroku3.from_key(shop.token).apps()["shop"]

    def test_dynos_and_scale(self, shop: Served, app):
        assert {dyno.name for dyno in app.dynos()} == {"web.1", "worker.1"}
        assert app.process_formation()["worker"].scale(2).quantity == 2
        until(lambda: running(shop, web=1, worker=2))
        app.batch_scale_formation_processes({"worker": 1, "web": 1})
        until(lambda: running(shop, web=1, worker=1))

    def test_restart(self, shop: Served, app):
        before = dyno_id(shop, "worker.1")
        (worker,) = [dyno for dyno in app.dynos() if dyno.name == "worker.1"]
        assert worker.restart()
        assert dyno_id(shop, "worker.1") != before
        until(lambda: running(shop, web=1, worker=1))

    def test_config_and_releases(self, shop: Served, app):
        config = app.config()
        config["HEROKU3"] = "two words"
        assert "HEROKU3=" in (shop.dir / ".env").read_text()
        assert app.config()["HEROKU3"] == "two words"
        newest = app.releases()[-1]
        assert newest.description == "Set HEROKU3 config vars"
        assert app.rollback(f"v{newest.version - 1}").version == newest.version + 1
        assert app.config()["HEROKU3"] is None
        until(lambda: running(shop, web=1, worker=1))

    def test_logs_are_plain_lines(self, app):
        lines = app.get_log(lines=1000).splitlines()
        assert any(line.endswith("app[worker.1]: at work") for line in lines)
        assert [line for line in lines if not re.fullmatch(LINE, line)] == []

    def test_the_rest_of_the_app(self, shop: Served, app):
        app.enable_maintenance_mode()
        assert shop.get("/apps/shop")["maintenance"] is True
        app.disable_maintenance_mode()
        assert [domain.hostname for domain in app.domains()] == ["shop.localhost"]
        assert (len(app.addons()), len(app.collaborators())) == (0, 1)

    def test_run(self, shop: Served, app, monkeypatch: pytest.MonkeyPatch):
        """It trusts a certificate in its package, and ends its secret with no line."""

        def trusting(url: str, printout: bool) -> Rendezvous:
            made = Rendezvous(url, printout)
            made.cert = shop.env["NODE_EXTRA_CA_CERTS"]
            return made

        monkeypatch.setattr("heroku3.models.app.Rendezvous", trusting)
        output, dyno = app.run_command("echo it is $WHO", printout=False, env={"WHO": "heroku3"})
        assert (output, dyno.type) == ("it is heroku3\r\n", "run")
        dyno = app.run_command_detached("echo said by heroku3")
        wait_for_line(shop, f"app[{dyno.name}]: said by heroku3")
        until(lambda: running(shop, web=1, worker=1))


SCRIPT = """
const Heroku = require(process.argv[1]);
const heroku = new Heroku({host: process.env.HEROKU_HOST, token: process.env.HEROKU_API_KEY});
const [, , method, path, body] = process.argv;
heroku.request({method, path, body: body && JSON.parse(body)}).then(
  found => console.log(JSON.stringify(found)),
  error => {
    console.log(JSON.stringify({...error.body, status: error.statusCode}));
    process.exit(9);
  },
);
"""


@needs_client
class TestHerokuClient:
    def ask(self, shop: Served, method: str, path: str, body: object = None, code: int = 0):
        words = ["node", "-e", SCRIPT, CLIENT, method, path, *([json.dumps(body)] if body else [])]
        env = {**shop.plain, **shop.env}
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=100)
        assert done.returncode == code, done
        return json.loads(done.stdout)

    def test_dynos_scale_and_restart(self, shop: Served):
        found = self.ask(shop, "GET", "/apps/shop/dynos")
        assert {dyno["name"] for dyno in found} == {"web.1", "worker.1"}
        scaled = self.ask(shop, "PATCH", "/apps/shop/formation/worker", {"quantity": 2})
        assert scaled["quantity"] == 2
        until(lambda: running(shop, web=1, worker=2))
        self.ask(shop, "PATCH", "/apps/shop/formation/worker", {"quantity": 1})
        until(lambda: running(shop, web=1, worker=1))
        before = dyno_id(shop, "worker.1")
        self.ask(shop, "DELETE", "/apps/shop/dynos/worker.1")
        assert dyno_id(shop, "worker.1") != before
        until(lambda: running(shop, web=1, worker=1))

    def test_config_and_releases(self, shop: Served):
        assert self.ask(shop, "PATCH", "/apps/shop/config-vars", {"NODE": "x"})["NODE"] == "x"
        assert self.ask(shop, "GET", "/apps/shop/releases")[-1]["description"] == (
            "Set NODE config vars"
        )
        self.ask(shop, "PATCH", "/apps/shop/config-vars", {"NODE": None})
        assert "NODE" not in self.ask(shop, "GET", "/apps/shop/config-vars")
        until(lambda: running(shop, web=1, worker=1))

    def test_run_detached(self, shop: Served):
        body = {"command": "echo said by heroku-client", "attach": False}
        name = self.ask(shop, "POST", "/apps/shop/dynos", body)["name"]
        wait_for_line(shop, f"app[{name}]: said by heroku-client")
        until(lambda: running(shop, web=1, worker=1))

    def test_an_error(self, shop: Served):
        told = self.ask(shop, "GET", "/apps/other", code=9)
        assert told == {"id": "not_found", "message": "Couldn't find that app.", "status": 404}


class TestCurl:
    """As Dev Center has it, but with the token as password: from a file, never in the argv."""

    def curl(self, shop: Served, path: str, *options: str) -> str:
        netrc = shop.dir.parent / "netrc"
        netrc.touch(0o600)
        netrc.write_text(f"machine localhost login dev password {shop.token}\n")
        words = ["curl", "-sS", "--fail-with-body", "--netrc-file", str(netrc)]
        words += ["-H", f"Accept: {ACCEPT}", *options, shop.url + path]
        done = subprocess.run(words, env=shop.plain, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done
        return done.stdout

    def send(self, shop: Served, method: str, path: str, body: object):
        options = ("-X", method, "-H", "Content-Type: application/json", "-d", json.dumps(body))
        return json.loads(self.curl(shop, path, *options))

    def test_dynos_scale_and_restart(self, shop: Served):
        found = json.loads(self.curl(shop, "/apps/shop/dynos"))
        assert {dyno["name"] for dyno in found} == {"web.1", "worker.1"}
        updates = {"updates": [{"type": "worker", "quantity": 2, "size": "standard-1X"}]}
        scaled = self.send(shop, "PATCH", "/apps/shop/formation", updates)
        found = [(one["quantity"], one["size"]) for one in scaled if one["type"] == "worker"]
        assert found == [(2, "Standard-1X")]
        until(lambda: running(shop, web=1, worker=2))
        self.send(shop, "PATCH", "/apps/shop/formation/worker", {"quantity": 1, "size": "Basic"})
        until(lambda: running(shop, web=1, worker=1))
        before = dyno_id(shop, "web.1")
        self.curl(shop, "/apps/shop/dynos", "-X", "DELETE")
        assert dyno_id(shop, "web.1") != before
        until(lambda: running(shop, web=1, worker=1))

    def test_config_and_releases(self, shop: Served):
        changed = self.send(shop, "PATCH", "/apps/shop/config-vars", {"CURL": "1", "A": "1"})
        assert changed["CURL"] == "1"
        assert json.loads(self.curl(shop, "/apps/shop/config-vars"))["CURL"] == "1"
        order = ("-H", "Range: version ..; order=desc, max=1")
        (newest,) = json.loads(self.curl(shop, "/apps/shop/releases", *order))
        assert newest["description"] == "Set CURL config vars" and newest["current"]
        self.send(shop, "PATCH", "/apps/shop/config-vars", {"CURL": None})
        until(lambda: running(shop, web=1, worker=1))

    def test_logs(self, shop: Served):
        session = self.send(shop, "POST", "/apps/shop/log-sessions", {"lines": 1000})
        done = subprocess.run(["curl", "-sS", session["logplex_url"]], capture_output=True)
        lines = done.stdout.decode().splitlines()
        assert any(line.endswith("app[worker.1]: at work") for line in lines)
        assert [line for line in lines if not re.fullmatch(LINE, line)] == []

    def test_run_detached(self, shop: Served):
        body = {"command": "echo said by curl", "attach": False, "env": {"WHO": "curl"}}
        name = self.send(shop, "POST", "/apps/shop/dynos", body)["name"]
        wait_for_line(shop, f"app[{name}]: said by curl")

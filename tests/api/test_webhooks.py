"""Webhooks: kept through the API, told of what happens, signed, and never waited for."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from emulator.api.courier import Courier
from emulator.api.notices import Delivery, Teller
from emulator.runtime.command import SetConfig
from tests.api.bench import Bench

HOOK = {"include": ["api:release", "dyno"], "level": "notify", "url": "http://localhost:9/hook"}


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    numbers = iter(range(1, 9999))
    bench.outside.random = lambda size: next(numbers).to_bytes(size, "big")
    return bench


def test_it_is_kept_without_its_secret(bench):
    response = bench.ask("POST", "/apps/~/webhooks", {**HOOK, "secret": "s3", "authorization": "a"})
    made = json.loads(response.body)
    assert response.status == 201
    assert dict(response.fields)["Heroku-Webhook-Secret"] == "s3"
    assert b"s3" not in response.body
    assert bench.get("/apps/~/webhooks") == [made]
    path = f"/apps/~/webhooks/{made['id']}"
    assert bench.get(path) == made
    bench.clock.now += 5
    body = {"include": ["api:formation"], "level": "sync", "url": "https://example.org/"}
    changed = json.loads(bench.ask("PATCH", path, body).body)
    assert changed == {**made, **body, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    assert bench.kernel.world.webhooks[0].secret == "s3"
    assert bench.ask("DELETE", path).status == 200
    assert bench.get("/apps/~/webhooks") == []
    assert bench.refused("DELETE", path)[:2] == (404, "not_found")


def test_a_secret_is_made_where_none_is_given(bench):
    response = bench.ask("POST", "/apps/~/webhooks", HOOK)
    assert len(dict(response.fields)["Heroku-Webhook-Secret"]) == 64


@pytest.mark.parametrize(
    "wrong",
    [
        {"include": []},
        {"include": "dyno"},
        {"include": ["dyno", 5]},
        {"include": ["api:otter"]},
        {"level": "loud"},
        {"level": None},
        {"url": "file:///etc/passwd"},
        {"url": None},
        {"secret": "a\nb"},
        {"authorization": "\u00e9"},
    ],
)
def test_what_is_wrong_is_refused(bench, wrong):
    assert bench.refused("POST", "/apps/~/webhooks", {**HOOK, **wrong})[0] == 422
    assert bench.kernel.world.webhooks == ()


def told(bench, act, **hook):
    """What a hook is told of that."""
    bench.ask("POST", "/apps/~/webhooks", {**HOOK, "secret": "s3", **hook})
    found = []
    teller = Teller(bench, bench.outside, found.append)
    bench.kernel.publish = teller.tell
    act()
    return found


def test_a_release(bench):
    [found] = told(
        bench, lambda: bench.kernel.submit(SetConfig({"A": "1"})), include=["api:release"]
    )
    body = json.loads(found.body)
    assert found.url == HOOK["url"]
    assert (body["resource"], body["action"]) == ("release", "create")
    assert body["data"] == bench.get("/apps/~/releases/4")
    assert body["actor"]["email"] == "dev@localhost"
    assert body["webhook_metadata"]["event"]["include"] == "api:release"
    signed = b64encode(hmac.new(b"s3", found.body, hashlib.sha256).digest()).decode()
    assert dict(found.fields)["Heroku-Webhook-Hmac-SHA256"] == signed


def test_a_dyno_that_restarts_and_one_that_is_gone(bench):
    def act():
        bench.ask("DELETE", "/apps/~/dynos")
        bench.boot()
        bench.ask("PATCH", "/apps/~/formation/web", {"quantity": 0})
        bench.exit("web.1")
        bench.exit("web.1")

    found = [json.loads(one.body) for one in told(bench, act, include=["dyno"])]
    states = [
        (one["action"], one["previous_data"].get("state"), one["data"]["state"]) for one in found
    ]
    assert states[:2] == [("update", "up", "starting"), ("update", "starting", "up")]
    assert states[-1][0] == "destroy"
    assert {one["data"]["name"] for one in found} == {"web.1"}


def test_a_formation_with_authorization(bench):
    found = told(
        bench,
        lambda: bench.ask("PATCH", "/apps/~/formation/web", {"quantity": 2}),
        include=["api:formation"],
        authorization="Bearer x",
    )
    assert {json.loads(one.body)["data"]["type"] for one in found} == {"web", "worker", "clock"}
    assert dict(found[0].fields)["Authorization"] == "Bearer x"


def test_nobody_is_told_of_what_was_not_asked_for(bench):
    assert told(bench, lambda: bench.ask("DELETE", "/apps/~/dynos"), include=["api:build"]) == []


def test_a_defect_costs_deliveries_and_not_the_dynos(bench):
    def fail(delivery):
        raise ZeroDivisionError("oops")

    bench.ask("POST", "/apps/~/webhooks", HOOK)
    bench.kernel.publish = Teller(bench, bench.outside, fail).tell
    assert bench.ask("DELETE", "/apps/~/dynos").status == 202
    assert bench.told == ["webhooks: ZeroDivisionError: oops"]


# --- the courier ---------------------------------------------------------------------------------


class Site:
    """A web server that keeps what is posted to it."""

    def __init__(self, status=204):
        self.posts, self.came = [], threading.Event()
        site = self

        class Page(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.posts.append((self.path, dict(self.headers), body))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                site.came.set()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Page)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def finished(courier):
    courier._waiting.put(None)
    courier._thread.join(60)


def test_a_delivery_arrives():
    site, told = Site(), []
    courier = Courier(told.append)
    courier.deliver(Delivery(site.url, (("X-Own", "1"),), b"{}"))
    finished(courier)
    site.close()
    [(path, fields, body)] = site.posts
    assert (path, fields["X-Own"], body, told) == ("/hook", "1", b"{}", [])


@pytest.mark.parametrize("status", [500, 302, 307])
def test_one_that_is_not_taken_is_told_and_followed_nowhere(status):
    site, told = Site(status), []
    courier = Courier(told.append)
    courier.deliver(Delivery(site.url.replace("://", "://me:pw@"), (), b"{}"))
    courier.deliver(Delivery(site.url, (), b"{}"))
    finished(courier)
    site.close()
    assert {path for path, _, _ in site.posts} <= {"/hook"}
    assert len(told) == 2
    assert "pw" not in "".join(told)


def test_nobody_at_home():
    told = []
    courier = Courier(told.append)
    courier.deliver(Delivery("http://127.0.0.1:1/", (), b"{}"))
    finished(courier)
    [line] = told
    assert line.startswith("webhook 127.0.0.1:1: ")
    assert line.endswith("Connection refused>; it is not tried again")


def test_too_many_and_the_end_wait_for_nobody(monkeypatch):
    going, hold = threading.Event(), threading.Event()

    def post(delivery):
        going.set()
        hold.wait(60)

    monkeypatch.setattr("emulator.api.courier.post", post)
    courier = Courier(lambda line: None)
    for _ in range(2000):
        courier.deliver(Delivery("http://127.0.0.1:1/", (), b"{}"))
    assert going.wait(60)
    courier.close()
    hold.set()
    courier._thread.join(60)
    assert not courier._thread.is_alive()

"""Drains and domains: kept, listed, removed, by every name they have."""

from __future__ import annotations

import json

import pytest

from emulator.api.percent import quote, unquote
from emulator.logplex.drain import Tally
from tests.api.bench import WALL, Bench


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    numbers = iter(range(1, 9999))
    bench.outside.random = lambda size: next(numbers).to_bytes(size, "big")
    return bench


def made(bench, kind, body):
    response = bench.ask("POST", f"/apps/~/{kind}", body)
    assert response.status == 201, response.body
    return json.loads(response.body)


URLS = [
    "https://user:pw@logs.example.org/path?a=b",
    "http://localhost:9000",
    "syslog://logs.example.org:514",
    "syslog+tls://logs.example.org:6514",
]


@pytest.mark.parametrize("url", URLS)
def test_drains(bench, url):
    drain = made(bench, "log-drains", {"url": url})
    assert drain["url"] == url and drain["token"].startswith("d.")
    assert bench.get("/apps/~/log-drains") == [drain]
    for name in (drain["id"], drain["token"], url):
        path = f"/apps/~/log-drains/{quote(name).replace('/', '%2F').replace('?', '%3F')}"
        assert bench.get(path) == drain
    assert bench.ask("DELETE", path).status == 200
    assert bench.get("/apps/~/log-drains") == []
    assert bench.refused("DELETE", path)[:2] == (404, "not_found")


@pytest.mark.parametrize(
    "url", [None, "", "example.org", "file://etc", "https://", "ftp://a", "https://a\nb", 5]
)
def test_what_is_no_drain(bench, url):
    assert bench.refused("POST", "/apps/~/log-drains", {"url": url})[0] == 422
    assert bench.kernel.world.drains == ()


@pytest.mark.parametrize("end", ["", "/"])
def test_a_file_that_cannot_be_written_is_no_drain(bench, tmp_path, end):
    made(bench, "log-drains", {"url": f"file://{tmp_path}/app.log"})
    place = f"{tmp_path}/app.log/x"
    refused = bench.refused("POST", "/apps/~/log-drains", {"url": f"file://{place}{end}"})
    assert refused[0] == 422 and refused[2].startswith(f"url: {place}")
    assert refused[2].endswith(": Not a directory")
    assert len(bench.kernel.world.drains) == 1


def test_a_repeated_request_makes_no_second_drain(bench):
    made(bench, "log-drains", {"url": URLS[0]})
    assert bench.refused("POST", "/apps/~/log-drains", {"url": URLS[0]})[0] == 422
    assert len(bench.get("/apps/~/log-drains")) == 1


def test_what_drains_have_done(bench):
    assert bench.text("/hk-local/drains") == ""
    one = made(bench, "log-drains", {"url": "https://me:secret@a.example.org/x"})
    two = made(bench, "log-drains", {"url": "syslog://localhost:514"})
    bench.tallies[one["token"]] = Tally(1204, 3, 12, "it answered 500 No", WALL)
    error = {"at": "2027-01-15T08:00:00Z", "message": "it answered 500 No"}
    assert bench.get("/hk-local/drains") == [
        one | {"delivered": 1204, "last_error": error, "lost": 3, "pending": 12},
        two | {"delivered": 0, "last_error": None, "lost": 0, "pending": 0},
    ]
    assert bench.text("/hk-local/drains") == (
        "=== Drains\n\n"
        f"https://me:***@a.example.org/x ({one['token']})\n"
        "  1,204 delivered, 3 lost, 12 pending\n"
        "  last error 2027-01-15T08:00:00Z: it answered 500 No\n"
        "\n"
        f"syslog://localhost:514 ({two['token']})\n"
        "  0 delivered, 0 lost, 0 pending\n"
    )


def test_there_is_a_limit_to_drains(bench):
    for number in range(20):
        made(bench, "log-drains", {"url": f"http://localhost/{number}"})
    refused = bench.refused("POST", "/apps/~/log-drains", {"url": "http://localhost/20"})
    assert refused[0] == 422 and "the maximum number of drains allowed (20)" in refused[2]
    assert len(bench.kernel.world.drains) == 20


def test_domains(bench):
    [own] = bench.get("/apps/~/domains")
    assert (own["kind"], own["hostname"]) == ("heroku", "shop.localhost")
    new = made(bench, "domains", {"hostname": "WWW.example.org", "sni_endpoint": None})
    assert (new["kind"], new["hostname"], new["status"]) == ("custom", "www.example.org", "none")
    assert bench.get("/apps/~/domains", Range="id ..; max=1000;") == [own, new]
    assert bench.get("/apps/~/domains/www.example.org") == new
    assert bench.refused("POST", "/apps/~/domains", {"hostname": "www.example.org"})[0] == 422
    assert bench.ask("DELETE", "/apps/~/domains/www.example.org").status == 200
    assert bench.refused("DELETE", f"/apps/~/domains/{new['id']}")[0] == 404
    assert bench.refused("DELETE", "/apps/~/domains/shop.localhost")[0] == 404


def test_domains_as_the_heroku_cli_shows_them(bench):
    own = "=== shop Heroku Domain\n\nshop.localhost\n"
    assert bench.text("/apps/~/domains") == own
    done = bench.ask("POST", "/apps/~/domains", {"hostname": "a.example.org"}, Accept="text/plain")
    assert unquote(dict(done.fields)["HK-Message"]) == "Adding a.example.org to shop... done"
    assert b"127.0.0.1 a.example.org to /etc/hosts" in done.body
    shown = bench.text("/apps/~/domains")
    assert shown.startswith(f"{own}\n=== shop Custom Domains\n\n  Domain Name")
    assert " a.example.org" in shown
    done = bench.ask("DELETE", "/apps/~/domains/a.example.org", Accept="text/plain")
    assert unquote(dict(done.fields)["HK-Message"]) == "Removing a.example.org from shop... done"


def test_a_hosts_file_knows_no_wildcards(bench):
    body = {"hostname": "*.example.org"}
    done = bench.ask("POST", "/apps/~/domains", body, Accept="text/plain")
    assert b"127.0.0.1 www.example.org to /etc/hosts for each name" in done.body


@pytest.mark.parametrize("name", [None, "", "localhost", "a b.org", "a/b.org", "."])
def test_what_is_no_hostname(bench, name):
    assert bench.refused("POST", "/apps/~/domains", {"hostname": name})[0] == 422


def test_there_is_an_end(bench):
    for n in range(1000):
        made(bench, "domains", {"hostname": f"{n}.example.org"})
    assert bench.refused("POST", "/apps/~/domains", {"hostname": "more.example.org"})[0] == 422

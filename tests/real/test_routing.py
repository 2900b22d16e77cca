"""The app at its one address: what visitors meet when dynos start, stop, crash, sleep and move."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.real.app import TRIES, App, Emulator, until
from tests.real.browser import CHROMIUM, Browser
from tests.real.visited import Visitor, free_port, router_pid, serve

pytestmark = pytest.mark.real


def codes(emulator: Emulator, code: str) -> str:
    """The router's line with that H code."""
    return emulator.expect(f" code={code} ")


def test_a_request_reaches_a_dyno_and_is_a_line_of_the_log(app: App) -> None:
    emulator = serve(app)
    visitor = Visitor(emulator)
    reply = visitor.get("/a?b=c", Host="app.localhost")
    assert reply.status == 200 and reply.json["dyno"] == "web.1"
    assert reply.header("x-forwarded-proto") == "http"
    assert reply.header("x-forwarded-port") == str(visitor.port)
    assert reply.header("x-forwarded-for") in ("127.0.0.1", "::1")
    line = emulator.expect("heroku[router]: at=info method=GET path=")
    for part in ('path="/a?b=c"', "dyno=web.1", "status=200", "protocol=http1.1 tls=false"):
        assert part in line, line
    status = json.loads(app.hk_local("status", "--json").stdout)
    assert status["web_url"] == f"{visitor.url}/"
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_both_ports_of_a_pair_of_dynos_get_requests(app: App) -> None:
    emulator = serve(app, "-m", "web=2").up("web.1", "web.2")
    visitor = Visitor(emulator)
    seen: set[object] = set()
    until(lambda: seen.add(visitor.get().json["dyno"]) or len(seen) == 2, "both were asked")
    assert emulator.stop() == 143


def test_with_affinity_a_visitor_stays_at_one_dyno(app: App) -> None:
    emulator = serve(app, "-m", "web=2").up("web.1", "web.2")
    visitor = Visitor(emulator)
    assert app.hk_local("features:enable", "http-session-affinity").returncode == 0
    until(lambda: "set-cookie" in visitor.get().headers, "the router knows of it")
    first = visitor.get()
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("heroku-session-affinity=")
    dynos = {visitor.get(Cookie=cookie).json["dyno"] for _ in range(20)}
    assert dynos == {first.json["dyno"]}
    assert emulator.stop() == 143


def test_requests_wait_while_the_only_dyno_restarts(app: App) -> None:
    emulator = serve(app, slow="0.5")
    visitor = Visitor(emulator)
    before = visitor.get().json["pid"]
    assert app.hk_local("ps:restart").returncode == 0
    assert visitor.get().json["pid"] != before
    assert emulator.stop() == 143


def test_a_router_that_dies_is_started_again_and_no_client_is_refused(app: App) -> None:
    emulator = serve(app)
    visitor = Visitor(emulator)
    visitor.get()
    first = router_pid(emulator)
    os.kill(first, signal.SIGKILL)
    assert visitor.get().status == 200
    assert router_pid(emulator) != first
    emulator.expect("hk-local[router]: the router process has ended; another is being started")
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_a_killed_emulator_takes_the_router_along(app: App) -> None:
    emulator = serve(app, "--port", free_port())  # the usual one may be another app's by then
    visitor = Visitor(emulator)
    visitor.get()
    emulator.kill()
    app.assert_nothing_left()
    with pytest.raises(OSError):
        visitor.get()


def test_a_killed_emulator_s_port_is_the_next_one_s_at_once(app: App) -> None:
    port = free_port()
    emulator = serve(app, "--port", port)
    Visitor(emulator)
    emulator.process.kill()
    again = app.start("--port", port)
    assert Visitor(again).get().status == 200
    assert again.stop() == 143
    app.assert_nothing_left()


def test_who_starts_an_app_twice_is_told_so_and_not_that_the_port_is_taken(app: App) -> None:
    emulator = serve(app)
    visitor = Visitor(emulator)
    loser = app.hk_local("start", "--port", str(visitor.port))
    assert loser.returncode == 1
    assert f"hk-local already runs here (pid {emulator.pid})" in loser.stderr
    assert visitor.get().status == 200
    assert emulator.stop() == 143


def test_maintenance_mode(app: App) -> None:
    """G17."""
    emulator = serve(app)
    visitor = Visitor(emulator)
    assert "Enabling maintenance mode" in app.hk_local("maintenance:on").stderr
    until(lambda: visitor.get("/up").status == 503, "the router knows of it")
    line = codes(emulator, "H80")
    assert 'at=info code=H80 desc="Maintenance mode" method=GET path="/up"' in line
    assert app.hk_local("maintenance").stdout == "on\n"
    app.hk_local("maintenance:off")
    until(lambda: visitor.get().status == 200, "the router knows of it")
    assert "State changed from up" not in emulator.text
    assert emulator.stop() == 143


def test_without_dynos_h14_and_with_crashed_ones_h10(app: App) -> None:
    """G18."""
    emulator = serve(app)
    visitor = Visitor(emulator)
    # A router that does not know yet that the dyno has gone says H21 for a moment.
    until(lambda: visitor.get("/crash") and "H10" in app.hk_local("logs", "-n5").stdout, "H10")
    emulator.expect("heroku[web.1]: State changed from up to crashed", times=2)
    assert 'at=error code=H10 desc="App crashed" method=GET' in codes(emulator, "H10")
    app.hk_local("ps:scale", "web=0")
    until(lambda: visitor.get() and "H14" in app.hk_local("logs", "-n5").stdout, "H14")
    line = codes(emulator, "H14")
    assert 'at=error code=H14 desc="No web processes running" method=GET' in line
    assert "dyno= connect= service= status=503 bytes=" in line
    assert emulator.stop() == 143


def test_an_eco_app_sleeps_and_a_request_wakes_it(app: App) -> None:
    """G15."""
    emulator = serve(app, "--time-scale", "1800", worker="exec sleep 1000")
    visitor = Visitor(emulator)
    app.hk_local("ps:type", "eco")
    emulator.expect("heroku[web.1]: Idling")
    emulator.expect("heroku[worker.1]: State changed from up to down")
    assert ": idle " in app.hk_local("ps").stdout
    assert visitor.get().status == 200
    emulator.expect("heroku[web.1]: Unidling")
    emulator.expect("heroku[worker.1]: State changed from down to starting")
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_with_preboot_the_old_dyno_serves_while_the_new_one_boots(app: App) -> None:
    emulator = serve(app, "--time-scale", "60", slow="0.3")
    visitor = Visitor(emulator)
    app.hk_local("ps:type", "web=standard-1x")
    app.hk_local("features:enable", "preboot")

    def serves_on() -> bool:
        old = visitor.get().json["pid"]
        app.hk_local("ps:restart")
        found = visitor.get().json["pid"] == old  # if we are asked within three seconds
        until(lambda: visitor.get().json["pid"] != old, "the new one serves")
        return found

    assert any(serves_on() for _ in range(TRIES))
    assert emulator.stop() == 143


def test_another_program_at_the_usual_port_moves_the_app_on(app: App) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        usual = f"from emulator.cli import address; address.DEFAULT_PORT = {port}"
        emulator = serve(app, before=usual)
        visitor = Visitor(emulator)
        assert visitor.port > port
        emulator.expect(f"hk-local[router]: port {port} is taken; the app is at {visitor.url}")
        assert visitor.get().status == 200
        assert emulator.stop() == 143


def test_another_port_counts_from_the_next_start_on(app: App) -> None:
    emulator = serve(app)
    visitor = Visitor(emulator)
    env = app.dir / ".env"
    app.write(".env", f"{env.read_text()}PORT=4999\n")
    line = emulator.expect("hk-local[router]: PORT=4999 counts from the next start on")
    assert visitor.url in line
    assert visitor.get().status == 200
    assert emulator.stop() == 143


def test_over_tls_the_app_sees_https(app: App) -> None:
    app.env["HOME"] = str(app.root)
    emulator = serve(app, "--tls")
    visitor = Visitor(emulator)
    assert visitor.is_secure
    reply = visitor.get()
    assert reply.header("x-forwarded-proto") == "https"
    emulator.expect("tls=true tls_version=")
    app.hk_local("domains:add", "www.example.test")
    trusted = str(app.dir / ".hk-local/tls/authority.pem")
    for name in ("localhost", f"{app.dir.name}.localhost", "www.example.test"):
        until(lambda name=name: believed(visitor, name, trusted), f"{name} is in the certificate")
    assert emulator.stop() == 143
    app.assert_nothing_left()


def believed(visitor: Visitor, name: str, trusted: str) -> bool:
    """curl, which trusts that certificate, reaches the app under that name."""
    url = visitor.url.replace("localhost", name, 1)
    way = ("--resolve", f"{name}:{visitor.port}:127.0.0.1", "--noproxy", "*")
    words = ("curl", "-sSf", "-m", "20", "--cacert", trusted, *way, url)
    return subprocess.run(words, capture_output=True).returncode == 0


def test_https_can_be_pretended(app: App) -> None:
    emulator = serve(app, "--forwarded-proto", "https", "--router-log", "legacy")
    visitor = Visitor(emulator)
    assert visitor.get().header("x-forwarded-proto") == "https"
    emulator.expect(" protocol=https")
    assert emulator.stop() == 143


def test_names_that_are_not_the_app_s_are_refused_until_they_are_added(app: App) -> None:
    emulator = serve(app)
    visitor = Visitor(emulator)
    assert visitor.get(Host="www.example.com").status == 404
    app.hk_local("domains:add", "www.example.com")
    until(lambda: visitor.get(Host="www.example.com").status == 200, "it is added")
    app.hk_local("domains:remove", "www.example.com")
    until(lambda: visitor.get(Host="www.example.com").status == 404, "it is removed")
    assert emulator.stop() == 143


def test_a_web_process_that_comes_later_gets_its_address_then(app: App) -> None:
    app.procfile(worker="exec sleep 1000")
    emulator = app.start().up("worker.1")
    assert json.loads(app.hk_local("status", "--json").stdout)["web_url"] is None
    assert "router" not in emulator.text
    serve_text = (app.dir / "Procfile").read_text()
    app.write("server.py", Path(__file__).with_name("visited.py").read_text().split('"""')[3])
    app.write("Procfile", f"{serve_text}web: {app.user.python} -I -S server.py\n")
    visitor = Visitor(emulator)
    assert visitor.get().status == 200
    assert json.loads(app.hk_local("status", "--json").stdout)["web_url"] == f"{visitor.url}/"
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_what_is_asked_when_the_app_stops_is_answered_or_refused(app: App) -> None:
    emulator = serve(app, "--port", free_port())
    visitor = Visitor(emulator)

    def ask(_: int) -> object:
        try:
            return visitor.get().status
        except OSError:
            return None

    with ThreadPoolExecutor(8) as pool:
        asking = pool.map(ask, range(200))
        assert emulator.stop() == 143
        assert set(asking) <= {200, 503, None}
    app.assert_nothing_left()


def test_a_browser_shows_the_app_and_the_pages_of_the_router(app: App, tmp_path: Path) -> None:
    """Those pages need nothing from elsewhere: a browser complains of nothing but a 503."""
    assert CHROMIUM, "Chromium is not installed"
    emulator = serve(app)
    visitor = Visitor(emulator)
    browser = Browser(tmp_path / "profile")

    def shows(text: str) -> bool:
        return text in str(browser.run("document.body?.innerText"))

    try:
        browser.go(f"{visitor.url}/shelf")
        until(lambda: shows('"path": "/shelf"'), "the app's page")
        assert app.hk_local("maintenance:on").returncode == 0
        until(lambda: visitor.get().status == 503, "maintenance mode")
        browser.reload()
        until(lambda: shows("Offline for Maintenance"), "the maintenance page")
        assert app.hk_local("maintenance:off").returncode == 0
        assert app.hk_local("ps:scale", "web=0").returncode == 0
        until(lambda: visitor.get().status == 503, "no web dyno")
        browser.reload()
        until(lambda: shows("Application error"), "the error page")
    finally:
        browser.close()
    assert all("503" in problem for problem in browser.problems), browser.problems
    assert emulator.stop() == 143

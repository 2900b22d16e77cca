"""Over TCP only our own user's programs are let in, never a web page (T02, T04 to T07, T09)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from emulator.api.answer import Response
from emulator.api.gate import Gate
from emulator.api.head import parse
from emulator.api.late import DELAY, Late
from emulator.api.request import Request
from emulator.api.visits import Visits

TOKEN = "c0ffee" * 10 + "abcd"
GOOD = f"Bearer {TOKEN}"
PORT = 5555
VISITS = Visits(lambda n: bytes(n))


class Timers(list):
    """Those that were asked for; what they would call stands behind their seconds."""

    def later(self, seconds, call):
        self.append((seconds, call))
        return self

    def cancel(self):
        self.clear()


def ask(target="/apps/~", method="GET", host=f"localhost:{PORT}", minor=1, **fields):
    """The response, at last; its status is 200 if the request got through."""
    found = reach(Timers(), target, method, host, minor, **fields)
    return found.response if isinstance(found, Late) else found


def reach(timers, target="/apps/~", method="GET", host=f"localhost:{PORT}", minor=1, **fields):
    lines = [f"{method} {target} HTTP/1.{minor}", *([f"Host: {host}"] if host is not None else [])]
    fields.setdefault("Authorization", GOOD)
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    request = Request(parse("\r\n".join([*lines, "", ""]).encode()))
    gate = Gate(PORT, TOKEN, lambda request: Response(200), VISITS, timers.later, bytes)
    return gate.answer(request)


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "[::1]"])
def test_our_own_names_are_served(host):
    assert ask(host=f"{host}:{PORT}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "127.0.0.1", f"localhost:{PORT + 1}", f"localhost:0{PORT}"),
        *(
            f"127.0.0.1.evil.example:{PORT}",
            f"evil.example:{PORT}",
            f"localhost.evil.example:{PORT}",
        ),
        *(f"notlocalhost:{PORT}", f"127.0.0.2:{PORT}", f"0.0.0.0:{PORT}", f"[::]:{PORT}"),
    ],
)
@pytest.mark.parametrize("target", ["/apps/~", "/logs/abc", "/api/v4/current-status"])
def test_other_names_are_not(host, target):
    assert ask(target, host=host).status == 421


def test_who_names_no_host_is_not_served():
    assert ask(host=None, minor=0).status == 421


@pytest.mark.parametrize(
    "origin",
    [
        *("null", "http://evil.example", f"http://localhost:{PORT}", "http://localhost:3000"),
        *("http://93.184.216.34", f"https://127.0.0.1:{PORT}"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("target", ["/apps/~", "/logs/abc"])
def test_no_page_gets_anything_or_leave_to_ask(origin, method, target):
    found = ask(target, method, Origin=origin, Access_Control_Request_Private_Network="true")
    assert found.status == 403
    assert not any("access-control" in name.lower() for name, _ in found.fields)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "a/b"])
@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/apps/~/dynos"),
        ("POST", "/hk-local/stop"),
        ("POST", "/logs/abc"),
        ("PATCH", "/apps/~/formation"),
        ("DELETE", "/apps/~/dynos"),
        ("GET", "/apps/~/logs"),
    ],
)
def test_what_a_form_can_send_lacks_the_token(kind, method, target):
    assert ask(target, method, Authorization="", Content_Type=kind).status == 401
    for site in ("cross-site", "same-site"):
        assert ask(target, method, Sec_Fetch_Site=site).status == 403


@pytest.mark.parametrize(
    "given",
    [
        *("", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}0", TOKEN),
        *(f"Bearer {TOKEN.upper()}", f"Digest {TOKEN}", "Bearer \xe4\xf6", "Basic !", "Basic"),
        f"Basic {b64encode(TOKEN.encode()).decode()}",
        f"Basic {b64encode(f'{TOKEN}:'.encode()).decode()}",
        f"Basic {b64encode(b'me:wrong').decode()}",
    ],
)
def test_a_wrong_token(given):
    refused = ask(Authorization=given)
    assert refused.status == 401
    said = b'{"id":"unauthorized","message":"Invalid credentials provided."}\n'
    assert refused.body == said


def test_who_guesses_waits():
    """T09."""
    timers, woken = Timers(), []
    late = reach(timers, Authorization="Bearer guess")
    late.begin(lambda: woken.append(1))
    assert (late.head, late.take(1000), woken) == (b"", [], [])
    ((seconds, call),) = timers
    assert seconds == DELAY
    call()
    assert woken == [1]
    head, body = late.take(1000)
    assert head.startswith(b"HTTP/1.1 401 ") and b"Connection: close" in head
    assert b"Invalid credentials" in body and late.take(1000) is None
    late.end()
    assert timers == []


@pytest.mark.parametrize("user", ["", "me", "dev@localhost"])
def test_the_token_is_a_password_as_well(user):
    credentials = b64encode(f"{user}:{TOKEN}".encode()).decode()
    assert ask(Authorization=f"Basic {credentials}").status == 200
    assert ask(Authorization=f"bearer {TOKEN}").status == 200


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (401, {"Authorization": ""}),
        (403, {"Origin": "null"}),
        (405, {"method": "OPTIONS"}),
        (421, {"host": "evil.example"}),
    ],
)
def test_a_refusal_can_be_named_like_any_answer(status, fields):
    found = ask(**fields)
    names = dict(found.fields)
    assert found.status == status
    assert len(names["Request-Id"]) == 36 and names["RateLimit-Remaining"] == "4500"


def test_a_log_session_and_the_status_need_no_token():
    assert ask("/logs/abc", Authorization="").status == 200
    assert ask("/api/v4/current-status", Authorization="").status == 200
    assert ask("/logs", Authorization="").status == 401
    assert ask("/buildpacks/heroku%2Fpython", Authorization="").status == 200


def test_options_is_no_method_of_ours():
    assert ask(method="OPTIONS").status == 405


def test_browsers_are_told_to_show_and_lend_nothing():
    head, _ = ask(Authorization="").encoded(True)
    text = head.decode()
    for line in (
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "Content-Security-Policy: default-src 'none'",
        "Cross-Origin-Resource-Policy: same-origin",
    ):
        assert f"\r\n{line}\r\n" in text


PAGE = "/hk-local/scheduler"
OURS = f"http://localhost:{PORT}"


def test_the_scheduler_s_page_and_its_entry_need_no_token():
    assert ask(PAGE, Authorization="").status == 200
    assert ask(f"{PAGE}/visits", "POST", Authorization="", Origin=OURS).status == 200
    for method, target in (("POST", PAGE), ("GET", f"{PAGE}/visits"), ("GET", f"{PAGE}/jobs")):
        assert ask(target, method, Authorization="").status == 401


def test_our_page_may_use_its_key_for_what_it_shows(monkeypatch):
    monkeypatch.setattr(VISITS, "_keys", ["key"])
    for method, path in (("GET", "/jobs"), ("POST", "/jobs"), ("DELETE", "/jobs/1")):
        found = ask(PAGE + path, method, Authorization="Bearer key", Origin=OURS)
        assert found.status == 200
    assert ask(f"{PAGE}/links", "POST", Authorization="Bearer key").status == 401
    assert ask("/apps/~", Authorization="Bearer key").status == 401
    assert ask("/apps/~", Authorization="Bearer key", Origin=OURS).status == 403


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", "http://localhost:3000", f"http://127.0.0.1:{PORT}", "x"],
)
def test_no_other_page_may_even_with_a_key(origin, monkeypatch):
    monkeypatch.setattr(VISITS, "_keys", ["key"])
    for path in ("/jobs", "/visits"):
        found = ask(PAGE + path, "POST", Authorization="Bearer key", Origin=origin)
        assert found.status == 403
    assert ask(f"{PAGE}/jobs", Authorization="Bearer key", Sec_Fetch_Site="same-site").status == 403

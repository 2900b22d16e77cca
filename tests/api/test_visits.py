"""The Scheduler's page: what it is made of, and who may use it."""

from __future__ import annotations

import itertools
import re
from base64 import b64encode
from hashlib import sha256

import pytest

from emulator.api.visits import LINK_SECONDS, MOST_KEYS, MOST_LINKS, PAGE
from tests.api.bench import Bench

URL = "http://localhost:5555"


@pytest.fixture
def bench():
    bench = Bench().start(web=1)
    serial = itertools.count(1)
    bench.api.visits._random = lambda n: next(serial).to_bytes(n, "big")
    bench.info = {**bench.info, "api_url": URL}
    return bench


def link(bench):
    """The code of a new link."""
    url = bench.text(f"{PAGE}/links", "POST").strip()
    assert url.startswith(f"{URL}{PAGE}#")
    return url.partition("#")[2]


def enter(bench, code):
    """The key, or None."""
    response = bench.ask("POST", f"{PAGE}/visits", {"code": code})
    if response.status == 401:
        return None
    found = re.fullmatch(rb'{"key":"([0-9a-f]{64})","app":"shop"}\n', response.body)
    return found[1]


def test_a_code_is_good_for_one_key(bench):
    code = link(bench)
    key = enter(bench, code)
    assert bench.api.visits.allows(f"{PAGE}/jobs", key)
    assert enter(bench, code) is None
    said = bench.refused("POST", f"{PAGE}/visits", {"code": code})
    assert said == (
        401,
        "unauthorized",
        "This link was used already, or is too old. `hk-local scheduler:open` makes a new one.",
    )


def test_a_code_is_good_for_five_minutes(bench):
    codes = [link(bench), link(bench)]
    bench.clock.now += LINK_SECONDS
    assert enter(bench, codes[0])
    bench.clock.now += 1
    assert enter(bench, codes[1]) is None


@pytest.mark.parametrize("code", ["", "0" * 64, None])
def test_other_codes_are_not_good(bench, code):
    link(bench)
    assert enter(bench, code) is None


def test_links_and_keys_are_not_kept_for_ever(bench):
    codes = [link(bench) for _ in range(MOST_LINKS + 1)]
    assert enter(bench, codes[0]) is None
    keys = [enter(bench, code) for code in codes[-MOST_KEYS - 1 :]]
    assert all(keys)
    allowed = [bench.api.visits.allows(f"{PAGE}/jobs", key) for key in keys]
    assert allowed == [False, *[True] * MOST_KEYS]


def test_a_key_is_for_the_jobs_alone(bench):
    key = enter(bench, link(bench))
    allowed = ("/jobs", "/jobs/1", "/jobs/1/actions/run")
    assert all(bench.api.visits.allows(PAGE + path, key) for path in allowed)
    others = ("/apps/~", "/hk-local/stop", f"{PAGE}/links", PAGE, f"{PAGE}/jobs2", "/hk-local/jobs")
    assert not any(bench.api.visits.allows(path, key) for path in others)
    assert not bench.api.visits.allows(f"{PAGE}/jobs", key[:-1])


def test_without_a_port_there_is_no_page(bench):
    bench.info = {name: value for name, value in bench.info.items() if name != "api_url"}
    assert "no TCP port" in bench.refused("POST", f"{PAGE}/links")[2]


def test_the_page_is_allowed_its_own_script_and_style_only(bench):
    head, body = bench.ask("GET", PAGE).encoded(True)
    policies = re.findall(rb"Content-Security-Policy: (.*)\r\n", head)
    assert len(policies) == 1 and policies[0].startswith(b"default-src 'none'; ")
    for element in (b"script", b"style"):
        (text,) = re.findall(b"<%b>(.*?)</%b>" % (element, element), body, re.S)
        digest = b64encode(sha256(text).digest())
        assert b"%b-src 'sha256-%b'" % (element, digest) in policies[0]
    assert b"X-Frame-Options: DENY" in head and b"Content-Type: text/html" in head


def test_the_page_loads_nothing_and_has_nobody_s_values(bench):
    body = bench.ask("GET", PAGE).body.decode()
    assert "//" not in body.replace("<!doctype html>", "")
    assert not re.search(r"\s(?:src|href|style|on\w+)=", body)
    assert "innerHTML" not in body and "shop" not in body
    assert "<option>Standard-2X</option>" in body and "<option>23:30</option>" in body

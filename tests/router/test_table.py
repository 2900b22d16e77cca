"""What the router makes of its table."""

from __future__ import annotations

import json

import pytest

from emulator.router.table import LogFormat, State, Table, Verdict, WebDyno, from_json

UP, STARTING, CRASHED, ASLEEP = State.UP, State.STARTING, State.CRASHED, State.ASLEEP


def table(*states: State, **fields: object) -> Table:
    dynos = tuple(
        WebDyno(f"web.{n}", f"launch-{n}", 5000 + n, state) for n, state in enumerate(states, 1)
    )
    return Table(app="shop", **{"dynos": dynos, "quantity": len(dynos), **fields})


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (table(UP), Verdict.SERVE),
        (table(UP, CRASHED), Verdict.SERVE),
        (table(UP, STARTING, ASLEEP), Verdict.SERVE),
        (table(STARTING), Verdict.WAIT),
        (table(STARTING, STARTING), Verdict.WAIT),
        (table(quantity=1), Verdict.WAIT),
        (table(ASLEEP), Verdict.WAKE),
        (table(CRASHED), Verdict.CRASHED),
        (table(STARTING, CRASHED), Verdict.CRASHED),
        (table(), Verdict.NO_DYNOS),
        (table(UP, quantity=0), Verdict.SERVE),
        (table(UP, maintenance=True), Verdict.MAINTENANCE),
        (table(maintenance=True, blank=True), Verdict.MAINTENANCE),
        (table(blank=True), Verdict.BLANK),
    ],
)
def test_what_becomes_of_a_request(given: Table, verdict: Verdict) -> None:
    assert given.verdict() is verdict


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("localhost", True),
        ("shop.localhost", True),
        ("other.localhost", False),
        ("127.0.0.1", True),
        ("192.168.1.20", True),
        ("[::1]", True),
        ("127.0.0.1.evil.example", False),
        ("www.example.com", True),
        ("example.com", False),
        ("a.wild.example", True),
        ("a.b.wild.example", False),
        ("wild.example", False),
        ("", False),
    ],
)
def test_which_hosts_reach_the_app(host: str, served: bool) -> None:
    given = table(hosts=("www.example.com", "*.wild.example"))
    assert given.serves(host) is served


def test_a_dyno_is_picked_by_luck_among_those_that_are_up() -> None:
    given = table(UP, STARTING, UP)
    picked = [given.pick(luck) for luck in (0.0, 0.49, 0.5, 0.999)]
    assert [dyno and dyno.name for dyno in picked] == ["web.1", "web.1", "web.3", "web.3"]
    assert table(STARTING).pick(0.5) is None


def test_affinity_is_to_a_launch_and_only_with_the_feature() -> None:
    given = table(UP, UP, affinity=True)
    faithful = given.pick(0.0, "launch-2")
    assert faithful is not None and faithful.name == "web.2"
    for other in (given.pick(0.0, "gone"), given.replace(affinity=False).pick(0.0, "launch-2")):
        assert other is not None and other.name == "web.1"


def test_json_gives_the_table_back() -> None:
    full = table(UP, CRASHED, hosts=("a.example",), affinity=True, log_format=LogFormat.LEGACY)
    for given in (full, Table()):
        assert from_json(json.loads(json.dumps(given.to_json()))) == given

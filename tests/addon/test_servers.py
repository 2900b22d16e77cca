"""Every wanted server runs, whatever becomes of it, and no other: under virtual time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.addon.servers import GRACE, HURRY, PAUSES, STABLE, Phase, PortTaken
from emulator.errors import UserError
from tests.addon.host import Host, addon


@pytest.fixture
def host() -> Host:
    host = Host()
    host.servers.want([addon(1)])
    host.run(1)
    return host


def phase(host: Host, id: str = "1") -> Phase:
    return host.servers.servers[id].phase


def test_what_is_wanted_is_started_and_told_once_it_is_ready(host: Host) -> None:
    assert host.readied == ["1"] and phase(host) is Phase.UP and host.servers.are_settled
    host.servers.want([addon(1)])
    host.run(100)
    assert len(host.began) == 1 and host.readied == ["1"]


def test_an_add_on_without_a_port_has_no_server(host: Host) -> None:
    host.servers.want([addon(1), addon(2).replace(port=0)])
    assert list(host.servers.servers) == ["1"]


def test_one_that_crashes_is_started_again_later_and_later(host: Host) -> None:
    host.run(STABLE)
    for pause in (*PAUSES, PAUSES[-1]):
        host.dies(host.only, 1, f"last words after {pause}")
        at = host.at
        host.run(pause + 1)
        assert host.began[-1][0] == pytest.approx(at + pause)
    assert "db-1: the server exited with status 1: last words after 0.5; trying" in host.said[0]
    assert len(host.said) == len(PAUSES) + 1


def test_one_that_was_up_for_long_is_forgiven(host: Host) -> None:
    host.dies(host.only)
    host.run(STABLE + 5)
    host.dies(host.only)
    at = host.at
    host.run(2)
    assert host.began[-1][0] == pytest.approx(at + PAUSES[0])


def test_one_that_was_killed_has_no_last_words(host: Host) -> None:
    host.dies(host.only, 137, "WARNING Memory overcommit must be enabled!")
    host.run(1)
    assert host.said == ["db-1: the server exited with status 137; trying again in 0.5 s"]


def test_one_that_cannot_be_started_is_said_once_and_tried_again() -> None:
    host = Host()
    host.refuses = UserError("There is no Redis.")
    host.servers.want([addon(1)])
    assert host.servers.are_settled
    host.run(100)
    assert host.said == ["db-1: There is no Redis; trying again in 0.5 s"]
    host.refuses = None
    host.run(31)
    assert phase(host) is Phase.UP and not host.servers.servers["1"].problem


def test_a_taken_port_is_told_and_the_next_one_is_tried() -> None:
    host = Host()
    host.refuses = PortTaken()
    host.servers.want([addon(1)])
    assert host.moved == ["1"] and not host.began
    host.refuses = None
    host.servers.want([addon(1, port=7999)])
    host.run(1)
    assert phase(host) is Phase.UP


def test_one_whose_port_changes_restarts(host: Host) -> None:
    host.servers.want([addon(1, port=7999)])
    host.run(2)
    assert len(host.began) == 2 and phase(host) is Phase.UP
    host.servers.want([addon(1, port=7999).replace(name="other")])
    host.run(2)
    assert len(host.began) == 2


def test_another_plan_is_taken_by_the_server_that_runs(host: Host) -> None:
    host.servers.want([addon(1).replace(plan="premium-0")])
    host.run(1)
    assert host.plans == {"1": "premium-0"} and len(host.began) == 1


@pytest.mark.parametrize("seconds", [0.1, 5])
def test_one_that_cannot_take_another_plan_now_starts_anew(seconds: float) -> None:
    """Neither while it starts with the old one, nor if it does not answer."""
    host = Host()
    host.adjusts = False
    host.servers.want([addon(1)])
    host.run(seconds)
    host.servers.want([addon(1).replace(plan="premium-0")])
    host.run(2)
    assert host.plans == {"1": "premium-0"} and len(host.began) == 2
    assert phase(host) is Phase.UP


def test_one_that_ends_as_its_plan_is_changed_is_left_to_start_again(host: Host) -> None:
    host.adjusts = False
    host.servers.want([addon(1).replace(plan="premium-0")])
    host.dies(host.only)
    host.run(2)
    assert host.plans == {"1": "premium-0"} and not host.ended and phase(host) is Phase.UP


def test_one_that_is_destroyed_stops_and_then_its_data_go(host: Host) -> None:
    host.servers.want([])
    assert host.removed == []
    host.run(1)
    assert host.removed == ["1"] and not host.servers.servers


def test_one_that_is_destroyed_while_it_is_down_is_gone_at_once(host: Host) -> None:
    host.dies(host.only)
    host.servers.want([])
    assert host.removed == ["1"]
    host.run(100)
    assert len(host.began) == 1


def test_a_stubborn_one_is_killed_in_the_end(host: Host) -> None:
    host.stubborn = True
    gone: list[float] = []
    host.servers.stop(lambda: gone.append(host.at))
    host.run(60)
    names = [name for _, name in host.ended]
    assert names == ["TERM"] * int(GRACE) + ["KILL"]
    assert gone == [pytest.approx(1 + GRACE + 0.1)] and host.removed == []


def test_in_a_hurry_it_is_killed_soon(host: Host) -> None:
    host.stubborn = True
    host.servers.stop(lambda: None)
    host.servers.hurry()
    host.run(HURRY)
    assert host.ended[-1][1] == "KILL"


def test_when_all_stop_none_is_started_any_more(host: Host) -> None:
    host.servers.want([addon(1), addon(2)])
    host.run(1)
    host.dies(next(iter(host.alive)))
    gone: list[bool] = []
    host.servers.stop(lambda: gone.append(True))
    assert host.servers.running == ["db-2"]
    host.run(100)
    assert gone == [True] and len(host.began) == 2 and not host.alive


def test_with_no_server_there_is_nothing_to_wait_for() -> None:
    gone: list[bool] = []
    Host().servers.stop(lambda: gone.append(True))
    assert gone == [True]


def test_the_exit_of_a_stranger_is_none_of_ours(host: Host) -> None:
    assert not host.servers.exited("@other", 1)


ACTS = some.lists(
    some.tuples(some.sampled_from(["want", "die", "move", "run"]), some.integers(0, 7)),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_in_the_end_exactly_the_wanted_ones_run(acts: list[tuple[str, int]]) -> None:
    """And never two processes have the same data: the host insists on that."""
    host, wanted, ports = Host(), {}, itertools.count(8000)
    for act, number in acts:
        if act == "want":
            wanted = {n: addon(n, next(ports)) for n in range(3) if number & 1 << n}
        elif act == "move":
            wanted = {n: one.replace(port=next(ports)) for n, one in wanted.items()}
        elif act == "die" and host.alive:
            host.dies(list(host.alive)[number % len(host.alive)])
        else:
            host.run(number / 3)
        host.servers.want(wanted.values())
    host.run(200)
    assert sorted(one.port for one, _ in host.alive.values()) == sorted(
        one.port for one in wanted.values()
    )
    assert all(server.phase is Phase.UP for server in host.servers.servers.values())

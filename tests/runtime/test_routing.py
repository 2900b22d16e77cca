"""What the router is told of the world: who serves, who is waited for, who is woken."""

from __future__ import annotations

import pytest

from emulator.app.surroundings import Domain
from emulator.dyno.slot import Ready
from emulator.router.table import State, Verdict
from emulator.runtime import command as ask
from emulator.runtime.routing import table
from tests.simulation import Process, Simulation

AT = "http://localhost:5000"


def up(formation: str = "web=1", size: str = "", **world: object) -> Simulation:
    """The app is up in that formation."""
    app = Simulation(address=AT, **world)
    app.start(formation)
    if size:
        app.scale(f"web+0:{size} worker+0:{size}" if "worker" in formation else f"web+0:{size}")
    app.run(60)
    return app


def states(app: Simulation) -> dict[str, str]:
    return {dyno.launch or dyno.name: dyno.state.value for dyno in table(app.world).dynos}


def test_a_dyno_is_waited_for_until_it_listens() -> None:
    app = Simulation(address=AT)
    app.start("web=2")
    assert states(app) == {"web.1@1": "starting", "web.2@2": "starting"}
    assert table(app.world).verdict() is Verdict.WAIT
    app.run(2)
    dynos = table(app.world).dynos
    assert [(dyno.name, dyno.port, dyno.state) for dyno in dynos] == [
        ("web.1", 20001, State.UP),
        ("web.2", 20002, State.UP),
    ]


def test_only_dynos_of_the_process_type_web_get_requests() -> None:
    app = up("web=1 worker=1")
    app.ask(ask.Run("web.4711", "bash"))
    app.run(10)
    assert list(states(app)) == ["web.1@1"]


def test_without_preboot_requests_wait_while_a_dyno_restarts() -> None:
    app = up()
    app.plays("web.1", Process())
    app.ask(ask.Restart())
    assert states(app) == {"web.1@2": "starting"}
    app.run(2)
    assert states(app) == {"web.1@2": "up"}


def test_a_dyno_that_is_scaled_away_gets_no_request() -> None:
    app = up("web=2")
    app.scale("web=1")
    assert list(states(app)) == ["web.1@1"]
    app.scale("web=0")
    assert table(app.world).verdict() is Verdict.NO_DYNOS


def test_crashed_dynos_are_h10_at_once() -> None:
    app = Simulation(address=AT)
    app.plays("web.1", Process(exits=0.3, status=1))
    app.start("web=1")
    app.run(10)
    assert states(app) == {"web.1": "crashed"}
    assert table(app.world).verdict() is Verdict.CRASHED


def test_a_killed_dyno_gets_no_request() -> None:
    app = Simulation(address=AT)
    app.plays("web.1", Process(memory=lambda at: 2000 if at > 20 else 10))
    app.start("web=1")
    app.run_until(lambda app: any("SIGKILL" in line for _, line in app.lines))
    assert states(app) == {"web.1@1": "starting"}


def test_maintenance_features_domains_and_pages_are_told() -> None:
    app = up()
    assert not table(app.world).maintenance
    app.ask(ask.SetUp(maintenance=True, features=("http-session-affinity",)))
    app.ask(ask.SetUp(domains=(Domain("1", "www.example.com", 0.0),)))
    app.ask(ask.SetConfig({"ERROR_PAGE_URL": "//e", "MAINTENANCE_PAGE_URL": "//m"}))
    told = table(app.world)
    assert told.verdict() is Verdict.MAINTENANCE
    assert (told.app, told.hosts, told.affinity) == ("myapp", ("www.example.com",), True)
    assert (told.error_page_url, told.maintenance_page_url) == ("//e", "//m")


def test_an_app_without_code_is_blank() -> None:
    assert table(Simulation(address=AT).world).verdict() is Verdict.BLANK


# --- Eco -----------------------------------------------------------------------------------------


def test_an_eco_app_sleeps_after_thirty_minutes_and_wakes_on_a_request() -> None:
    app = up("web=1 worker=1", "Eco")
    app.run(1800)
    assert app.states() == {"web.1": "down", "worker.1": "down"}
    assert {slot.state for slot in app.world.slots.values()} == {"idle"}
    assert table(app.world).verdict() is Verdict.WAKE
    app.ask(ask.Requested())
    assert table(app.world).verdict() is Verdict.WAIT
    app.run(2)
    assert app.states() == {"web.1": "up", "worker.1": "up"}


def test_a_crashed_worker_sleeps_with_the_app() -> None:
    app = up("web=1 worker=1", "Eco")
    app.plays("worker.1", Process(exits=0.5, status=1))
    app.ask(ask.Restart("worker"))
    app.run_until(lambda app: app.states()["web.1"] == "down")
    assert app.slot("worker.1").state == "idle"
    spawned = app.log.count("heroku[worker.1]: Starting process")
    app.run(86_400)
    assert app.log.count("heroku[worker.1]: Starting process") == spawned
    app.plays("worker.1", Process())
    app.ask(ask.Requested())
    app.run(5)
    assert app.states() == {"web.1": "up", "worker.1": "up"}


def test_each_request_postpones_it() -> None:
    app = up("web=1", "Eco")
    for _ in range(4):
        app.run(1500)
        app.ask(ask.Requested())
    assert app.states() == {"web.1": "up"}
    app.run(1799)
    assert app.states() == {"web.1": "up"}
    app.run(2)
    assert app.states() == {"web.1": "down"}


@pytest.mark.parametrize(("formation", "size"), [("worker=1", ""), ("web=1", "Basic")])
def test_others_never_sleep(formation: str, size: str) -> None:
    app = up(formation, size)
    if not size:
        app.scale("worker+0:Eco")
    app.run(20_000)
    assert "Idling" not in app.log


def test_without_a_router_nothing_could_wake_them() -> None:
    app = Simulation()
    app.start("web=1")
    app.scale("web+0:Eco")
    app.run(20_000)
    assert "Idling" not in app.log


def asleep() -> Simulation:
    app = up("web=1", "Eco")
    app.run(1800)
    app.forget()
    return app


def test_a_request_that_came_before_it_slept_does_not_wake_it() -> None:
    app = asleep()
    app.ask(ask.Requested(wakes=False))
    assert app.states() == {"web.1": "down"}


def test_neither_a_release_nor_a_restart_wakes_them() -> None:
    app = asleep()
    app.ask(ask.SetConfig({"A": "1"}))
    app.ask(ask.Restart())
    app.ask(ask.Cycle())
    app.run(10)
    assert app.states() == {"web.1": "down"}
    app.ask(ask.Requested())
    assert app.slot("web.1").current.release == app.world.release


def test_another_size_wakes_them() -> None:
    app = asleep()
    app.scale("web+0:Basic")
    app.run(5)
    assert app.states() == {"web.1": "up"}
    assert app.log.count("Starting process") == 1


def test_scaled_away_in_its_sleep_it_is_gone() -> None:
    app = asleep()
    app.scale("web=0")
    assert app.states() == {} and "State" not in app.log


def test_what_stops_while_it_sleeps_ends() -> None:
    app = asleep()
    app.ask(ask.Shutdown())
    assert app.world.is_gone


def test_time_scale_makes_it_sooner() -> None:
    app = Simulation(address=AT)
    app.world = app.world.replace(policy=app.world.policy.accelerated(60))
    app.start("web=1")
    app.scale("web+0:Eco")
    app.run(40)
    assert app.states() == {"web.1": "down"}


# --- preboot -------------------------------------------------------------------------------------


def prebooting(**world: object) -> Simulation:
    app = up("web=1", "Standard-1X", features=("preboot",), **world)
    app.forget()
    app.ask(ask.SetConfig({"A": "1"}))
    return app


def test_the_old_dyno_serves_for_three_minutes_while_the_new_one_boots() -> None:
    app = prebooting()
    old = app.world.slots["web.1"].departing[0].id
    assert states(app) == {old: "up"}
    app.run(179)
    assert states(app) == {old: "up"} and "SIGTERM" not in app.log
    app.run(1)
    new = app.slot("web.1").current
    assert new and states(app) == {new.id: "up"}
    assert "Stopping all processes with SIGTERM" in app.log


def test_ps_shows_the_new_dyno_only() -> None:
    app = prebooting()
    assert app.slot("web.1").state == "starting"
    app.run(5)
    assert app.slot("web.1").state == "up"


def test_an_old_dyno_that_dies_hands_over_earlier() -> None:
    app = up("web=1", "Standard-1X", features=("preboot",))
    app.plays("web.1", Process(exits=30), Process())
    app.ask(ask.Restart())
    app.run(20)
    app.ask(ask.Restart())
    app.run(20)
    assert len(table(app.world).dynos) == 1 and states(app)[app.slot("web.1").serving[0].id] == "up"


def test_a_second_release_replaces_only_what_has_not_served() -> None:
    app = prebooting()
    old = app.slot("web.1").departing[0].id
    app.run(100)
    second = app.slot("web.1").current
    app.ask(ask.SetConfig({"A": "2"}))
    assert second and any(getattr(order, "launch", "") == second.id for _, order in app.orders[-2:])
    app.run(100)
    assert states(app) == {old: "up"}
    app.run(80)
    assert states(app) == {app.slot("web.1").current.id: "up"}


def test_a_second_release_after_the_new_dyno_has_crashed_begins_the_time_anew() -> None:
    app = up("web=1", "Standard-1X", features=("preboot",))
    app.plays("web.1", Process(exits=0.3, status=1))
    app.ask(ask.SetConfig({"A": "1"}))
    old = app.slot("web.1").departing[0].id
    app.run(170)
    assert app.states() == {"web.1": "crashed"}
    app.plays("web.1", Process(listens=20.0))
    app.ask(ask.SetConfig({"A": "2"}))
    app.run(179)
    assert states(app) == {old: "up"}
    app.run(2)
    assert states(app) == {app.slot("web.1").current.id: "up"}


def test_scaled_away_both_stop() -> None:
    app = prebooting()
    app.run(5)
    app.scale("web=0")
    assert table(app.world).dynos == ()
    assert app.log.count("SIGTERM") == 2
    app.run(40)
    assert app.states() == {}


@pytest.mark.parametrize("size", ["Eco", "Basic"])
def test_small_sizes_have_no_preboot(size: str) -> None:
    app = up("web=1", size, features=("preboot",))
    app.ask(ask.Restart())
    assert app.slot("web.1").serving == ()


def test_a_worker_has_no_preboot() -> None:
    app = up("web=1 worker=1", "Standard-1X", features=("preboot",))
    app.ask(ask.Restart("worker"))
    assert app.slot("worker.1").serving == ()


def test_a_dyno_is_asked_where_it_listens() -> None:
    app = Simulation(address=AT)
    app.start("web=1")
    app.ask(Ready("web.1@1", loopback=True, host="::1"))
    assert [dyno.address for dyno in table(app.world).dynos] == ["::1"]

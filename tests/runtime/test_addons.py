"""Add-ons and attachments as values: config vars, releases, and what is refused."""

from __future__ import annotations

import pytest

from emulator.app.formation import Quantity
from emulator.app.release import Release, Status
from emulator.app.surroundings import Addon, Attachment
from emulator.errors import NotFound, UserError
from emulator.fact import Fact
from emulator.runtime import addons
from emulator.runtime import command as ask
from emulator.runtime.world import World
from tests.simulation import COMMANDS, Process, Simulation


def addon(number: int, template: str = "URL=db://:$PASSWORD@h:$PORT") -> Addon:
    return Addon(str(number), f"db-{number}", "heroku-redis", "mini", template, "pw", 0, 0, 1.0)


def attachment(number: int, name: str, of: int) -> Attachment:
    return Attachment(f"a{number}", name, str(of), 1.0)


@pytest.fixture
def app() -> Simulation:
    app = Simulation()
    app.start("worker=1", {"KEY": "1"})
    app.ask(addons.CreateAddon(addon(1), attachment(1, "DB", 1)))
    return app


def provisioned(app: Simulation) -> Simulation:
    app.ask(addons.ProvisionedAddon("1"))
    return app


def port(app: Simulation, number: int = 0) -> int:
    return app.world.addons[number].port


def test_nothing_is_set_before_it_is_provisioned(app: Simulation) -> None:
    assert dict(app.world.config) == {"KEY": "1"}
    assert app.world.releases[-1].description.startswith("Deploy")
    provisioned(app)
    assert dict(app.world.config) == {"KEY": "1", "DB_URL": f"db://:pw@h:{port(app)}"}
    last = app.world.releases[-1]
    assert last.user == "heroku-redis@addons.heroku.com"
    assert last.description == "@ref:db-1 completed provisioning, setting DB_URL."


def test_it_is_provisioned_once(app: Simulation) -> None:
    before = provisioned(app).world.release
    app.ask(addons.ProvisionedAddon("1"))
    app.ask(addons.ProvisionedAddon("gone"))
    assert app.world.release == before


def with_release_command(*commands: Process) -> Simulation:
    app = Simulation()
    app.plays("release.*", Process(exits=1.0), *commands)
    app.start("worker=1", types={**COMMANDS, "release": "migrate"})
    app.run(5)
    app.ask(addons.CreateAddon(addon(1), attachment(1, "DB", 1)))
    return app


@pytest.mark.parametrize(("status", "is_set"), [(0, True), (1, False)])
def test_the_release_command_decides_on_it_too(status: int, is_set: bool) -> None:
    app = provisioned(with_release_command(Process(exits=1.0, status=status)))
    pending = app.world.pending
    assert pending and pending.user == "heroku-redis@addons.heroku.com"
    assert "DB_URL" in pending.config and not app.world.config
    app.run(5)
    assert ("DB_URL" in app.world.config) is is_set
    assert app.slot("worker.1").current.release == app.world.release == (4 if is_set else 3)


def test_one_that_is_ready_while_the_app_stops_runs_nothing() -> None:
    app = with_release_command()
    app.ask(ask.Shutdown())
    provisioned(app)
    assert app.world.config["DB_URL"] and not app.world.pending


def test_one_that_needs_no_server_is_there_at_once(app: Simulation) -> None:
    app.ask(addons.CreateAddon(addon(2, ""), attachment(2, "SCHEDULER", 2), served=False))
    assert app.world.addons[1].provisioned_at and not app.world.addons[1].port
    assert app.world.releases[-1].description == "Attach SCHEDULER (@ref:db-2)"


def test_an_add_on_s_variable_stands_before_the_user_s_own(app: Simulation) -> None:
    provisioned(app)
    app.ask(ask.SetConfig({"KEY": "1", "DB_URL": "mine"}))
    assert app.world.config["DB_URL"].startswith("db://")
    before = app.world.release
    app.ask(ask.SetConfig({"KEY": "1"}))
    assert app.world.release == before


def test_a_start_makes_no_release_of_what_is_the_same(app: Simulation) -> None:
    before = provisioned(app).world.release
    app.ask(ask.Start({"worker": COMMANDS["worker"]}, {"KEY": "1"}, app.world.formation))
    assert app.world.release == before


def test_a_rollback_keeps_the_add_ons(app: Simulation) -> None:
    provisioned(app)
    app.ask(ask.Rollback(4))
    assert "DB_URL" in app.world.config
    app.ask(addons.DestroyAddon("1"))
    assert dict(app.world.config) == {"KEY": "1"}


def test_ports_are_never_shared(app: Simulation) -> None:
    app.ask(addons.CreateAddon(addon(2), attachment(2, "DB2", 2), has_tls=True))
    ports = [p for one in app.world.addons for p in (one.port, one.tls_port) if p]
    assert len(set(ports)) == 3


def test_an_attachment_is_promoted(app: Simulation) -> None:
    provisioned(app)
    app.ask(addons.CreateAddon(addon(2), attachment(2, "DB_RED", 2)))
    app.ask(addons.ProvisionedAddon("2"))
    with pytest.raises(UserError, match="already attached as DB"):
        app.ask(addons.Attach(attachment(3, "DB", 2)))
    app.ask(addons.Attach(attachment(3, "DB", 2), replaces=True))
    assert app.world.config["DB_URL"] == app.world.config["DB_RED_URL"]
    assert str(port(app, 1)) in app.world.config["DB_URL"]


def test_a_moved_one_is_a_release(app: Simulation) -> None:
    before = port(provisioned(app))
    app.ask(addons.MoveAddon("1"))
    assert port(app) != before and str(port(app)) in app.world.config["DB_URL"]
    assert app.world.releases[-1].description == "Update DB_URL config vars"


def test_one_that_moves_before_it_is_there_is_none(app: Simulation) -> None:
    before = app.world.release
    app.ask(addons.MoveAddon("1"))
    assert app.world.release == before


def test_another_plan_is_a_release_and_a_restart(app: Simulation) -> None:
    with pytest.raises(UserError, match="db-1 is still being created"):
        app.ask(addons.ChangePlan("1", "premium-0"))
    provisioned(app)
    app.run(5)
    config = app.world.config
    app.ask(addons.ChangePlan("1", "premium-0"))
    last = app.world.releases[-1]
    assert (last.description, last.user) == (
        "Update DB_URL config vars",
        "heroku-redis@addons.heroku.com",
    )
    assert app.world.addons[0].plan == "premium-0" and app.world.config == config
    app.run(5)
    assert app.slot("worker.1").current.release == app.world.release
    with pytest.raises(UserError, match="db-1 has the plan heroku-redis:premium-0 already"):
        app.ask(addons.ChangePlan("1", "premium-0"))


def test_a_name_is_changed(app: Simulation) -> None:
    app.ask(addons.RenameAddon("1", "jobs"))
    assert app.world.addons[0].name == "jobs"


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        (addons.CreateAddon(addon(1), attachment(9, "X", 1)), UserError, "already taken"),
        (addons.CreateAddon(addon(2), attachment(9, "DB", 2)), UserError, "attached as DB"),
        (addons.Attach(attachment(9, "X", 7)), NotFound, "add-on"),
        (addons.Detach("a1"), UserError, "last attachment"),
        (addons.Detach("a7"), NotFound, "attachment"),
        (addons.DestroyAddon("7"), NotFound, "add-on"),
        (addons.ChangePlan("7", "premium-0"), NotFound, "add-on"),
    ],
)
def test_what_cannot_be_is_refused(
    app: Simulation, given: Fact, error: type[UserError], text: str
) -> None:
    before = app.world
    with pytest.raises(error, match=text):
        app.ask(given)
    assert app.world is before


def test_there_is_an_end_to_it(app: Simulation) -> None:
    for number in range(2, addons.MOST + 1):
        app.ask(addons.CreateAddon(addon(number), attachment(number, f"X{number}", number)))
    with pytest.raises(UserError, match="100 add-ons"):
        app.ask(addons.CreateAddon(addon(1000), attachment(1000, "Y", 1000)))
    with pytest.raises(UserError, match="100 attachments"):
        app.ask(addons.Attach(attachment(1000, "Y", 1)))


def test_one_that_is_ready_before_the_next_start_is_set_after_it() -> None:
    """The emulator was killed in the release phase, before the add-on was ready."""
    types = {"worker": "w", "release": "migrate"}
    done = Release(1, "Deploy", "U", 0.0, types, {})
    pending = done.replace(version=2, status=Status.PENDING, dyno="release.1111")
    app = Simulation(
        releases=World("a", "U", releases=(done, pending)).after_kill(1.0).releases,
        formation={"worker": Quantity(1)},
        addons=(addon(1).replace(port=7000),),
        attachments=(attachment(1, "DB", 1),),
    )
    app.plays("release.*", Process(exits=1.0))
    provisioned(app)
    app.ask(ask.Start(types, {}, {"worker": Quantity(1)}))
    app.run(10)
    assert not app.world.deferred and app.world.addons[0].provisioned_at
    assert app.world.config["DB_URL"] and app.slot("worker.1").current.release == app.world.release


def test_one_that_is_destroyed_before_it_could_move_is_not_missed() -> None:
    app = with_release_command(Process(exits=5.0))
    app.ask(ask.SetConfig({"A": "1"}))
    app.ask(addons.MoveAddon("1"))
    app.ask(addons.DestroyAddon("1"))
    app.run(60)
    assert not app.world.pending and dict(app.world.config) == {"A": "1"}


def test_what_an_add_on_has_hidden_comes_back_when_it_goes(app: Simulation) -> None:
    app.ask(ask.SetConfig({"KEY": "1", "DB_URL": "mine"}))
    provisioned(app)
    assert app.world.config["DB_URL"] != "mine"
    app.ask(addons.DestroyAddon("1", {"KEY": "1", "DB_URL": "mine"}))
    assert dict(app.world.config) == {"KEY": "1", "DB_URL": "mine"}


def test_a_rollback_does_not_bring_back_what_an_add_on_had_set(app: Simulation) -> None:
    version = provisioned(app).world.release
    app.ask(addons.DestroyAddon("1"))
    app.ask(ask.Rollback(version))
    assert dict(app.world.config) == {"KEY": "1"}

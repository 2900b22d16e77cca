"""Builds and deployed slugs as values: releases, dynos, and what stays as it was."""

from __future__ import annotations

import pytest

from emulator.runtime import command as ask
from emulator.runtime.builds import Build, DeploySlug, FailBuild
from emulator.runtime.releasing import ReleasePending
from tests.simulation import COMMANDS, Simulation

TYPES = {"worker": COMMANDS["worker"]}


@pytest.fixture
def app() -> Simulation:
    app = Simulation()
    app.start("worker=1", {"KEY": "1"})
    app.run(60)
    app.forget()
    return app


def deploy(app: Simulation, slug: str = "abc", **types: str) -> None:
    app.ask(Build())
    app.ask(DeploySlug(types or TYPES, slug, slug.upper()))
    app.run(60)


def test_a_deploy_is_a_release_and_every_dyno_is_of_it(app: Simulation) -> None:
    deploy(app)
    release = app.world.current
    assert release and (release.slug, release.description) == ("abc", "Deploy ABC")
    assert dict(release.config) == {"KEY": "1"}
    launch = app.slot("worker.1").current
    assert launch and launch.release == release.version


def test_the_same_slug_again_is_a_release_too(app: Simulation) -> None:
    deploy(app)
    before = app.world.release
    deploy(app)
    assert app.world.release == before + 1


def test_config_vars_that_were_edited_and_not_released_come_with_a_deploy(app: Simulation) -> None:
    app.ask(DeploySlug(TYPES, "abc", "ABC", {"KEY": "2"}))
    told = [(one.description, one.slug, one.config) for one in app.world.releases[-2:]]
    assert told == [("Set KEY config vars", "", {"KEY": "2"}), ("Deploy ABC", "abc", {"KEY": "2"})]


def test_with_a_release_command_one_release_has_both(app: Simulation) -> None:
    before = app.world.release
    types = {**TYPES, "release": "migrate"}
    app.ask(DeploySlug(types, "abc", "ABC", {"KEY": "2"}))
    assert app.world.pending and app.world.release == before
    assert app.world.pending.description == "Deploy ABC; Set KEY config vars"
    with pytest.raises(ReleasePending):
        app.ask(DeploySlug(TYPES, "def", "DEF", {"KEY": "3"}))
    assert app.world.release == before


def test_a_failed_build_changes_nothing_but_the_log(app: Simulation) -> None:
    before = app.world
    app.ask(Build())
    app.ask(FailBuild())
    assert app.world.releases == before.releases
    assert dict(app.world.slots) == dict(before.slots)
    assert [line for _, line in app.lines] == [
        "app[api]: Build started by user U",
        "app[api]: Build failed -- check your build output",
    ]


def test_a_type_that_the_slug_lacks_has_no_dyno_any_more(app: Simulation) -> None:
    deploy(app, "abc", clock=COMMANDS["clock"])
    assert app.states() == {"clock.1": "up"}


def test_config_vars_and_rollback_keep_the_code_that_belongs_to_them(app: Simulation) -> None:
    in_place = app.world.release
    deploy(app)
    deployed = app.world.release
    app.ask(ask.SetConfig({"KEY": "2"}))
    assert app.world.slug == "abc"
    deploy(app, "def")
    app.ask(ask.Rollback(deployed))
    assert app.world.slug == "abc"
    app.ask(ask.Rollback(in_place))
    assert app.world.slug == ""


def test_the_next_start_goes_on_with_the_slug_or_takes_the_folder(app: Simulation) -> None:
    deploy(app)
    world = app.world
    start = ask.Start(world.types, world.config, world.formation, slug=world.slug)
    app.ask(start)
    assert app.world.releases == world.releases
    app.ask(start.replace(slug=""))
    assert app.world.slug == "" and app.world.release == world.release + 1

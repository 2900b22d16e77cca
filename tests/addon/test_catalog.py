"""Services, plans and names."""

from __future__ import annotations

import pytest

from emulator.addon import catalog
from emulator.addon.catalog import POSTGRES, REDIS, SERVICES
from emulator.errors import NotFound, UserError


@pytest.mark.parametrize(
    ("asked", "service", "plan"),
    [
        ("heroku-redis", REDIS, "mini"),
        ("heroku-redis:premium-0", REDIS, "premium-0"),
        ("heroku-key-value-store:mini", REDIS, "mini"),
        ("heroku-postgresql", POSTGRES, "essential-0"),
        ("scheduler:standard", "scheduler", "standard"),
    ],
)
def test_a_service_and_its_plan_are_found(asked: str, service: str, plan: str) -> None:
    found, its_plan = catalog.find(asked, SERVICES)
    assert (found.name, its_plan.name) == (service, plan)


@pytest.mark.parametrize("asked", ["heroku-redis:hobby-dev", "papertrail", "", ":mini"])
def test_what_there_is_not_is_refused_with_what_there_is(asked: str) -> None:
    with pytest.raises(NotFound, match=r"mini|heroku-redis"):
        catalog.find(asked, SERVICES)


@pytest.mark.parametrize(
    ("service", "now", "asked", "plan"),
    [
        (REDIS, "mini", "premium-0", "premium-0"),
        (REDIS, "premium-0", "heroku-key-value-store:mini", "mini"),
        (POSTGRES, "essential-0", "heroku-postgresql:essential-2", "essential-2"),
        (POSTGRES, "premium-0", "standard-2", "standard-2"),
    ],
)
def test_a_plan_can_be_changed(service: str, now: str, asked: str, plan: str) -> None:
    assert SERVICES[service].other_plan(now, asked).name == plan


@pytest.mark.parametrize(
    ("service", "now", "asked", "text"),
    [
        (REDIS, "mini", "huge", "Couldn't find either the add-on service or the add-on plan of hu"),
        (REDIS, "mini", "heroku-postgresql:mini", "Couldn't find either"),
        (REDIS, "mini", "", "Couldn't find either"),
        (POSTGRES, "essential-0", "standard-0", "Essential-tier databases can be changed to plans"),
        (POSTGRES, "standard-0", "essential-0", "Essential-tier databases can be changed to plans"),
    ],
)
def test_a_plan_that_cannot_be_had(service: str, now: str, asked: str, text: str) -> None:
    with pytest.raises(UserError, match=text):
        SERVICES[service].other_plan(now, asked)


def test_the_cheapest_redis_is_small_and_forgets() -> None:
    mini = SERVICES[REDIS].plan("mini")
    assert (mini.memory_mb, mini.connections, mini.persistent) == (25, 20, False)


def test_names_are_heroku_s() -> None:
    name = catalog.instance_name(SERVICES[REDIS], bytes([0, 0, 1, 7]))
    prefix, shape, number = name.split("-")
    assert prefix == "redis" and shape in catalog.SHAPES and 10_000 <= int(number) <= 99_999


def test_a_second_attachment_has_a_colour() -> None:
    service = SERVICES[POSTGRES]
    assert catalog.attachment_name(service, set(), 5) == "DATABASE"
    taken = {"DATABASE"}
    for luck in range(len(catalog.COLOURS)):
        name = catalog.attachment_name(service, taken, luck * 7)
        assert name.startswith("HEROKU_POSTGRESQL_") and name not in taken
        taken.add(name)
    with pytest.raises(UserError, match="already"):
        catalog.attachment_name(service, taken, 0)


def test_a_database_is_named_after_its_add_on() -> None:
    text = catalog.template(SERVICES[POSTGRES], "01234567-89ab-4cde-8f01-23456789abcd")
    assert text == "URL=postgres://u0123456789ab4c:$PASSWORD@localhost:$PORT/d0123456789ab4c"

"""Add-ons: Redis, Postgres, and what the project declares."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import ADDONS, App, Dir, Json
from emulator.cli.registry import command

Addon = Annotated[str, Argument(metavar="ADDON", help="Its name, service, attachment or variable")]
Confirm = Annotated[
    str | None, Option("--confirm", "-c", metavar="APP", help="The app's name: yes, do it")
]
As = Annotated[str | None, Option("--as", metavar="NAME", help="Name for the config vars")]
ShowUrl = Annotated[bool, Option("--show-url", help="Print the URL instead")]


@command("addons", "addons:addons", ADDONS, examples="hk-local addons --json")
def addons(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """List the add-ons and how they are."""


@command(
    "addons:create",
    "addons:create",
    ADDONS,
    examples="""
        hk-local addons:create heroku-redis --wait
        hk-local addons:create heroku-postgresql:essential-0 --wait
        hk-local addons:create heroku-redis:premium-0 --as CACHE
    """,
)
def addons_create(
    plan: Annotated[str, Argument(metavar="SERVICE[:PLAN]", help="As addons:services lists it")],
    as_: As = None,
    name: Annotated[
        str | None, Option("--name", metavar="NAME", help="Name of the add-on itself")
    ] = None,
    version: Annotated[
        int | None, Option("--version", metavar="N", min=1, help="Version of PostgreSQL")
    ] = None,
    wait: Annotated[bool, Option("--wait", help="Wait until it can be used")] = False,
    confirm: Annotated[str | None, Option("--confirm", hidden=True)] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Run a server for the app: Redis, Postgres, or your own.

    It is private to the app. Once it is ready its config vars are set, and the dynos restart. A
    server of another kind is declared in hk-local.toml.
    """


@command("addons:info", "addons:info", ADDONS, examples="hk-local addons:info REDIS_URL")
def addons_info(addon: Addon, json: Json = False, app: App = None, dir: Dir = None) -> None:
    """Show an add-on."""


@command(
    "addons:upgrade",
    "addons:upgrade",
    ADDONS,
    examples="""
        hk-local addons:upgrade REDIS premium-0
        hk-local addons:upgrade DATABASE essential-2
    """,
    hidden_aliases=("addons:downgrade",),
)
def addons_upgrade(
    words: Annotated[
        list[str], Argument(metavar="ADDON PLAN", help="Or service and plan: heroku-redis:mini")
    ],
    app: App = None,
    dir: Dir = None,
) -> None:
    """Change an add-on's plan, up or down.

    Its data stay, and its limits are the new plan's. The dynos restart.
    """


@command(
    "addons:attach",
    "addons:attach",
    ADDONS,
    examples="hk-local addons:attach REDIS --as QUEUE",
)
def addons_attach(
    addon: Addon,
    as_: As = None,
    confirm: Confirm = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Give an add-on one more name, with config vars of its own."""


@command("addons:detach", "addons:detach", ADDONS, examples="hk-local addons:detach QUEUE")
def addons_detach(
    attachment: Annotated[str, Argument(metavar="ATTACHMENT", help="Such as QUEUE")],
    app: App = None,
    dir: Dir = None,
) -> None:
    """Take a name, and its config vars, from an add-on."""


@command(
    "addons:destroy",
    "addons:destroy",
    ADDONS,
    examples="hk-local addons:destroy CACHE --confirm shop",
)
def addons_destroy(
    addon: Addon,
    confirm: Confirm = None,
    force: Annotated[bool, Option("--force", "-f", hidden=True)] = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Stop an add-on and delete its data, for good."""


@command("addons:wait", "addons:wait", ADDONS, examples="hk-local addons:wait")
def addons_wait(
    addon: Annotated[str | None, Argument(metavar="[ADDON]", help="Only this one")] = None,
    wait_interval: Annotated[int, Option("--wait-interval", hidden=True)] = 5,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Wait until add-ons can be used."""


@command("addons:services", "addons:services", ADDONS, examples="hk-local addons:services")
def addons_services(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """List what can be had."""


@command("addons:plans", "addons:plans", ADDONS, examples="hk-local addons:plans heroku-redis")
def addons_plans(
    service: Annotated[str, Argument(metavar="SERVICE", help="As addons:services lists it")],
    json: Json = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """List the plans of a service and their limits."""


@command(
    "addons:docs", "addons:docs", ADDONS, examples="hk-local addons:docs heroku-redis --show-url"
)
def addons_docs(
    addon: Annotated[str, Argument(metavar="ADDON | SERVICE", help="An add-on or a service")],
    show_url: ShowUrl = False,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Open Heroku's article about a service in the browser."""


@command("addons:open", "addons:open", ADDONS, examples="hk-local addons:open REDIS --show-url")
def addons_open(addon: Addon, show_url: ShowUrl = False, app: App = None, dir: Dir = None) -> None:
    """Open an add-on's page in the browser.

    Here that is the article about its service, but for Scheduler, which has a page of its own.
    """

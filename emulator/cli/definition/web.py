"""The app as its visitors meet it: opened, under maintenance, its domains and features."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from emulator.cli.definition.parameters import WEB, App, Dir, Json
from emulator.cli.registry import command

Feature = Annotated[str, Argument(metavar="FEATURE", help="As features or labs lists it")]
Hostname = Annotated[str, Argument(metavar="HOSTNAME", help="A name such as www.example.com")]


@command(
    "open",
    "web:open_app",
    WEB,
    hidden_aliases=("apps:open",),
    examples="""
        hk-local open            # the app in your browser
        hk-local open /admin     # a page of it
    """,
)
def open_app(
    path: Annotated[str | None, Argument(metavar="[PATH]", help="A page of the app")] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Open the app in a browser."""


@command("maintenance", "web:maintenance", WEB, examples="hk-local maintenance")
def maintenance(app: App = None, dir: Dir = None) -> None:
    """Tell whether maintenance mode is on or off."""


@command("maintenance:on", "web:maintenance_on", WEB, examples="hk-local maintenance:on")
def maintenance_on(app: App = None, dir: Dir = None) -> None:
    """Answer every request with the maintenance page (H80).

    Dynos go on, and one-offs can be run. The config var MAINTENANCE_PAGE_URL names another page.
    """


@command("maintenance:off", "web:maintenance_off", WEB, examples="hk-local maintenance:off")
def maintenance_off(app: App = None, dir: Dir = None) -> None:
    """Let requests reach the web dynos again."""


@command("features", "web:features", WEB, examples="hk-local features")
def features(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """List the app's features, and which are enabled."""


@command("labs", "web:labs", WEB, examples="hk-local labs")
def labs(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """List the experimental features; features:enable takes them too."""


@command("features:info", "web:feature", WEB, examples="hk-local features:info preboot")
def features_info(feature: Feature, json: Json = False, app: App = None, dir: Dir = None) -> None:
    """Tell what a feature is."""


@command(
    "features:enable",
    "web:enable",
    WEB,
    hidden_aliases=("labs:enable",),
    examples="""
        hk-local features:enable preboot                # old web dynos serve while new ones boot
        hk-local features:enable http-session-affinity  # a visitor stays at one web dyno
        hk-local labs:enable log-runtime-metrics        # each dyno's load and memory in the log
    """,
)
def features_enable(feature: Feature, app: App = None, dir: Dir = None) -> None:
    """Enable a feature. Nothing restarts."""


@command(
    "features:disable",
    "web:disable",
    WEB,
    hidden_aliases=("labs:disable",),
    examples="hk-local features:disable preboot",
)
def features_disable(feature: Feature, app: App = None, dir: Dir = None) -> None:
    """Disable a feature. Nothing restarts."""


@command("domains", "web:domains", WEB, examples="hk-local domains")
def domains(json: Json = False, app: App = None, dir: Dir = None) -> None:
    """List the host names by which the app is reached."""


@command("domains:add", "web:add_domain", WEB, examples="hk-local domains:add www.example.com")
def domains_add(
    hostname: Hostname,
    cert: Annotated[str | None, Option("--cert", "-c", hidden=True)] = None,
    app: App = None,
    dir: Dir = None,
) -> None:
    """Let the router take requests for a name.

    `*.example.com` stands for every name below it. What is no name of the app gets "no such app".
    """


@command(
    "domains:remove", "web:remove_domain", WEB, examples="hk-local domains:remove www.example.com"
)
def domains_remove(hostname: Hostname, app: App = None, dir: Dir = None) -> None:
    """Let the router refuse requests for a name again."""

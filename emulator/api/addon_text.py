"""What the Heroku CLI prints for add-ons, in its words.

Source: Heroku CLI 11.10 (2026), src/commands/addons, redis and pg.
"""

from __future__ import annotations

from . import addon as resource
from . import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from emulator.addon.catalog import Plan, Service
    from emulator.app.surroundings import Addon
    from emulator.runtime.world import World

    from .ink import Ink
    from .view import View


def services(found: Collection[Service], ink: Ink) -> str:
    rows = [(ink.name(one.name), one.title, "ga") for one in found]
    return ink.table(("slug", "name", "state"), rows)


def plans(service: Service, ink: Ink) -> str:
    default = service.plan()
    rows = [
        ("default" if one is default else "", ink.name(f"{service.name}:{one.name}"), *_limits(one))
        for one in service.plans.values()
    ]
    return ink.table(("", "slug", "memory", "connections"), rows)


def _limits(plan: Plan) -> tuple[str, str]:
    return f"{plan.memory_mb} MB" if plan.memory_mb else "", str(plan.connections or "")


def addons(view: View, status: Callable[[Addon], str], ink: Ink) -> str:
    if not view.world.addons:
        return f"There are no add-ons for app {ink.app(view.world.app)}.\n"
    rows = [
        (
            f"{one.service} ({ink.name(one.name)})",
            one.plan,
            _names(view, one, ink),
            _state(one, status(one), ink),
        )
        for one in view.world.addons
    ]
    return ink.header(f"{ink.app(view.world.app)} Add-ons") + ink.table(
        ("add-on", "plan", "as", "state"), rows
    )


def _names(view: View, addon: Addon, ink: Ink) -> str:
    return ", ".join(ink.success(one.name) for one in resource.attachments_of(view, addon))


def _state(addon: Addon, status: str, ink: Ink) -> str:
    if not addon.provisioned_at:
        return ink.warning(f"creating, {status}" if status else "creating")
    return f"created, {ink.success(status) if status == 'up' else ink.warning(status)}".strip(", ")


def addon(view: View, item: Addon, status: str, ink: Ink) -> str:
    pairs = {
        "Attachments": _names(view, item, ink),
        "Config vars": ", ".join(resource.config_vars(view, item)),
        "Installed at": view.ago(item.created_at),
        "Owning app": ink.app(view.world.app),
        "Plan": f"{item.service}:{item.plan}",
        "Price": "free",
        "State": _state(item, status, ink),
    }
    return ink.header(ink.name(item.name)) + text.fields(
        {name: value for name, value in pairs.items() if value}, ink
    )


def creating(world: World, service: Service, plan: Plan, ink: Ink) -> str:
    return f"Creating {ink.name(f'{service.name}:{plan.name}')} on {ink.app(world.app)}... free"


def created(item: Addon, attachment: str, ink: Ink) -> str:
    name = ink.name(item.name)
    if item.provisioned_at:
        return f"Created {name} as {ink.success(attachment)}\n"
    return (
        f"{name} is being created in the background. The app will restart when complete...\n"
        f"Run hk-local addons:info {item.name} to check creation progress\n"
    )


def database(item: Addon, names: list[str], rows: dict[str, str], ink: Ink) -> str:
    """`redis:info`, `pg:info`."""
    title = f"{ink.name(item.name)} ({', '.join(names)})"
    return ink.header(title) + text.fields(rows, ink) + "\n"

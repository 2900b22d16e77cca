"""Add-ons, attachments, services and plans as resources, field for field.

Source: Platform API schema, https://api.heroku.com/schema (2025).
"""

from __future__ import annotations

from emulator.addon.catalog import SCHEDULER

from .resource import app_reference, named
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.addon.catalog import Plan, Service
    from emulator.app.surroundings import Addon, Attachment

    from .resource import Resource
    from .view import View

SINCE = 1_230_768_000.0
"""Since when there has been every service and plan: 2009-01-01."""

FREE: Resource = {"cents": 0, "contract": False, "unit": "month"}
"""Departs: here nothing costs."""


def addon_service(service: Service) -> Resource:
    return {
        "cli_plugin_name": None,
        "created_at": iso(SINCE),
        "human_name": service.title,
        **named("addon-service", service.name),
        "state": "ga",
        "supported_generations": [named("generation", "cedar")],
        "supports_multiple_installations": service.is_served,
        "supports_sharing": False,
        "updated_at": iso(SINCE),
    }


def plan(service: Service, item: Plan) -> Resource:
    limits = [
        *([f"{item.memory_mb} MB"] if item.memory_mb else []),
        *([f"{item.connections} connections"] if item.connections else []),
    ]
    return {
        "addon_service": named("addon-service", service.name),
        "compliance": [],
        "created_at": iso(SINCE),
        "default": item is service.plan(),
        "description": f"{service.title} {item.title}" + (f" ({', '.join(limits)})" * bool(limits)),
        "human_name": item.title,
        "installable_inside_private_network": False,
        "installable_outside_private_network": True,
        **named("plan", f"{service.name}:{item.name}"),
        "price": FREE,
        "space_default": False,
        "state": "ga",
        "updated_at": iso(SINCE),
        "visible": True,
    }


def state(addon: Addon) -> str:
    return "provisioned" if addon.provisioned_at else "provisioning"


def attachments_of(view: View, addon: Addon) -> list[Attachment]:
    return [one for one in view.world.attachments if one.addon == addon.id]


def config_vars(view: View, addon: Addon) -> list[str]:
    """The names that its attachments set."""
    found = attachments_of(view, addon)
    return sorted({name for one in found for name in addon.variables(one.name)})


def addon(view: View, item: Addon, service: Service | None = None, gone: bool = False) -> Resource:
    """With `service` that and the plan are told in full."""
    app = app_reference(view)
    at = iso(item.provisioned_at or item.created_at)
    return {
        "actions": [],
        "addon_service": addon_service(service)
        if service
        else named("addon-service", item.service),
        "app": app,
        "billed_price": FREE,
        "billing_entity": {**app, "type": "app"},
        "config_vars": config_vars(view, item),
        "created_at": iso(item.created_at),
        "id": item.id,
        "name": item.name,
        "plan": plan(service, service.plan(item.plan))
        if service
        else named("plan", f"{item.service}:{item.plan}"),
        "provider_id": item.id,
        "provision_message": "",
        "state": "deprovisioned" if gone else state(item),
        "updated_at": at,
        "web_url": web_url(item),
    }


def web_url(item: Addon) -> str | None:
    """Its page at Heroku; here there is none, so the article about it."""
    article = "scheduler" if item.service == SCHEDULER else item.service
    return f"https://devcenter.heroku.com/articles/{article}"


def attachment(view: View, item: Attachment, included: str = "") -> Resource:
    """`included` are what the client's Accept-Inclusion names, such as addon:plan,config_vars."""
    of = next(one for one in view.world.addons if one.id == item.addon)
    addon: Resource = {"app": app_reference(view), "id": of.id, "name": of.name}
    if "addon:plan" in included:
        addon["plan"] = named("plan", f"{of.service}:{of.plan}")
    shown: Resource = {
        "addon": addon,
        "app": app_reference(view),
        "created_at": iso(item.created_at),
        "id": item.id,
        "log_input_url": None,
        "name": item.name,
        "namespace": None,
        "updated_at": iso(item.created_at),
        "web_url": web_url(of),
    }
    if "config_vars" in included:
        shown["config_vars"] = sorted(of.variables(item.name))
    return shown

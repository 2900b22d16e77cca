"""The world as the Platform API's resources, field for field.

Source: Platform API schema, https://api.heroku.com/schema (2025).
"""

from __future__ import annotations

from emulator.app.formation import DEFAULT_SIZE
from emulator.app.release import Status
from emulator.dyno.size import MIB, SIZES
from emulator.runtime.metering import is_eco
from emulator.runtime.world import CLOCK

from .identity import identity
from .view import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.app.formation import Quantity
    from emulator.app.release import Release
    from emulator.dyno.size import Size
    from emulator.dyno.slot import Slot

    from .view import View

    Resource = dict[str, object]

ALL_APPS = ""
"""What is the same for every app has its id from no app."""


def named(kind: str, name: str) -> Resource:
    """What is the same for every app."""
    return {"id": identity(ALL_APPS, kind, name), "name": name}


def app_reference(view: View) -> Resource:
    return {"id": view.id("app"), "name": view.world.app}


def app(view: View, sizes: tuple[int, int]) -> Resource:
    """What git_url, being https, serves, git trusts where `hk-local env` leads it; elsewhere
    `hk-local git:remote` sets a URL. It is what the CLI looks for among a folder's git remotes.
    Departs: the slug's size is that of its files, not compressed.
    """
    world = view.world
    created = iso(world.releases[0].created_at if world.releases else view.now)
    released = iso(world.releases[-1].created_at) if world.releases else None
    stack = named("stack", "heroku-24")
    tier = {"process_tier": "eco"} if is_eco(world.formation) else {}
    return {
        "acm": False,
        "archived_at": None,
        "build_stack": stack,
        "buildpack_provided_description": None,
        "create_status": "complete",
        "created_at": created,
        "generation": named("generation", "cedar"),
        "git_url": f"https://{view.api_url.partition('//')[2] or 'localhost'}/{world.app}.git",
        "id": view.id("app"),
        "internal_routing": None,
        "maintenance": world.maintenance,
        "name": world.app,
        "organization": None,
        "owner": user(world.user),
        **tier,
        "region": named("region", "us"),
        "released_at": released,
        "repo_size": sizes[1],
        "slug_size": sizes[0],
        "space": None,
        "stack": stack,
        "team": None,
        "updated_at": released or created,
        "web_url": web_url(view),
    }


def web_url(view: View) -> str | None:
    """Where the app's web is reached: at the router; without one None until a dyno has a port."""
    if view.world.address:
        return f"{view.world.address}/"
    web = view.world.slots.get("web.1")
    port = web.current.port if web and web.current else view.world.web_port
    return f"http://localhost:{port}/" if port else None


def user(email: str) -> Resource:
    return {"email": email, "id": identity(ALL_APPS, "user", email)}


def dyno(view: View, slot: Slot) -> Resource:
    """A dyno; one of the process type `clock` tells besides when no clock was up (ours)."""
    version = slot.current.release if slot.current else view.world.release
    shown: Resource = {
        "app": app_reference(view),
        "attach_url": None,
        "command": slot.command,
        "created_at": iso(view.wall(slot.created_at)),
        "id": view.dyno_id(slot),
        "name": slot.name,
        "release": {"id": view.id("release", str(version)), "version": version},
        "size": slot.size,
        "state": slot.state,
        "type": slot.type,
        "updated_at": iso(view.wall(slot.changed_at)),
    }
    if slot.type == CLOCK:
        gaps = view.world.gaps
        shown["gaps"] = [{"since": iso(gap.since), "until": iso(gap.until)} for gap in gaps]
    return shown


def formation(view: View, type_: str, quantity: Quantity) -> Resource:
    """A process type's quantity and size, under the dates of the releases around it."""
    releases = view.world.releases
    return {
        "app": app_reference(view),
        "command": view.world.types.get(type_, ""),
        "created_at": iso(releases[0].created_at if releases else view.now),
        "dyno_size": named("dyno-size", quantity.size),
        "id": view.id("formation", type_),
        "quantity": quantity.quantity,
        "size": quantity.size,
        "type": type_,
        "updated_at": iso(releases[-1].created_at if releases else view.now),
    }


def release(view: View, item: Release) -> Resource:
    has_code, output = bool(item.types), view.id("release-output", str(item.version))
    return {
        "addon_plan_names": [],
        "app": app_reference(view),
        "artifacts": [],
        "created_at": iso(item.created_at),
        "current": item.version == view.world.release,
        "description": item.description,
        "eligible_for_rollback": has_code and item.status is Status.SUCCEEDED,
        "id": view.id("release", str(item.version)),
        "output_stream_url": f"{view.api_url}/release-output/{output}" if item.dyno else None,
        "slug": {"id": slug_id(view, item)} if has_code else None,
        "status": item.status.value,
        "updated_at": iso(item.ended_at or item.created_at),
        "user": user(item.user),
        "version": item.version,
    }


def slug_id(view: View, item: Release) -> str:
    """The same for the same code."""
    code = "\n".join(f"{name}: {command}" for name, command in item.types.items())
    return view.id("slug", f"{item.slug}{code}")


def log_session(id_: str, now: float, base: str) -> Resource:
    """The URL begins with `base`, where the API is."""
    return {
        "created_at": iso(now),
        "id": id_,
        "logplex_url": f"{base}/logs/{id_}",
        "updated_at": iso(now),
    }


def dyno_size(size: Size) -> Resource:
    """A dyno size. Memory in GB; compute and dyno units as multiples of the default size's."""
    units = size.memory_mb / SIZES[DEFAULT_SIZE.lower()].memory_mb
    return {
        "architecture": "amd64",
        "compute": int(units),
        "cost": {"cents": size.monthly * 100, "unit": "month"},
        "dedicated": size.name.startswith("Performance"),
        "generation": named("generation", "cedar"),
        "id": identity(ALL_APPS, "dyno-size", size.name),
        "memory": size.quota / (1024 * MIB),
        "name": size.name,
        "precise_dyno_units": units,
        "private_space_only": False,
    }

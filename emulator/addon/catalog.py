"""The add-on services that there are, their plans, and the config vars that each one promises."""

from __future__ import annotations

from emulator.errors import NotFound, UserError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

REDIS = "heroku-redis"
POSTGRES = "heroku-postgresql"
SCHEDULER = "scheduler"

ESSENTIAL = "essential-"

ALIASES = {"heroku-key-value-store": REDIS, "heroku-postgres": POSTGRES}
"""Other names that a service is asked for by."""

COLOURS = (
    *("AMBER", "AQUA", "BLACK", "BLUE", "BRONZE", "BROWN", "CHARCOAL", "COBALT", "COPPER"),
    *("CRIMSON", "CYAN", "GOLD", "GRAY", "GREEN", "IVORY", "JADE", "MAROON", "MAUVE", "NAVY"),
    *("OLIVE", "ONYX", "ORANGE", "PINK", "PUCE", "PURPLE", "RED", "ROSE", "SILVER", "TEAL"),
    *("VIOLET", "WHITE", "YELLOW"),
)
"""Of a second attachment. Source: Heroku CLI, addons (HEROKU_POSTGRESQL_AMBER and so on)."""

SHAPES = (
    *("acute", "adjacent", "angular", "animated", "asymmetrical", "clean", "clear", "colorful"),
    *(
        "concentric",
        "contoured",
        "convex",
        "crystalline",
        "cubed",
        "curly",
        "curved",
        "cylindrical",
    ),
    *("deep", "defined", "dimensional", "elliptical", "encircled", "fitted", "flat", "flexible"),
    *("fluffy", "graceful", "horizontal", "infinite", "lively", "opaque", "parallel", "polished"),
    *(
        "regular",
        "rigid",
        "rugged",
        "shaped",
        "shallow",
        "sinuous",
        "slippery",
        "solid",
        "spherical",
    ),
    *("sunny", "symmetrical", "tapered", "tetrahedral", "transparent", "trapezoidal", "vertical"),
)
"""The middle of an add-on's name. Source: log samples (redis-defined-55463)."""


class Plan(Fact):
    """`memory_mb` bounds the data and `connections` the clients, where they are not 0."""

    name: str
    title: str
    connections: int = 0
    memory_mb: int = 0
    persistent: bool = True


class Service(Fact):
    """`template` is that of its add-ons; `is_served`: a server of ours stands behind it.

    `extra` names attachments after the first: `PREFIX_COLOUR`. With `has_tls` there is a second
    port, so that TLS can be put before the server. `ready` is a command that succeeds
    once the server is ready, where that its port is open does not tell.
    """

    name: str
    title: str
    prefix: str
    attachment: str
    plans: Mapping[str, Plan]
    template: str = ""
    extra: str = ""
    is_served: bool = True
    has_tls: bool = False
    command: str = ""
    ready: str = ""

    def plan(self, name: str = "") -> Plan:
        """The plan of that name, or the cheapest. Raises NotFound."""
        if name and name not in self.plans:
            known = ", ".join(self.plans)
            raise NotFound(f"Couldn't find the plan {name} of {self.name}. There are {known}.")
        return self.plans[name] if name else next(iter(self.plans.values()))

    def other_plan(self, now: str, asked: str) -> Plan:
        """The plan of that name, to which an add-on of this one can be changed. Raises UserError.

        Source: Heroku CLI, addons:upgrade (its sentence); Dev Center, updating-heroku-postgres-
        databases: essential plans and the others are apart.
        """
        service, _, name = asked.rpartition(":")
        if name not in self.plans or ALIASES.get(service, service) not in ("", self.name):
            raise UserError(
                f"Couldn't find either the add-on service or the add-on plan of {asked}. "
                f"There are {', '.join(self.plans)}."
            )
        if self.name == POSTGRES and now.startswith(ESSENTIAL) != name.startswith(ESSENTIAL):
            raise UserError(
                "Essential-tier databases can be changed to plans of that tier only, and others to "
                f"none of it. Create a second database of {name}, copy the data with pg_dump, and "
                "pg:promote it."
            )
        return self.plans[name]


def _plans(*plans: Plan) -> dict[str, Plan]:
    return {plan.name: plan for plan in plans}


REDIS_PLANS = _plans(
    Plan("mini", "Mini", 20, 25, persistent=False),
    *(
        Plan(f"premium-{number}", f"Premium {number}", connections, memory_mb)
        for number, memory_mb, connections in (
            *((0, 50, 40), (1, 100, 80), (2, 250, 200), (3, 500, 400), (4, 750, 700)),
            *((5, 1024, 1000), (7, 7168, 10_000), (9, 10_240, 25_000), (10, 25_600, 40_000)),
            *((12, 51_200, 65_000), (14, 102_400, 65_000)),
        )
    ),
)
"""Source: Dev Center, heroku-redis-technical-characterization (2024)."""

POSTGRES_PLANS = _plans(
    Plan("essential-0", "Essential 0", 20),
    Plan("essential-1", "Essential 1", 20),
    Plan("essential-2", "Essential 2", 40),
    *(
        Plan(f"{tier}-{number}", f"{tier.title()} {number}", connections)
        for tier in ("standard", "premium")
        for number, connections in ((0, 120), (2, 400), (3, 500), (4, 500))
    ),
)
"""Source: Dev Center, heroku-postgres-plans; not every figure could be read there again."""

SERVICES = {
    service.name: service
    for service in (
        Service(
            REDIS,
            "Heroku Key-Value Store",
            "redis",
            "REDIS",
            REDIS_PLANS,
            "URL=redis://:$PASSWORD@127.0.0.1:$PORT\n"
            "TLS_URL=rediss://:$PASSWORD@127.0.0.1:$TLS_PORT",
            extra="HEROKU_REDIS",
            has_tls=True,
        ),
        Service(
            POSTGRES,
            "Heroku Postgres",
            "postgresql",
            "DATABASE",
            POSTGRES_PLANS,
            "URL=postgres://$USER:$PASSWORD@localhost:$PORT/$DATABASE",
            extra="HEROKU_POSTGRESQL",
            has_tls=True,
        ),
        Service(
            SCHEDULER,
            "Heroku Scheduler",
            "scheduler",
            "SCHEDULER",
            _plans(Plan("standard", "Standard")),
            is_served=False,
        ),
    )
}
"""Ours. Departs: REDIS_URL is without TLS, which Heroku has asked for since December 2024."""


def find(asked: str, services: Mapping[str, Service]) -> tuple[Service, Plan]:
    """The service and plan that `heroku-redis` or `heroku-redis:mini` means. Raises NotFound."""
    name, _, plan = asked.partition(":")
    service = services.get(ALIASES.get(name, name))
    if service is None:
        known = ", ".join(services)
        raise NotFound(
            f"Couldn't find the add-on service {name}. There are {known}; "
            "others can be declared in hk-local.toml."
        )
    return service, service.plan(plan)


def instance_name(service: Service, luck: bytes) -> str:
    """Such as `redis-defined-55463`, from four bytes of luck."""
    number = int.from_bytes(luck[:4], "big")
    return f"{service.prefix}-{SHAPES[number % len(SHAPES)]}-{10_000 + number // 64 % 90_000}"


def attachment_name(service: Service, taken: set[str], luck: int) -> str:
    """`DATABASE` for the first, `HEROKU_POSTGRESQL_AMBER` and the like for those that follow."""
    if service.attachment not in taken:
        return service.attachment
    return coloured(service, taken, luck)


def coloured(service: Service, taken: set[str], luck: int) -> str:
    """A further attachment's name, that nobody has."""
    free = [
        name
        for colour in COLOURS
        if (name := f"{service.extra or service.attachment}_{colour}") not in taken
    ]
    if not free:
        raise UserError(f"There are {len(COLOURS)} attachments of {service.name} already.")
    return free[luck % len(free)]


def template(service: Service, id_: str) -> str:
    """What an add-on of that id promises. Users and databases of Postgres are named after it."""
    digits = id_.replace("-", "")[:14]
    return service.template.replace("$USER", f"u{digits}").replace("$DATABASE", f"d{digits}")

"""What is set up around an app and outlives its releases: log drains, domains, add-ons ..."""

from __future__ import annotations

from emulator.fact import Fact


class Drain(Fact):
    """`token` is what Heroku's log lines name the drain by; times are wall seconds."""

    id: str
    url: str
    token: str
    created_at: float


class Domain(Fact):
    id: str
    hostname: str
    created_at: float


class Webhook(Fact):
    """`include` names resources such as api:release, `level` is notify or sync; `secret` signs
    deliveries, `authorization` goes along with them."""

    id: str
    url: str
    include: tuple[str, ...]
    level: str
    secret: str
    authorization: str
    created_at: float
    updated_at: float


class Addon(Fact):
    """An instance of an add-on service. Times are wall seconds; `provisioned_at` 0: not yet.

    `template` has a line `SUFFIX=value` for each config var that it promises, in which $PORT,
    $TLS_PORT and $PASSWORD stand for its own; ports are 0 where it has none. `version` is that of
    the server which was asked for, if one was.
    """

    id: str
    name: str
    service: str
    plan: str
    template: str
    password: str
    port: int
    tls_port: int
    created_at: float
    provisioned_at: float = 0.0
    version: str = ""

    def variables(self, prefix: str) -> dict[str, str]:
        """The config vars that an attachment of that name sets."""
        text = self.template.replace("$TLS_PORT", str(self.tls_port))
        text = text.replace("$PORT", str(self.port)).replace("$PASSWORD", self.password)
        pairs = (line.partition("=") for line in text.splitlines())
        return {f"{prefix}_{suffix}": value for suffix, _, value in pairs}


class Attachment(Fact):
    """An add-on, by its id, is known to the app under that name, as in `DATABASE`."""

    id: str
    name: str
    addon: str
    created_at: float


class Used(Fact):
    """So long, in all, dynos of that process type and size have run in that month (`2026-11`)."""

    month: str
    type: str
    size: str
    seconds: float


class Job(Fact):
    """A job of the Scheduler add-on: `every` 10m, hour or day, `at` a minute or a time of it.

    Times are wall seconds, 0 for never; `last_at` and `dyno` are those of the last run. Slots have
    passed without a run from `missed_since_at` to `missed_until_at`, when that last happened; those
    and `next_at` are instants of the platform, whose time may run faster.
    """

    id: str
    command: str
    every: str
    at: str
    size: str
    added_at: float
    next_at: float
    last_at: float = 0.0
    dyno: str = ""
    missed_since_at: float = 0.0
    missed_until_at: float = 0.0

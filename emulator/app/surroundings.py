"""What is set up around an app and outlives its releases: log drains, domains, webhooks."""

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

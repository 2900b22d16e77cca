"""What the router knows of the app: one immutable snapshot, replaced as a whole by the next.

The emulator makes a Table of its World whenever what is in it changed. A launch that is being
stopped is simply no longer in it: no new request reaches it, those in flight are finished.
"""

from __future__ import annotations

from enum import Enum

from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Protocol, TypeVar

    class HasLaunch(Protocol):
        @property
        def launch(self) -> str: ...

    Launched = TypeVar("Launched", bound=HasLaunch)


class State(Enum):
    """What is true of a web dyno, as far as a request is concerned."""

    STARTING = "starting"
    UP = "up"
    CRASHED = "crashed"
    ASLEEP = "asleep"
    """Eco, idle: a request wakes it (see `wire.Kind.REQUESTED`)."""


class WebDyno(Fact):
    """The current launch of a web dyno, and with preboot also the one before it while it serves.

    `launch` is the identity: connections are kept to a launch, never to a name or a port.
    """

    name: str
    launch: str
    port: int
    state: State
    address: str = "127.0.0.1"
    """Where it listens; "::1" for a dyno that is seen to listen on IPv6 alone."""


class LogFormat(Enum):
    ROUTER_2 = "2.0"
    LEGACY = "legacy"


class Verdict(Enum):
    """What becomes of a request, before any dyno is asked."""

    SERVE = "serve"
    WAIT = "wait"
    """Held until a dyno is up: H20 after 75 s. Source: Dev Center, error-codes, H20."""

    WAKE = "wake"
    """Held like WAIT, and the emulator hears REQUESTED."""

    MAINTENANCE = "H80"
    BLANK = "H81"
    NO_DYNOS = "H14"
    CRASHED = "H10"


class Table(Fact):
    """One app. All fields have Heroku's default, so that a test names what it is about."""

    app: str = ""
    hosts: tuple[str, ...] = ()
    """Host names that reach the app besides `<app>.localhost`, `localhost` and every literal IP
    address; lower case, without port. `*.example.com` stands for all below example.com."""

    dynos: tuple[WebDyno, ...] = ()
    quantity: int = 0
    """How many web dynos the formation wants."""

    blank: bool = False
    """No code was deployed: H81."""

    maintenance: bool = False
    affinity: bool = False
    """The feature http-session-affinity."""

    error_page_url: str = ""
    maintenance_page_url: str = ""
    """The config vars ERROR_PAGE_URL and MAINTENANCE_PAGE_URL."""

    forwarded_proto: str = ""
    """What X-Forwarded-Proto says; "" is the truth (https on a TLS listener, else http)."""

    forwarded_port: int = 0
    """What X-Forwarded-Port says; 0: the listener's port, or 443 if `forwarded_proto` lies."""

    log_format: LogFormat = LogFormat.ROUTER_2

    def up(self) -> tuple[WebDyno, ...]:
        """The dynos that may get a request."""
        return tuple([dyno for dyno in self.dynos if dyno.state is State.UP])

    def verdict(self) -> Verdict:
        """What becomes of a request now.

        Source: Dev Center, error-codes (H10, H14, H20, H80, H81) and http-routing.
        """
        states = [dyno.state for dyno in self.dynos]
        if self.maintenance:
            return Verdict.MAINTENANCE
        if self.blank:
            return Verdict.BLANK
        if State.UP in states:
            return Verdict.SERVE
        if self.quantity == 0:
            return Verdict.NO_DYNOS
        if State.CRASHED in states:
            return Verdict.CRASHED
        return Verdict.WAKE if State.ASLEEP in states else Verdict.WAIT

    @property
    def names(self) -> tuple[str, ...]:
        """Those by which the app is reached, `localhost` and addresses excepted."""
        return f"{self.app}.localhost", *self.hosts

    def serves(self, host: str) -> bool:
        """Whether a request for that name (lower case, without port) is the app's.

        A literal address cannot be rebound by somebody's DNS, a name can: those are listed.
        """
        if host == "localhost" or host in self.names:
            return True
        if host.startswith("[") or (host and not host.strip("0123456789.")):
            return True
        above = host.partition(".")[2]
        return bool(above) and f"*.{above}" in self.hosts

    def pick(self, luck: float, affinity: str = "") -> WebDyno | None:
        """The dyno that a request would go to, if none is in quarantine."""
        up = self.up()
        return pick(up, luck, affinity if self.affinity else "") if up else None

    def to_json(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        dynos = [{**dyno.__dict__, "state": dyno.state.value} for dyno in self.dynos]
        return {**self.__dict__, "dynos": dynos, "log_format": self.log_format.value}


def pick(up: Sequence[Launched], luck: float, affinity: str = "") -> Launched:
    """The one that a request goes to: that of the affinity cookie if it is there, else by luck.

    Heroku's choice is random: no round robin, no least connections.
    Source: Dev Center, http-routing, "Request distribution"; session-affinity.
    """
    if affinity:
        for one in up:
            if one.launch == affinity:
                return one
    return up[int(luck * len(up))]


def from_json(values: Mapping[str, Any]) -> Table:
    """The table that gave these values."""
    dynos = [WebDyno(**{**dyno, "state": State(dyno["state"])}) for dyno in values["dynos"]]
    return Table(
        **{
            **values,
            "hosts": tuple(values.get("hosts", ())),
            "dynos": tuple(dynos),
            "log_format": LogFormat(values.get("log_format", "2.0")),
        }
    )

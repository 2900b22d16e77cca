"""Where a drain leads: its URL, taken apart."""

from __future__ import annotations

from enum import Enum

from emulator.errors import UserError
from emulator.fact import Fact


class Scheme(Enum):
    HTTP = "http"
    HTTPS = "https"
    SYSLOG = "syslog"
    SYSLOG_TLS = "syslog+tls"
    FILE = "file"


PORTS = {Scheme.HTTP: 80, Scheme.HTTPS: 443, Scheme.SYSLOG: 514, Scheme.SYSLOG_TLS: 6514}
"""Source of those for syslog: Logplex, logplex_tcpsyslog_drain.erl, logplex_tlssyslog_drain.erl."""

INSECURE, STRICT = "insecure", "rfc5424"
"""Options, after a `#`. Source of the first: Logplex, logplex_drain.erl, unpack_uri."""

LOCAL = ("localhost", "127.0.0.1", "::1")


class BadAddress(UserError):
    """url: {reason}; expected a URL such as https://user:password@host/path, syslog://host:514, \
syslog+tls://host:6514, file:///folder/app.log or file:///folder/"""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Address(Fact):
    """`target` is what is asked of an HTTP server, or a file's path; `user` is still encoded."""

    scheme: Scheme
    target: str
    host: str = ""
    port: int = 0
    user: str = ""
    options: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """The address as it may be shown to anybody: nothing in it is secret."""
        if self.scheme is Scheme.FILE:
            return f"file://{self.target}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme.value}://{host}{port}"

    @property
    def is_local(self) -> bool:
        """Lines stay on this machine."""
        return self.scheme is Scheme.FILE or self.host.lower() in LOCAL


def parse(url: str) -> Address:
    """Raises BadAddress."""
    if not url.isprintable() or " " in url:
        raise BadAddress("there is a blank or a control character in it")
    url, _, fragment = url.partition("#")
    name, mark, rest = url.partition("://")
    scheme = next((one for one in Scheme if one.value == name.lower()), None)
    if scheme is None or not mark:
        raise BadAddress(f"{name or url!r} is no scheme of a drain" if mark else "no scheme")
    options = frozenset(filter(None, fragment.split(",")))
    if unknown := options - {INSECURE, STRICT}:
        raise BadAddress(f"#{min(unknown)} is no option of a drain; #{INSECURE} and #{STRICT} are")
    if scheme is Scheme.FILE:
        if not rest.startswith("/") or not rest.strip("/"):
            raise BadAddress("a file's path begins with / and is not empty")
        return Address(scheme, rest, options=options)
    authority, target = _cut(rest)
    user, _, place = authority.rpartition("@")
    host, port = _host_and_port(place)
    return Address(scheme, target, host, port or PORTS[scheme], user, options)


def _cut(rest: str) -> tuple[str, str]:
    """Authority, and path with query."""
    end = min((at for at in map(rest.find, "/?") if at >= 0), default=len(rest))
    authority, target = rest[:end], rest[end:]
    return authority, target if target.startswith("/") else f"/{target}"


def _host_and_port(place: str) -> tuple[str, int]:
    """The port is 0 if there is none."""
    if place.startswith("["):
        host, mark, port = place[1:].partition("]")
        if not mark or (port and not port.startswith(":")):
            raise BadAddress(f"{place!r} is no host")
        port = port[1:]
    else:
        host, _, port = place.partition(":")
    if not host or not host.isascii():
        raise BadAddress("there is no host in it" if not host else f"{host!r} is no host")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadAddress(f"{port!r} is no port")
    return host, int(port or 0)

"""One request from its head to its end: how far it has come, when, and the line the log gets."""

from __future__ import annotations

import re

from .hcode import Phase
from .table import LogFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .hcode import Code
    from .request import Request

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


class Exchange:
    """Instants are monotonic seconds. `bytes` counts the response's body, `head_bytes` its head."""

    __slots__ = (
        "attempts",
        "began_at",
        "bytes",
        "code",
        "connected_at",
        "dyno",
        "ended_at",
        "forwarded_for",
        "head_bytes",
        "phase",
        "request",
        "request_id",
        "status",
    )

    def __init__(
        self, request: Request, request_id: str, forwarded_for: str, began_at: float
    ) -> None:
        self.request = request
        self.request_id = request_id
        self.forwarded_for = forwarded_for
        self.began_at = began_at
        self.phase = Phase.QUEUED
        self.connected_at = 0.0
        """When a dyno had it; 0 if none has yet."""

        self.ended_at = 0.0
        self.dyno = ""
        self.attempts = 0
        self.status = 0
        self.bytes = 0
        self.head_bytes = 0
        self.code: Code | None = None

    def line(self, form: LogFormat, tls: str) -> str:
        """What the log says about it, without source and time, ended by a line feed.

        `tls` is "" or the version, such as tls1.3.
        Source: Dev Center, http-routing, "Heroku router log format"; log samples.
        """
        request = self.request
        shown = request.shown
        if not shown:
            path = shown_path(request.target, form)
            shown = f'method={request.method.decode()} path="{path}" host={request.host}'
            request.shown = shown
        fwd = self.forwarded_for
        if "," in fwd or '"' in fwd:
            fwd = fwd.replace(", ", ",").replace('"', "%22")
        return (
            f"{'at=info' if self.code is None else self._at(self.code)} {shown} "
            f'request_id={self.request_id} fwd="{fwd}" {self._figures(form)} '
            f"{_protocol(form, tls)}\n"
        )

    def _at(self, code: Code) -> str:
        sock = f"sock={code.sock} " if code.sock else ""
        cause = f' cause="{code.cause}"' if code.cause else ""
        return f'{sock}at={code.at} code={code.name} desc="{code.desc}"{cause}'

    def _figures(self, form: LogFormat) -> str:
        """`dyno=` to `bytes=`. What did not happen is empty."""
        if not self.dyno:
            return self._figures_without_dyno(form)
        connected_at = self.connected_at or self.ended_at
        connect = f"{int((connected_at - self.began_at) * 1000 + 0.5)}ms"
        if not self.connected_at:
            return f"dyno={self.dyno} connect={connect} service= status={self.status} bytes="
        service = f"{int((self.ended_at - connected_at) * 1000 + 0.5)}ms"
        sent = self.bytes if form is LogFormat.ROUTER_2 else self.bytes + self.head_bytes
        return (
            f"dyno={self.dyno} connect={connect} service={service} "
            f"status={self.status} bytes={sent}"
        )

    def _figures_without_dyno(self, form: LogFormat) -> str:
        """Source: log samples (H10, H14, H81 of both routers; H80 of Router 2.0)."""
        if form is LogFormat.ROUTER_2 and self.code is not None and self.code.name == "H80":
            return f"dyno= connect=0ms service=0ms status={self.status} bytes={self.bytes}"
        return f"dyno= connect= service= status={self.status} bytes="


def _protocol(form: LogFormat, tls: str) -> str:
    if form is LogFormat.LEGACY:
        return "protocol=https" if tls else "protocol=http"
    return f"protocol=http1.1 tls=true tls_version={tls}" if tls else "protocol=http1.1 tls=false"


def shown_path(raw: bytes, form: LogFormat) -> str:
    """The path for a log line: nothing in it can end the quotes, or the line.

    Router 2.0 shows it percent-decoded. Source: log samples of 2025.
    """
    if raw.isascii() and b"%" not in raw and b'"' not in raw:
        return raw.decode()
    if form is LogFormat.ROUTER_2:
        try:
            decoded = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), raw).decode()
        except UnicodeDecodeError:
            decoded = ""
        if decoded and decoded.isprintable() and '"' not in decoded:
            return decoded
    escaped = [f"%{byte:02X}" if byte == 0x22 or byte > 0x7E else chr(byte) for byte in raw]
    return "".join(escaped)

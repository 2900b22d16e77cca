"""What goes wrong between client and dyno: Heroku's codes, and which one it is."""

from __future__ import annotations

from enum import Enum

from emulator.fact import Fact


class Code(Fact):
    """An H code. Source: Dev Center, error-codes; statuses also vegur, vegur_stub."""

    name: str
    desc: str
    status: int = 503
    at: str = "error"
    sock: str = ""
    cause: str = ""


H10 = Code("H10", "App crashed")
H11 = Code("H11", "Backlog too deep")
H12 = Code("H12", "Request timeout")
H13 = Code("H13", "Connection closed without response")
H14 = Code("H14", "No web processes running")
H15 = Code("H15", "Idle connection")
H17 = Code("H17", "Poorly formatted HTTP response")
H18 = Code("H18", "Server Request Interrupted", sock="backend")
H19 = Code("H19", "Backend connection timeout")
H20 = Code("H20", "App boot timeout")
H21 = Code("H21", "Backend connection refused")
H22 = Code("H22", "Connection limit reached")
H24 = Code("H24", "Forced close")
H25_LENGTH = Code("H25", "HTTP restriction: invalid content length", 502)
H25_COOKIE = Code("H25", "HTTP restriction: oversized cookie", 502)
H25_HEADER = Code("H25", "HTTP restriction: oversized header", 502)
H25_STATUS = Code("H25", "HTTP restriction: oversized status line", 502)
H26_CHUNK = Code("H26", "Request Error", 400, cause="bad chunk")
H26_EXPECT = Code("H26", "Request Error", 417, cause="unsupported expect header value")
H27 = Code("H27", "Client Request Interrupted", 499, "warning", "client")
H28 = Code("H28", "Client Connection Idle", 499, "warning", "client")
H80 = Code("H80", "Maintenance mode", at="info")
# The older docs say 503; log samples and the docs of 2026 say 502.
H81 = Code("H81", "Blank app", 502, "info")
H99 = Code("H99", "Platform error")


class Blame(Enum):
    CLIENT = "client"
    DYNO = "dyno"
    ROUTER = "router"


class Phase(Enum):
    """How far a request has come."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    SENDING = "sending"  # its body is on the way
    WAITING = "waiting"  # all was sent, nothing came back
    STREAMING = "streaming"  # the response has begun
    TUNNEL = "tunnel"  # 101: bytes go both ways


class Reason(Enum):
    CLOSED = "closed"
    REFUSED = "refused"
    SILENT = "silent"
    MALFORMED = "malformed"


_OF_DYNO = {
    (Phase.QUEUED, Reason.SILENT): H20,
    (Phase.CONNECTING, Reason.REFUSED): H21,
    (Phase.CONNECTING, Reason.CLOSED): H21,
    (Phase.CONNECTING, Reason.SILENT): H19,
    (Phase.SENDING, Reason.CLOSED): H13,
    (Phase.WAITING, Reason.CLOSED): H13,
    (Phase.WAITING, Reason.SILENT): H12,
    (Phase.STREAMING, Reason.CLOSED): H18,
    (Phase.TUNNEL, Reason.CLOSED): H18,
}
_OF_CLIENT = {Reason.CLOSED: H27, Reason.SILENT: H28, Reason.MALFORMED: H26_CHUNK}


def classify(blame: Blame, phase: Phase, reason: Reason) -> Code:
    """The code of a request that ended so.

    Source: Dev Center, error-codes; vegur, README ("blame, phase, reason").
    """
    if blame is Blame.CLIENT:
        return _OF_CLIENT.get(reason, H27)
    if blame is Blame.ROUTER:
        return H24 if reason is Reason.CLOSED else H99
    if reason is Reason.MALFORMED:
        return H17
    return _OF_DYNO.get((phase, reason), H15)

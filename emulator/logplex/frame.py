"""Log lines as a drain's receiver gets them: syslog messages, each with its length before it.

Source: Dev Center, log-drains; Logplex, logplex_syslog_utils.erl; bodies of drains in log samples
(2012 to 2025). The length counts the line end that closes every message.
"""

from __future__ import annotations

from emulator.fact import Fact
from emulator.logplex import safe, stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.block import Block, Stream
    from emulator.logplex.buffer import Loss

DYNO, ROUTER, STATE, NOTICE, LOSS = 190, 158, 134, 45, 172
"""local7.info, local3.info, local0.info, syslog.notice, local5.warning. Source: log samples."""

_OF_STATE = (b"State changed from ", b"source=")
"""How the dyno manager's own lines and its metrics begin. Source: log samples (2015 to 2025)."""


class Framing(Fact):
    """What a message has besides its text: HOSTNAME, and what stands between PROCID and MSG."""

    host: str = "host"
    fields: str = "-"


HTTPS = Framing()
"""Departs from RFC 5424 as Heroku does: after MSGID there is no STRUCTURED-DATA."""
RFC5424 = Framing(fields="- -")


def syslog(token: str) -> Framing:
    """Syslog drains name the drain where HTTPS drains have `host`, and keep to the RFC."""
    return Framing(token, "- -")


def priority(stream: Stream, line: bytes) -> int:
    """Facility and severity as one number, the PRI of RFC 5424."""
    if stream.source == "app":
        if "." in stream.dyno:
            return DYNO
        return NOTICE if stream.dyno == "api" else STATE  # an add-on's metrics
    if stream.dyno == "router":
        return ROUTER
    if stream.dyno == "logplex":
        return LOSS
    return STATE if line.startswith(_OF_STATE) else NOTICE


def frames(block: Block, framing: Framing) -> list[bytes]:
    """Each of the block's lines as a frame."""
    stream = block.stream
    lines = block.body.split(b"\n")
    del lines[-1]
    names = f"{framing.host} {stream.source} {stream.dyno} {framing.fields} ".encode()
    rest = b">1 " + stamp.full(block.at_ns) + b" " + names
    if stream.source == "app":
        head = b"<%d%b" % (priority(stream, b""), rest)
        size = len(head) + 1
        return [b"%d %b%b\n" % (size + len(line), head, line) for line in lines]
    return [_frame(b"<%d%b%b\n" % (priority(stream, line), rest, line)) for line in lines]


def _frame(message: bytes) -> bytes:
    return b"%d %b" % (len(message), message)


def plain(block: Block) -> list[bytes]:
    """Each of the block's lines as `logs` shows it, for a file that somebody will look at."""
    head = stamp.full(block.at_ns) + b" " + block.stream.header.encode() + b": "
    body = safe.plain(block.body, colour=False)
    return [head + line + b"\n" for line in body.split(b"\n")[:-1]]


def overflow(loss: Loss) -> bytes:
    """What a receiver is told of the lines that it did not get: L10.

    Source: Dev Center, error-codes; Logplex, logplex_syslog_utils.erl; log sample (2025).
    """
    return b"Error L10 (output buffer overflow): %d messages dropped since %b.\n" % (
        loss.lines,
        stamp.full(loss.since_ns),
    )

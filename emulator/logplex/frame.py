"""Log lines as a drain's receiver gets them: syslog messages, each with its length before it.

Source: Dev Center, log-drains; Logplex, logplex_syslog_utils.erl; bodies of drains in log samples
(2012 to 2025). The length counts the line end that closes every message.
"""

from __future__ import annotations

from functools import cache

from emulator.fact import Fact
from emulator.logplex import safe, stamp
from emulator.logplex.block import MAX_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.block import Block, Stream
    from emulator.logplex.buffer import Loss

DYNO, ROUTER, STATE, NOTICE, LOSS = 190, 158, 134, 45, 172
"""local7.info, local3.info, local0.info, syslog.notice, local5.warning. Source: log samples."""

LONGEST = MAX_LINE + 256
"""Messages of dynos are shorter, in bytes, but for names that nobody gives."""

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


def framed(block: Block, framing: Framing) -> bytes:
    """Each of the block's lines as a frame."""
    stream = block.stream
    lines = block.body.split(b"\n")
    del lines[-1]
    rest = b">1 %b %b" % (stamp.full(block.at_ns), _names(stream, framing))
    if stream.source == "app":
        return _alike(b"<%d%b" % (priority(stream, b""), rest), lines)
    messages = [b"<%d%b%b\n" % (priority(stream, line), rest, line) for line in lines]
    return b"".join([b"%d %b" % (len(message), message) for message in messages])


def _alike(head: bytes, lines: list[bytes]) -> bytes:
    """The lines as frames that differ in the length only: half the time of a format a line."""
    size = len(head) + 1
    if size + max(map(len, lines)) >= LONGEST:
        return b"".join([b"%d %b%b\n" % (size + len(line), head, line) for line in lines])
    lengths = _lengths()
    parts = [head] * (3 * len(lines))
    parts[0::3] = [lengths[size + len(line)] for line in lines]
    parts[2::3] = lines
    parts[0] = parts[0][1:]
    parts.append(b"\n")
    return b"".join(parts)


@cache
def _lengths() -> list[bytes]:
    """The end of one line and the length of the next message, which most are shorter than."""
    return [b"\n%d " % length for length in range(LONGEST)]


def overhead(stream: Stream, framing: Framing) -> int:
    """A frame is longer than its line, with the line's end, by no more than so many bytes."""
    return len(b"10000 <190>1 2020-08-15T04:01:34.460759+00:00 ") + len(_names(stream, framing))


def _names(stream: Stream, framing: Framing) -> bytes:
    return f"{framing.host} {stream.source} {stream.dyno} {framing.fields} ".encode()


def whole(body: bytes, size: int) -> int:
    """How many frames the first `size` bytes of the body hold to their end."""
    number, at = 0, 0
    while at < size:
        blank = body.index(b" ", at)
        at = blank + 1 + int(body[at:blank])
        number += at <= size
    return number


def plain(block: Block) -> bytes:
    """Each of the block's lines as `logs` shows it, for a file that somebody will look at."""
    head = stamp.full(block.at_ns) + b" " + block.stream.header.encode() + b": "
    return head + safe.plain(block.body, colour=False).replace(b"\n", b"\n" + head)[: -len(head)]


def overflow(loss: Loss) -> bytes:
    """What a receiver is told of the lines that it did not get: L10.

    Source: Dev Center, error-codes; Logplex, logplex_syslog_utils.erl; log sample (2025).
    """
    return b"Error L10 (output buffer overflow): %d messages dropped since %b.\n" % (
        loss.lines,
        stamp.full(loss.since_ns),
    )

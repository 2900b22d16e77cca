"""What the emulator and the router process say to one another, over a stream socket pair.

A frame is one byte of kind, four bytes of length (little endian) and a body. The router has no
standard streams worth reading, no environment and no files: all that it knows comes in frames.

    emulator -> router   START     JSON of Start: the first frame, once
                         TABLE     JSON of a Table, at any time; the newest counts
                         RENEWED   the certificate's files have changed
                         SHUTDOWN  no new requests; those in flight are finished
    router -> emulator   LINES     whole router log lines (no prefix), each ended by LF
                         REQUESTED a request waits for a dyno that is asleep: wake the app
                         COUNTERS  JSON of Counters, at most once a second and only if they changed

**Starting it.** The emulator binds and listens (so that a port in use is its own clear error),
makes a socket pair and runs `command()` with the pair's other end as descriptor LINK and the
listeners as FIRST_LISTENER and following, in the order of `Start.listeners`; descriptors 0, 1 and
2 are /dev/null. It sends START and TABLE. Until the first TABLE clients wait.

**Ending it.** The process ends at once when the socket pair ends, so it never outlives the
emulator, however that one dies. After SHUTDOWN it accepts nobody, and ends by itself once the
last request is answered. If it ends otherwise, the emulator starts another with the same
listeners, which it never closes meanwhile: clients wait in the kernel's queue.

**Eco.** REQUESTED comes at once for the first such request, then at most once a second while
any waits. `Counters.requests` grows with each request, so whoever idles an app after 30 minutes
looks at when it last grew.
"""

from __future__ import annotations

import json
import os
import sys
from enum import IntEnum

from emulator.fact import Fact

from .table import Table, from_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = 3
FIRST_LISTENER = 4
HEADER_BYTES = 5


class Kind(IntEnum):
    START = 1
    TABLE = 2
    SHUTDOWN = 3
    LINES = 4
    REQUESTED = 5
    COUNTERS = 6
    RENEWED = 7


class Listener(Fact):
    """A listening socket that the router inherits. `port` is what clients connect to."""

    port: int
    tls: bool = False


class Start(Fact):
    """What does not change while the process runs; file names of the certificate for TLS."""

    listeners: tuple[Listener, ...]
    certificate: str = ""
    key: str = ""


class Counters(Fact):
    """Since the process started, but for `waiting` (now). Only `requests` is for deciding."""

    requests: int = 0
    errors: int = 0
    """Answers of the router's own: H codes."""

    waiting: int = 0
    lines_dropped: int = 0
    """Log lines lost because the emulator read too slowly."""


def command() -> list[str]:
    """What to run. `-I`: neither the user's PYTHON variables nor the current folder matter."""
    path = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    source = f"import sys; sys.path[:0] = [{path!r}]; from emulator.router.main import main; main()"
    return [sys.executable, "-I", "-S", "-c", source, "hk-local: router"]


def frame(kind: Kind, body: bytes = b"") -> bytes:
    return bytes((kind,)) + len(body).to_bytes(4, "little") + body


def frames(data: bytearray) -> Iterator[tuple[Kind, bytes]]:
    """The whole frames that data begins with; they are taken off it."""
    while len(data) >= HEADER_BYTES:
        end = HEADER_BYTES + int.from_bytes(data[1:HEADER_BYTES], "little")
        if len(data) < end:
            return
        kind, body = Kind(data[0]), bytes(data[HEADER_BYTES:end])
        del data[:end]
        yield kind, body


def start_frame(start: Start) -> bytes:
    listeners = [listener.__dict__ for listener in start.listeners]
    return frame(Kind.START, json.dumps({**start.__dict__, "listeners": listeners}).encode())


def read_start(body: bytes) -> Start:
    values = json.loads(body)
    listeners = tuple(Listener(**listener) for listener in values["listeners"])
    return Start(**{**values, "listeners": listeners})


def table_frame(table: Table) -> bytes:
    return frame(Kind.TABLE, json.dumps(table.to_json()).encode())


def read_table(body: bytes) -> Table:
    return from_json(json.loads(body))


def counters_frame(counters: Counters) -> bytes:
    return frame(Kind.COUNTERS, json.dumps(counters.__dict__).encode())


def read_counters(body: bytes) -> Counters:
    return Counters(**json.loads(body))

"""Output of a one-off, cut into the TLS records as which the Heroku CLI can read it.

The CLI handles each record by itself. A line that tells the exit status is understood only if it
is whole; of `\\r\\n` the `\\r` is taken away only if both are in one record.
"""

from __future__ import annotations

MARKER = "\uffff heroku-command-exit-status: ".encode()
"""Source: Heroku CLI, run --exit-code, which has the command's shell print it."""
LONGEST_STATUS = len("255\r")
MOST = 16000
"""A TLS record has room for 16,384 bytes."""


def records(data: bytes) -> tuple[list[bytes], bytes]:
    """What can be sent now, record by record, and what has to wait for more."""
    found = []
    while ready := _ready(data[:MOST]):
        found.append(ready)
        data = data[len(ready) :]
    return found, data


def _ready(data: bytes) -> bytes:
    """The longest beginning after which a record may end."""
    start = data.rfind(MARKER[:1])
    if start >= 0 and _may_become_marker(data[start:]):
        data = data[:start]
    return data.removesuffix(b"\r")


def _may_become_marker(tail: bytes) -> bool:
    if len(tail) <= len(MARKER):
        return MARKER.startswith(tail)
    status = tail[len(MARKER) :]
    is_open = len(status) <= LONGEST_STATUS and status.removesuffix(b"\r").isdigit()
    return tail.startswith(MARKER) and is_open


def exit_record(status: int) -> bytes:
    """The record that tells the CLI the exit status."""
    return MARKER + f"{status}\r\n".encode()

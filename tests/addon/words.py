"""What servers say, byte by byte, as `test_contract` has heard it from real ones."""

from __future__ import annotations

import struct

from emulator.addon import wire


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


ASKED = message(b"R", struct.pack("!i", wire.CLEARTEXT))
WELCOME = message(b"R", b"\0\0\0\0") + message(b"Z", b"I")
ROW = message(b"D", struct.pack("!hi", 2, 2) + b"15" + struct.pack("!i", -1))
"""A number and a null."""
DONE = message(b"Z", b"I")
WRONG_PASSWORD = message(b"E", b"SFATAL\0C28P01\0Mpassword authentication failed\0\0")

PONG = b"+OK\r\n+PONG\r\n"
WRONGPASS = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"

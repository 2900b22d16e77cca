"""Ids: the same thing of the same app has the same UUID in every answer and after every start."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def identity(app: str, kind: str, name: str = "") -> str:
    """The UUID (of version 5's shape) of the thing of that kind and name in the app."""
    from hashlib import sha1

    digest = sha1(f"hk-local/{app}/{kind}/{name}".encode("utf-8", "replace")).digest()
    return shaped(digest[:16], 5)


def shaped(data: bytes, version: int) -> str:
    """16 bytes written as a UUID of that version. Source: RFC 9562, 4."""
    digits = bytearray(data)
    digits[6] = digits[6] & 0x0F | version << 4
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

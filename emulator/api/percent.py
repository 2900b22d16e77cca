"""Percent-encoding: of path segments and queries, and of text in header fields.

Not urllib.parse, which would be imported for these few lines.
"""

from __future__ import annotations

_HEX = "0123456789abcdefABCDEF"


def quote(text: str) -> str:
    """The text as visible ASCII without blanks, fit for a header field."""
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte != 0x25 else f"%{byte:02X}"
        for byte in text.encode("utf-8", "replace")
    )


def unquote(text: str) -> str:
    """The text that was encoded. Raises ValueError where it is not valid, or not UTF-8."""
    if "%" not in text:
        return text
    first, *rest = text.split("%")
    data = bytearray(first.encode())
    for part in rest:
        digits = part[:2]
        if len(digits) != 2 or digits[0] not in _HEX or digits[1] not in _HEX:
            raise ValueError(f"%{digits}: expected two hexadecimal digits")
        data.append(int(digits, 16))
        data += part[2:].encode()
    return data.decode()


def query(text: str) -> dict[str, list[str]]:
    """`a=1&b=2` by name; a name may come more than once. Raises ValueError."""
    found: dict[str, list[str]] = {}
    for part in text.split("&"):
        if part:
            name, _, value = part.replace("+", " ").partition("=")
            found.setdefault(unquote(name), []).append(unquote(value))
    return found

"""What a dyno wrote, made safe to show: nothing in it can drive a terminal, colour apart.

Control characters are shown, not dropped: ESC as ^[, a lone carriage return as ^M (so a line can
neither overwrite another nor hide a part of itself), U+009B and the bidirectional controls as
\\u009b. Colour (SGR) is kept if the reader wants colour, dropped if not, and ends with its line.
Source: CWE-150; Unicode Technical Standard 55, "Source code spoofing".
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

_ESC = 0x1B
_CONTROLS = tuple(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\x1b")

# Each of these begins with one fixed byte, which the re module finds 25 times faster than a set.
_COLOUR = rb"\x1b\[[0-9;:]{0,64}m"
_COLOURS = re.compile(_COLOUR)
_OTHER_ESCAPE = re.compile(rb"\x1b(?!" + _COLOUR[4:] + rb")")
_COLOURED = re.compile(rb"(\x1b[^\n]*)\n")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_BIDIRECTIONAL = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
_RESET = b"\x1b[0m"


def plain(body: bytes, colour: bool = True) -> bytes:
    """The body with every control character as visible text; the same object if it has none.

    One memchr for each control character: thirty of them are faster than a loop over the bytes.
    """
    if not body.isascii():
        body = _plain_beyond_ascii(body)
    for code in _CONTROLS:
        if code in body:
            body = body.replace(b"%c" % code, _caret(code))
    if _ESC not in body:
        return body
    if colour:
        body = _COLOURED.sub(b"\\1" + _RESET + b"\n", _OTHER_ESCAPE.sub(b"^[", body))
        return body.replace(_RESET + _RESET + b"\n", _RESET + b"\n")
    return _COLOURS.sub(b"", body).replace(b"\x1b", b"^[")


def _plain_beyond_ascii(body: bytes) -> bytes:
    """Stray bytes, which could be C1 controls in Latin 1, become U+FFFD."""
    try:
        body.decode()
    except UnicodeDecodeError:
        body = body.decode("utf-8", "replace").encode()
    if 0xC2 in body:
        body = _C1.sub(_code_point, body)
    return _BIDIRECTIONAL.sub(_code_point, body) if 0xE2 in body else body


def _caret(code: int) -> bytes:
    """As cat -v and less show it."""
    return b"^%c" % (code ^ 0x40)


def _code_point(match: Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(match[0].decode())

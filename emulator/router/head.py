"""Lines of a message's head, read strictly, so that nobody reads them in another way.

What RFC 9112 lets a server tolerate (line folding, a bare line feed, a second length) is what
request smuggling is made of, and no client or server of ours sends it: it is refused.
"""

from __future__ import annotations

import re

from . import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence
    from typing import TypeVar

    Manner = TypeVar("Manner")

END = b"\r\n\r\n"
TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]"
FIELD = re.compile(rb"(" + TOKEN + rb"+):[\t\x20-\x7e\x80-\xff]*")
MAX_DIGITS = 15
CHUNKED = -1
UNTIL_CLOSE = -2

KNOWN_LINES = 4096
LONGEST_KNOWN_LINE = 1024
KNOWN_MANNERS = 1024
LONGEST_KNOWN_MANNER = 4096


class Malformed(ValueError):
    """The bytes are no head of a message."""


class Lines:
    """Knows the header lines of late, for most come again: by line, its name where that matters.

    Two generations, so that a flood of lines that never come again does not cost the others
    their place, and memory is bounded.
    """

    def __init__(self, names: Container[bytes], longest: int) -> None:
        self.names = names
        self.longest = longest
        self.young: dict[bytes, bytes] = {}
        self.old: dict[bytes, bytes] = {}

    def learn(self, line: bytes) -> bytes:
        """The field's name in lower case if it is one of `names`, else b"". Raises Malformed."""
        name = self.old.get(line)
        if name is None:
            name = self.name(line)
        if len(line) <= LONGEST_KNOWN_LINE:
            if len(self.young) >= KNOWN_LINES:
                self.old, self.young = self.young, {}
            self.young[line] = name
        return name

    def name(self, line: bytes) -> bytes:
        match = FIELD.fullmatch(line)
        if match is None:
            raise Malformed(f"a header is not as in Name: value: {shown(line)}")
        name = match[1]
        if len(name) > limits.HEADER_NAME:
            raise Malformed(f"the name of a header is longer than {limits.HEADER_NAME} bytes")
        if len(line) > self.longest:
            raise Malformed(f"a header is longer than {self.longest} bytes: {shown(name)}")
        name = name.lower()
        return name if name in self.names else b""


def recall(
    known: dict[bytes, Manner],
    ours: list[tuple[bytes, bytes]],
    minor: int,
    make: Callable[[list[tuple[bytes, bytes]], int], Manner],
) -> Manner:
    """What these lines mean together, made only if it is not `known`, which stays bounded."""
    key = b"\n".join([line for _, line in ours])
    manner = known.get(key)
    if manner is None:
        manner = make(ours, minor)
        if len(known) >= KNOWN_MANNERS:
            known.clear()
        if len(key) <= LONGEST_KNOWN_MANNER:
            known[key] = manner
    return manner


def shown(data: bytes) -> str:
    """As much of what the client sent as it takes to know it again, fit for a message."""
    return repr(data[:40].decode("latin-1"))


def value(line: bytes) -> bytes:
    """What a header line says."""
    return line.partition(b":")[2].strip(b" \t")


def words(values: Sequence[bytes]) -> set[bytes]:
    """The words of comma-separated lists, in lower case."""
    return {word.strip(b" \t").lower() for one in values for word in one.split(b",")} - {b""}


def length(values: Sequence[bytes]) -> int:
    """What Content-Length says. Raises Malformed if that is no number, or two."""
    first = values[0]
    if not first.isdigit() or len(first) > MAX_DIGITS or any(one != first for one in values):
        raise Malformed(f"Content-Length is not one number: {shown(b', '.join(values))}")
    return int(first)

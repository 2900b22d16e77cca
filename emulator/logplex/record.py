"""The record of a block: who spoke when, and where in its segment's data the lines are.

A segment's data is headers and bodies in turn. A header is MAGIC and the first 20 bytes of the
block's record; the first block of a stream has the stream's name between header and body.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from struct import Struct

from emulator.logplex.memmem import contains

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Record = tuple[int, int, int, int, int, int]
    """at_ns, stream's number, length of its name, of the body, lines, where the header starts."""

MAGIC = b"\xffhk\x01"
"""0xFF is in no UTF-8 text, so no body can contain a header."""
RECORD = Struct("<qHHIII")
IN_HEADER = RECORD.size - 4
HEADER_SIZE = len(MAGIC) + IN_HEADER
_CHECKED = 12
"""So much of a record is the same in its header, even if the body was torn off."""
_GAP = 16 * 1024
"""Reading so much for nothing is cheaper than a second read."""
WINDOW = 120 * 1024
"""Read at a time: below the size from which malloc maps fresh pages."""


def header_start(record: Record) -> bytes:
    """What the data has, if it is whole, where the record says."""
    return MAGIC + RECORD.pack(*record)[:_CHECKED]


def record_at(records: bytes, number: int) -> Record:
    return RECORD.unpack_from(records, number * RECORD.size)


def body_start(record: Record) -> int:
    return record[5] + HEADER_SIZE + record[2]


def body_end(record: Record) -> int:
    return body_start(record) + record[3]


def newest_first(records: bytes, numbers: set[int] | None) -> Iterator[Record]:
    """The records of those streams, from the last to the first.

    The low bytes of the stream numbers are searched as one string, at memrchr's speed.
    """
    size = RECORD.size
    if numbers is None:
        for at in range(len(records) - size, -1, -size):
            yield RECORD.unpack_from(records, at)
        return
    chosen = bytearray(256)
    for number in numbers:
        chosen[number & 0xFF] = 1
    column = records[8::size].translate(chosen)
    at = column.rfind(1)
    while at >= 0:
        record = RECORD.unpack_from(records, at * size)
        if record[1] in numbers:
            yield record
        at = column.rfind(1, 0, at)


def runs(records: list[Record]) -> Iterator[list[Record]]:
    """The records in groups that lie close together."""
    run: list[Record] = []
    for record in records:
        if run and not (
            record[5] - body_end(run[-1]) < _GAP and body_end(record) - run[0][5] < WINDOW
        ):
            yield run
            run = []
        run.append(record)
    if run:
        yield run


def window(records: bytes, end: int) -> range:
    """The blocks before number `end` that are read together: at least one."""
    begin = body_end(record_at(records, end - 1)) - WINDOW
    first = bisect_left(range(end), begin, key=lambda number: record_at(records, number)[5])
    return range(min(end - 1, first), end)


class Search:
    """What to look for: a text, in which streams (None: in all), since when."""

    def __init__(self, text: bytes, numbers: set[int] | None, since_ns: int) -> None:
        self._text = text
        self._numbers = numbers
        self._since_ns = since_ns
        self._contains = contains()

    def is_over(self, records: bytes, span: range) -> bool:
        """All in it is too old: nothing of it has to be read."""
        if not self._since_ns:
            return False
        size = RECORD.size
        times = memoryview(records)[span[0] * size : (span[-1] + 1) * size].cast("q")[:: size // 8]
        return max(times) < self._since_ns

    def lines(self, data: bytes, records: bytes, span: range) -> dict[Record, list[bytes]]:
        """The lines with the text, by block; `data` is what the file has for that span.

        The data is searched as it is, headers included: no block is looked at for nothing.
        """
        found: dict[Record, list[bytes]] = {}
        if not self._contains(data, self._text):
            return found
        base = record_at(records, span[0])[5]
        at = data.find(self._text)
        while at >= 0:
            place = bisect_right(span, base + at, key=lambda n: record_at(records, n)[5]) - 1
            record = record_at(records, span[place])
            begin = body_start(record) - base
            if at < begin:  # in a header
                at = data.find(self._text, at + 1)
            elif self._is_unwanted(record):
                at = data.find(self._text, body_end(record) - base)
            else:
                line_end = data.find(b"\n", at) + 1 or len(data)
                line_begin = data.rfind(b"\n", begin, at) + 1 or begin
                found.setdefault(record, []).append(data[line_begin:line_end])
                at = data.find(self._text, line_end)
        return found

    def _is_unwanted(self, record: Record) -> bool:
        return record[0] < self._since_ns or (
            self._numbers is not None and record[1] not in self._numbers
        )

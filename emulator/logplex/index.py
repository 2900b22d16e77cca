"""What a segment holds, without its text: one record a block, and the streams that occur.

The index is never the only one to know anything: it can always be made again from the data.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from zlib import crc32

from emulator.logplex.block import Stream, count_lines
from emulator.logplex.record import HEADER_SIZE, IN_HEADER, MAGIC, RECORD, body_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.logplex.block import Block
    from emulator.logplex.record import Record

_pack = RECORD.pack
MAX_STREAMS = 2000
"""A segment with more would need more than SUMMARY_SIZE."""
SUMMARY_SIZE = 256 * 1024
_TRAILER = Struct("<IIIQQqI4s")
"""Sizes of names and records, sum of the records, then Index's fields, sum of these, MAGIC."""


class Index:
    """The records of one segment in order, of which `size` bytes of data are described."""

    def __init__(self) -> None:
        self.records = bytearray()
        self.records_size = 0
        self.records_sum = 0
        """What the file has, whose records have not been read."""
        self.streams: dict[Stream, int] = {}
        self.size = 0
        self.file_size = 0
        """How long the data was when this index was made: more than `size` if it was damaged."""
        self.last_ns = 0

    def add(self, blocks: list[Block]) -> list[bytes]:
        """The blocks are the last; what has to be written to the data is returned."""
        parts: list[bytes] = []
        records: list[bytes] = []
        size = self.size
        for block in blocks:
            number = self.streams.get(block.stream)
            name = b""
            if number is None:
                number = self.streams[block.stream] = len(self.streams)
                name = _name(block.stream)
            length = len(block.body)
            record = _pack(block.at_ns, number, len(name), length, block.lines, size)
            records.append(record)
            parts += MAGIC + record[:IN_HEADER] + name, block.body
            size += HEADER_SIZE + len(name) + length
        self.records += b"".join(records)
        self.size = size
        self.last_ns = max(self.last_ns, *[block.at_ns for block in blocks])
        return parts

    def add_found(self, record: Record, stream: Stream) -> None:
        """The block that a scan found, and that begins where the last one ended, is the last."""
        self.streams.setdefault(stream, len(self.streams))
        self.records += _pack(*record)
        self.size = body_end(record)
        self.last_ns = max(self.last_ns, record[0])

    def numbers(self, wanted: Callable[[Stream], bool] | None) -> set[int] | None:
        """The streams that are wanted; None if that is all of them."""
        if wanted is None:
            return None
        return {number for stream, number in self.streams.items() if wanted(stream)}

    def packed(self) -> bytes:
        """The index as a file: records, names, trailer."""
        names = b"\n".join(map(_name, self.streams))
        self.records_size, self.records_sum = len(self.records), crc32(self.records)
        sizes = len(names), self.records_size, self.records_sum
        fields = *sizes, self.size, self.file_size, self.last_ns
        trailer = _TRAILER.pack(*fields, _sum(names, fields), MAGIC)
        return b"".join((self.records, names, trailer))

    def are_records(self, records: bytes) -> bool:
        """Whether these are the records that the file had when it was written."""
        return crc32(records) == self.records_sum


def unpacked(end: bytes) -> Index | None:
    """The index whose file ends so, but for its records; None if it is damaged.

    SUMMARY_SIZE bytes are enough: whether a segment has a stream costs no look at its records.
    """
    *fields, fields_sum, magic = _TRAILER.unpack(end[-_TRAILER.size :].rjust(_TRAILER.size))
    names = end[-_TRAILER.size - fields[0] : -_TRAILER.size]
    if magic != MAGIC or _sum(names, tuple(fields)) != fields_sum:
        return None
    index = Index()
    index.streams = {_stream(name): number for number, name in enumerate(names.split(b"\n"))}
    _, index.records_size, index.records_sum, index.size, index.file_size, index.last_ns = fields
    return index


def scanned(data: bytes) -> tuple[Index, bool]:
    """The index of all that is whole in a segment's data, and whether the rest is damaged.

    A rest that is merely cut off (the writer was killed) is not damage: its whole lines count.
    """
    index = Index()
    index.file_size = len(data)
    known: list[Stream] = []
    while index.size < len(data):
        header = data[index.size : index.size + HEADER_SIZE]
        if len(header) < HEADER_SIZE or not header.startswith(MAGIC):
            return index, not header.startswith(MAGIC[: len(header)])
        at_ns, number, name, length, lines, _ = RECORD.unpack(header[len(MAGIC) :] + bytes(4))
        begin = index.size + HEADER_SIZE + name
        end = begin + length
        torn = end > len(data)
        if torn:
            end = max(begin, data.rfind(b"\n", begin) + 1)
            lines = count_lines(data[begin:end])
        if not lines or data[end - 1] != 10:
            return index, not torn
        if name:
            known.append(_stream(data[begin - name : begin]))
        if number >= len(known) or (name > 0) == (known[number] in index.streams):
            return index, True
        index.add_found((at_ns, number, name, end - begin, lines, index.size), known[number])
        if torn:
            break
    return index, False


def _sum(names: bytes, fields: tuple[int, ...]) -> int:
    return crc32(repr(fields).encode(), crc32(names))


def _name(stream: Stream) -> bytes:
    return f"{stream.source} {stream.dyno}".encode()


@lru_cache(maxsize=4096)
def _stream(name: bytes) -> Stream:
    """One object for a name in all segments."""
    source, _, dyno = name.decode("utf-8", "replace").partition(" ")
    return Stream(source, dyno)

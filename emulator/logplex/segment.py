"""One piece of the history on disk: NNNNNNNN.log, blocks in turn, and NNNNNNNN.idx, its index.

The index is in memory while the segment grows and is written when it is full or closed; after a
kill -9 it is made again from the data. A block counts as stored once the kernel has its bytes:
the death of this process loses nothing, that of the machine may lose the last seconds.
"""

from __future__ import annotations

import os
from contextlib import suppress

from emulator.logplex.block import Block
from emulator.logplex.index import MAX_STREAMS, SUMMARY_SIZE, Index, scanned, unpacked
from emulator.logplex.record import (
    RECORD,
    Search,
    body_end,
    body_start,
    header_start,
    newest_first,
    record_at,
    runs,
    window,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.logplex.block import Stream
    from emulator.logplex.record import Record

    Wanted = Callable[[Stream], bool] | None

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
_REPLACE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_IOVECS = 1000
_SMALL = 1024
"""Copying less than that is cheaper than passing it to the kernel as a part of its own."""


class Segment:
    """`stem` is the files' path without .log and .idx; damage is told in one sentence, once."""

    def __init__(
        self, stem: str, tell: Callable[[str], object], size: int = 0, index_size: int = 0
    ) -> None:
        self.stem = stem
        self.size = size
        self.index_size = index_size
        self._tell = tell
        self._told = False
        self._index: Index | None = None
        self._fd = -1

    def create(self) -> None:
        """The segment is a new file, open for blocks. Raises OSError."""
        self._fd = os.open(self._log, _APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._index = Index()

    def resume(self) -> bool:
        """The segment is open for further blocks, unless its end is torn off. Raises OSError."""
        index = self._load()
        if index.size != self.size:
            return False
        index.records[:] = self._records()
        self._fd = os.open(self._log, _APPEND)
        return True

    def append(self, blocks: list[Block]) -> None:
        """The blocks are stored, all of them. Raises OSError, and none is; use another then."""
        index = self._load()
        parts = index.add(blocks)
        if index.size - self.size < len(parts) * _SMALL:
            parts = [b"".join(parts)]
        try:
            _write(self._fd, parts)
        except OSError:
            self._abandon()
            raise
        self.size = index.size

    def has_room(self, size: int) -> bool:
        index = self._load()
        return self.size + len(index.records) < size and len(index.streams) < MAX_STREAMS

    def is_deleted(self) -> bool:
        return os.fstat(self._fd).st_nlink == 0

    def seal(self) -> None:
        """Nothing more is appended, and the index is in its file, or in memory if that fails."""
        index = self._load()
        self.close()
        if self._save(index):
            index.records = bytearray()

    def close(self) -> None:
        os.close(self._fd)
        self._fd = -1

    def last(self, lines: int, wanted: Wanted, since_ns: int) -> list[Block]:
        """The last blocks that have so many wanted lines. Raises OSError."""
        index = self._load()
        numbers = index.numbers(wanted)
        if numbers == set() or index.last_ns < since_ns:
            return []
        chosen: list[Record] = []
        for record in newest_first(self._records(), numbers):
            if record[0] >= since_ns:
                chosen.append(record)
                lines -= record[4]
                if lines <= 0:
                    break
        return self._blocks(chosen[::-1])

    def search(self, text: bytes, wanted: Wanted, since_ns: int) -> Iterator[list[Block]]:
        """The wanted lines with this text in them, a window at a time, the newest window first."""
        index = self._load()
        numbers = index.numbers(wanted)
        if numbers == set() or index.last_ns < since_ns:
            return
        search = Search(text, numbers, since_ns)
        records, streams = self._records(), list(index.streams)
        fd = os.open(self._log, _READ)
        try:
            end = len(records) // RECORD.size
            while end:
                span = window(records, end)
                end = span[0]
                if search.is_over(records, span):
                    continue
                begin = record_at(records, span[0])[5]
                size = body_end(record_at(records, span[-1])) - begin
                found = search.lines(os.pread(fd, size, begin), records, span)
                yield [_joined(record, lines, streams) for record, lines in found.items()]
        finally:
            os.close(fd)

    @property
    def _log(self) -> str:
        return self.stem + ".log"

    @property
    def _idx(self) -> str:
        return self.stem + ".idx"

    def _load(self) -> Index:
        if self._index is None:
            self._index = self._from_file() or self._from_data()
        return self._index

    def _from_file(self) -> Index | None:
        try:
            end = _read(self._idx, max(0, self.index_size - SUMMARY_SIZE))
        except FileNotFoundError:
            return None
        index = unpacked(end)
        if index is None:
            self._complain(self._idx, "is damaged and was made again")
        elif index.file_size != self.size:
            return None  # the segment grew, and then the emulator was killed
        return index

    def _from_data(self) -> Index:
        index, damaged = scanned(_read(self._log, 0))
        if damaged and not index.size:
            os.replace(self._log, self._log + ".damaged")
            self._complain(self._log, "is not a log segment; it has .damaged added to its name")
            return index
        if damaged:
            self._complain(self._log, f"is damaged at byte {index.size}; the rest is not shown")
        self._save(index)
        return index

    def _save(self, index: Index) -> bool:
        """Whether the index is in its file; if not, the next start makes it from the data.

        Written beside it and renamed: half an index after a kill would look like damage.
        """
        index.file_size = self.size
        data = index.packed()
        beside = self.stem + ".tmp"
        try:
            fd = os.open(beside, _REPLACE, 0o600)
            try:
                _write(fd, [data])
            finally:
                os.close(fd)
            os.replace(beside, self._idx)
        except OSError:
            delete(beside)
            delete(self._idx)
            return False
        self.index_size = len(data)
        return True

    def _records(self) -> bytes:
        index = self._load()
        if index.records or not index.records_size:
            return bytes(index.records)
        with suppress(FileNotFoundError):
            records = _read(self._idx, 0)[: index.records_size]
            if index.are_records(records):
                return records
            self._complain(self._idx, "is damaged and was made again")
        self._index = self._from_data()
        return bytes(self._index.records)

    def _blocks(self, records: list[Record]) -> list[Block]:
        """Those blocks, of which neighbours are read together."""
        streams = list(self._load().streams)
        blocks: list[Block] = []
        fd = os.open(self._log, _READ)
        try:
            for run in runs(records):
                begin = run[0][5]
                data = os.pread(fd, body_end(run[-1]) - begin, begin)
                for record in run:
                    block = self._block(data, record, begin, streams)
                    if block:
                        blocks.append(block)
        finally:
            os.close(fd)
        return blocks

    def _block(self, data: bytes, record: Record, base: int, streams: list[Stream]) -> Block | None:
        body = data[body_start(record) - base : body_end(record) - base]
        is_whole = len(body) == record[3] and body.endswith(b"\n")
        if is_whole and data.startswith(header_start(record), record[5] - base):
            return Block(record[0], streams[record[1]], body, record[4])
        if not self._told:
            self._told = True
            self._complain(self._log, f"is damaged at byte {record[5]}; some is not shown")
        return None

    def _abandon(self) -> None:
        """What was written of the last blocks is taken back, where that can be done."""
        with suppress(OSError):
            os.ftruncate(self._fd, self.size)
        self.close()
        self._index = None
        if not self.size:
            delete(self._log)

    def _complain(self, path: str, what: str) -> None:
        self._tell(f"Log history: {path} {what}")


def delete(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def _joined(record: Record, lines: list[bytes], streams: list[Stream]) -> Block:
    return Block(record[0], streams[record[1]], b"".join(lines), len(lines))


def _read(path: str, start: int) -> bytes:
    fd = os.open(path, _READ)
    try:
        size = os.fstat(fd).st_size
        return os.pread(fd, size - start, start) if size > start else b""
    finally:
        os.close(fd)


def _write(fd: int, parts: list[bytes]) -> None:
    """All parts are written. Raises OSError, and some may be."""
    for first in range(0, len(parts), _IOVECS):
        buffers: list[bytes | memoryview] = list(parts[first : first + _IOVECS])
        while buffers:
            written = os.writev(fd, buffers)
            while buffers and written >= len(buffers[0]):
                written -= len(buffers.pop(0))
            if written:
                buffers[0] = memoryview(buffers[0])[written:]

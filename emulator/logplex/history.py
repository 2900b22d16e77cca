"""All that was logged and still fits: the segments of one folder, oldest first.

Nothing here raises OSError: a disk that is full or gone is told once, the newest blocks stay in
memory, and writing is tried again from time to time until it works.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from threading import Thread

from emulator.logplex.block import Block, newest
from emulator.logplex.ring import Ring
from emulator.logplex.segment import Segment, delete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.logplex.segment import Wanted

LIMIT = 256 * 1024 * 1024
SEGMENT_BYTES = 16 * 1024 * 1024
"""Deleting more than that at a time stalls whoever waits for the file system."""
RETRY_SECONDS = 5.0
_LOOK_SECONDS = 1.0


class History:
    """`tell` gets one sentence for each thing that went wrong, or works again.

    Times are monotonic seconds, passed in; `limit_bytes` bounds what lies on the disk.
    """

    def __init__(
        self, directory: str, tell: Callable[[str], object], limit_bytes: int = LIMIT
    ) -> None:
        self._directory = directory
        self._tell = tell
        self._limit = limit_bytes
        self._segment_bytes = min(SEGMENT_BYTES, limit_bytes // 8)
        self._segments: list[Segment] = []
        self._active: Segment | None = None
        self._next = 0
        """The number of the next segment; 0 if the folder could not be read yet."""
        self._ring = Ring()
        self.problem = ""
        """Why nothing can be stored for now."""
        self._retry_at = 0.0
        self._look_at = 0.0
        try:
            self._open()
        except OSError as error:
            self._fail(error)

    def append(self, blocks: list[Block], now: float) -> None:
        """The blocks are stored; if that cannot be, they are kept in memory for now."""
        if not blocks:
            return
        if self.problem:
            self._ring.extend(blocks)
            if now < self._retry_at:
                return
            blocks = list(self._ring.blocks)
        self._store(blocks, now)

    def last(self, lines: int, wanted: Wanted = None, since_ns: int = 0) -> list[Block]:
        """The last wanted lines, in the order in which they came."""
        kept = [b for b in self._ring.blocks if _is_wanted(b, wanted, since_ns)]
        parts, left = [kept], lines - sum(block.lines for block in kept)
        for segment in self._segments[::-1]:
            if left <= 0:
                break
            with self._reading(segment):
                parts.append(segment.last(left, wanted, since_ns))
                left -= sum(block.lines for block in parts[-1])
        return newest([block for part in reversed(parts) for block in part], lines)

    def search(
        self, text: bytes, lines: int, wanted: Wanted = None, since_ns: int = 0
    ) -> Iterator[list[Block]]:
        """The last wanted lines with this text in them, in parts: the newest part comes first.

        Every step takes about 0.1 ms and may find nothing, so that a loop can do other things
        between two steps. The text is not empty and has no line end.
        """
        for part in self._found(text, wanted, since_ns):
            yield newest(part, lines)
            lines -= sum(block.lines for block in part)
            if lines <= 0:
                return

    def close(self) -> None:
        """The history is complete on the disk, as far as it can be written."""
        if self._ring.blocks:
            self._store(list(self._ring.blocks), self._retry_at)
        if self._active:
            self._active.seal()
            self._active = None

    def _found(self, text: bytes, wanted: Wanted, since_ns: int) -> Iterator[list[Block]]:
        kept = [b for b in self._ring.blocks if _is_wanted(b, wanted, since_ns)]
        yield [match for block in kept for match in block.matching(text)]
        for segment in self._segments[::-1]:
            with self._reading(segment):
                yield from segment.search(text, wanted, since_ns)

    @contextmanager
    def _reading(self, segment: Segment) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:  # somebody tidied up
            with suppress(ValueError):
                self._segments.remove(segment)
        except OSError as error:
            self._tell(f"Log history: cannot read {error.filename or segment.stem}: {error}")

    def _open(self) -> None:
        os.makedirs(self._directory, 0o700, exist_ok=True)
        if not stat.S_ISDIR(os.lstat(self._directory).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), self._directory)
        os.chmod(self._directory, 0o700)
        with os.scandir(self._directory) as entries:
            sizes = {e.name: e.stat(follow_symlinks=False).st_size for e in entries}
        logs = sorted(n for n in sizes if n.endswith(".log") and n[:-4].isdigit() and sizes[n])
        for name in logs:
            index_size = sizes.pop(name[:-4] + ".idx", 0)
            self._segments.append(
                Segment(self._path(name[:-4]), self._tell, sizes.pop(name), index_size)
            )
        self._next = max([int(name[:-4]) for name in logs], default=0) + 1
        useless = [n for n in sizes if n[:-4].isdigit() and n.endswith((".log", ".idx", ".tmp"))]
        _delete([self._path(name) for name in useless])
        self._prune()

    def _store(self, blocks: list[Block], now: float) -> None:
        try:
            self._writable(now).append(blocks)
        except OSError as error:
            self._retry_at = now + RETRY_SECONDS
            self._drop_active()
            if not self.problem:
                self._ring.extend(blocks)
                self._fail(error)
            return
        if self.problem:
            self.problem = ""
            self._tell(". ".join(filter(None, ("Log history: writing again", self._ring.clear()))))

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def _writable(self, now: float) -> Segment:
        """A segment that can be appended to. Raises OSError."""
        if not self._next:
            self._open()
        if self._active and now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            if self._active.is_deleted():
                self._active.close()
                self._segments.remove(self._active)
                self._active = None
        if self._active and not self._active.has_room(self._segment_bytes):
            self._active.seal()
            self._active = None
        self._active = self._active or self._resumed() or self._created()
        return self._active

    def _resumed(self) -> Segment | None:
        """The last segment, if it is small: short runs shall not leave a file each."""
        last = self._segments[-1] if self._segments else None
        with suppress(FileNotFoundError):
            if last and last.has_room(self._segment_bytes // 4) and last.resume():
                return last
        return None

    def _created(self) -> Segment:
        with suppress(FileExistsError):  # the app's state folder is not made again, if that is gone
            os.mkdir(self._directory, 0o700)
        segment = Segment(self._path(f"{self._next:08d}"), self._tell)
        self._next += 1
        segment.create()
        self._segments.append(segment)
        self._prune()
        return segment

    def _prune(self) -> None:
        """With one more full segment the limit is not exceeded; the oldest ones made room."""
        size = sum(segment.size + segment.index_size for segment in self._segments)
        doomed: list[str] = []
        while size + self._segment_bytes > self._limit and len(self._segments) > 1:
            oldest = self._segments.pop(0)
            size -= oldest.size + oldest.index_size
            doomed += oldest.stem + ".log", oldest.stem + ".idx"
        if doomed:
            Thread(target=_delete, args=(doomed,), daemon=True).start()

    def _drop_active(self) -> None:
        if self._active and not self._active.size:
            self._segments.remove(self._active)
        self._active = None

    def _fail(self, error: OSError) -> None:
        self.problem = f"cannot write to {error.filename or self._directory}: {error.strerror}"
        self._tell(
            f"Log history: {self.problem}; the newest lines are kept in memory, and writing is"
            f" tried again every {RETRY_SECONDS:.0f} seconds"
        )


def _is_wanted(block: Block, wanted: Wanted, since_ns: int) -> bool:
    return block.at_ns >= since_ns and (wanted is None or wanted(block.stream))


def _delete(paths: list[str]) -> None:
    for path in paths:
        delete(path)

"""Drains of our own: into a file, or into a folder of compressed segments, one for each hour."""

from __future__ import annotations

import errno
import os
import stat
import zlib
from time import gmtime, strftime

from emulator.logplex import frame
from emulator.logplex.outlet import Torn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from emulator.logplex.backlog import Batch
    from emulator.logplex.block import Block, Stream

_OPEN = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_GZIP = 16 + zlib.MAX_WBITS
RETRY_SECONDS = 5.0


class FileOutlet:
    """Lines as `logs` shows them. The file is opened for each batch, so it may be rotated."""

    batch_bytes = 256 * 1024
    tries = 1
    patience = 0.0

    def __init__(self, path: str) -> None:
        self._path = path

    def framed(self, block: Block) -> bytes:
        return frame.plain(block)

    def overhead(self, stream: Stream) -> int:
        return frame.overhead(stream, frame.HTTPS)

    def delay(self, failures: int, luck: float) -> float:
        return RETRY_SECONDS

    def connect(self) -> None:
        """The file can be written to. Raises OSError."""
        os.close(_opened(self._path))

    def send(self, batch: Batch) -> None:
        """The batch is in the file. Raises Torn, and only whole lines are."""
        _append(self._path, batch, batch.body)

    def close(self) -> None:
        pass


class ArchiveOutlet(FileOutlet):
    """DAY/HOUR.log.gz, in UTC, where batches wait a little: the larger, the smaller they get.

    Each batch is a gzip member of its own, written at once, so a kill tears none.
    """

    batch_bytes = 1024 * 1024
    patience = 1.0

    def connect(self) -> None:
        """The folder of the day is there. Raises OSError."""
        os.makedirs(os.path.dirname(self._segment()), 0o700, exist_ok=True)

    def send(self, batch: Batch) -> None:
        packer = zlib.compressobj(wbits=_GZIP)
        data = packer.compress(batch.body) + packer.flush()
        try:
            _append(self._segment(), batch, data)
        except Torn as error:
            raise Torn(error, 0) from None

    def _segment(self) -> str:
        return os.path.join(self._path, strftime("%Y-%m-%d/%H.log.gz", gmtime()))


def _opened(path: str) -> int:
    fd = os.open(path, _OPEN, 0o600)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "is not a plain file", path)
    return fd


def _append(path: str, batch: Batch, data: bytes) -> None:
    """All of it is in the file, or, where it fits no more, none. Raises Torn."""
    begin, fd = 0, -1
    try:
        fd = _opened(path)
        begin = os.fstat(fd).st_size
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
    except OSError as error:
        if fd >= 0:
            os.ftruncate(fd, begin)
        raise Torn(error, 0) from None
    finally:
        if fd >= 0:
            os.close(fd)

"""A disk that fails: stands in for the os module of a module under test."""

from __future__ import annotations

import errno
import os


class Disk:
    """os, but the call number `fails_at` (from 1) of these functions raises, and so on after it."""

    COUNTED = ("open", "writev", "pread", "fstat", "ftruncate", "makedirs", "scandir", "unlink")

    def __init__(self, code: int = errno.ENOSPC, fails_at: int = 0, lasts: int = 1) -> None:
        self.code = code
        self.fails_at = fails_at
        self.lasts = lasts
        self.calls = 0

    def __getattr__(self, name: str) -> object:
        real = getattr(os, name)
        if name not in self.COUNTED:
            return real

        def call(*args: object, **options: object) -> object:
            self.calls += 1
            if self.fails_at <= self.calls < self.fails_at + self.lasts:
                if name == "writev":
                    os.write(args[0], bytes(args[1][0])[:30])  # a torn write
                raise OSError(self.code, os.strerror(self.code))
            return real(*args, **options)

        return call


class Full(Disk):
    """os, but no data can be written while `full`."""

    def __init__(self, code: int = errno.ENOSPC) -> None:
        super().__init__(code)
        self.full = False

    def writev(self, fd: int, buffers: list[bytes]) -> int:
        if self.full:
            raise OSError(self.code, os.strerror(self.code))
        return os.writev(fd, buffers)

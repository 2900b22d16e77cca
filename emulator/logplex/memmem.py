"""Whether a text occurs in bytes, by the C library's search where it is the faster one.

glibc's takes 0.06 to 0.3 s for a gigabyte of log, where bytes.find takes 0.4 to 0.9.
"""

from __future__ import annotations

import sys
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Contains = Callable[[bytes, bytes], bool]


@cache
def contains() -> Contains:
    """The function that says so."""
    if sys.platform == "linux":
        try:
            return _of_libc()
        except (ImportError, OSError, AttributeError):
            pass  # a Python without ctypes, or a libc without memmem
    return bytes.__contains__


def _of_libc() -> Contains:
    from ctypes import CDLL, c_char_p, c_size_t, c_void_p

    memmem = CDLL(None).memmem
    memmem.argtypes = (c_char_p, c_size_t, c_char_p, c_size_t)
    memmem.restype = c_void_p
    return lambda data, text: memmem(data, len(data), text, len(text)) is not None

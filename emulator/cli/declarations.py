"""The project's own add-on services, as its file has them at the moment."""

from __future__ import annotations

import os
import re
import tomllib

from emulator.addon import declared
from emulator.app.text import decode
from emulator.errors import UserError
from emulator.runtime.files import no_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.addon.catalog import Service


class CannotRead(UserError):
    """{path}: {reason}"""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path=path, reason=reason)


class NotToml(UserError):
    """{message}"""


PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)")
"""Source: Python, tomllib; its errors have no fields before 3.14."""


def read(dir: str) -> Mapping[str, Service]:
    """Those of the catalog and those that the project declares. Raises UserError."""
    path = os.path.join(dir, declared.FILE)
    try:
        with open(path, "rb", opener=no_pipe) as file:
            data = file.read()
    except FileNotFoundError:
        return declared.services({})
    except OSError as error:
        raise CannotRead(path, error.strerror or str(error)) from None
    return declared.services(_document(data))


def _document(data: bytes) -> Mapping[str, object]:
    text, _ = decode(data, declared.FILE, NotToml)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        found = PLACE.fullmatch(str(error))
        reason, line, column = found.groups() if found else (error, None, None)
        place = f"{line}:{column}" if line else text.rstrip().count("\n") + 1
        raise NotToml(f"{declared.FILE}:{place}: not TOML: {reason}") from None
    except RecursionError:
        raise NotToml(f"{declared.FILE}: TOML nested too deep") from None

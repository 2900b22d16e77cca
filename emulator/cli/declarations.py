"""The project's own add-on services, as its file has them at the moment."""

from __future__ import annotations

import os
import tomllib

from emulator.addon import declared
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


def read(dir: str) -> Mapping[str, Service]:
    """Those of the catalog and those that the project declares. Raises UserError."""
    path = os.path.join(dir, declared.FILE)
    try:
        with open(path, "rb", opener=no_pipe) as file:
            return declared.services(tomllib.load(file))
    except FileNotFoundError:
        return declared.services({})
    except OSError as error:
        raise CannotRead(path, error.strerror or str(error)) from None
    except ValueError as error:
        raise CannotRead(path, str(error)) from None

"""A one-off without an emulator: the same command, in the same environment, in this process."""

from __future__ import annotations

import os

from emulator.app import config_vars, procfile
from emulator.cli.output import warn
from emulator.dyno.ports import free_ports
from emulator.dyno.program import shell
from emulator.runtime.files import no_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

DYNO = "run.1"


def run_alone(dir: str, command: str, extra: Mapping[str, str]) -> NoReturn:
    """This process has become the command, with the app's config vars and process types."""
    os.chdir(dir)
    port = next(free_ports(int.from_bytes(os.urandom(2), "big") / 65536))
    env = config_vars.environment(os.environ, _config(), extra, DYNO, port)
    line = _substituted(command)
    if os.path.exists(".profile"):
        line = f". ./.profile\n{line}"
    _restore_signals()
    os.execve(shell(), ["bash", "-c", line], env)


def _config() -> dict[str, str]:
    data = _read(".env")
    if data is None:
        return {}
    file = config_vars.parse(data, ".env")
    for notice in file.notices:
        warn(notice)
    return file.values


def _substituted(command: str) -> str:
    """A process type's name stands for its command; what follows are arguments more.

    Source: Dev Center, one-off-dynos, "Running tasks with a process type".
    """
    name, blank, arguments = command.partition(" ")
    data = _read("Procfile")
    types = procfile.parse(data, "Procfile") if data is not None else None
    return f"{(types and types.command(name)) or name}{blank}{arguments}"


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb", opener=no_pipe) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _restore_signals() -> None:
    """Python ignores SIGPIPE and SIGXFSZ, and what is ignored stays so in the command."""
    import signal

    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)

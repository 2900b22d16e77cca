"""Config vars: what `.env` files set, what a dyno could not be given, the environment it sees."""

from __future__ import annotations

from emulator.app.dotenv import bad_name, settings
from emulator.app.text import decode, shown
from emulator.errors import EnvFileError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_BYTES = 64 * 1024
"""All names and values of an app together. Source: Dev Center, config-vars."""

MOST_BYTES_OF_ONE = 128 * 1024
"""`NAME=value` and its NUL, as Linux passes it to a new process (MAX_ARG_STRLEN)."""

PLATFORM_DEFAULTS = {"PYTHONUNBUFFERED": "true"}
"""Source: heroku-buildpack-python, which exports it to every dyno."""


class ConfigVar(Fact):
    """A name, its value, and the place where it was set."""

    name: str
    value: str
    path: str
    line: int


class EnvFile(Fact):
    """The config vars of a `.env` file, each name once, and what was odd about it."""

    vars: tuple[ConfigVar, ...]
    notices: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """Name to value."""
        return {var.name: var.value for var in self.vars}


def parse(data: bytes, path: str) -> EnvFile:
    """The config vars that the bytes of a `.env` file set; `path` is how messages call it.

    Raises EnvFileError for what could only be guessed at or no dyno could be given.
    """
    text, odd = decode(data, path, EnvFileError)
    notices = list(odd)
    vars: dict[str, ConfigVar] = {}
    for setting in settings(text, path):
        place, name, value = f"{path}:{setting.line}", setting.name, setting.value
        notices += [f"{place}: {oddity}" for oddity in setting.oddities]
        if name is None:
            continue
        if reason := fault(name, value):
            raise EnvFileError(f"{place}: {reason}")
        if remark := _remark(name, value):
            notices.append(f"{place}: {remark}")
        if name in vars:
            notices.append(f"{place}: {name} replaces the one on line {vars[name].line}")
        if name != "DYNO":
            vars[name] = ConfigVar(name, value, path, setting.line)
    return EnvFile(tuple(vars.values()), tuple(notices))


def merge(files: Iterable[EnvFile]) -> EnvFile:
    """One EnvFile of several: where two set the same name the later file wins."""
    vars: dict[str, ConfigVar] = {}
    notices: tuple[str, ...] = ()
    for file in files:
        vars.update((var.name, var) for var in file.vars)
        notices += file.notices
    return EnvFile(tuple(vars.values()), notices)


def check(config: Mapping[str, str]) -> tuple[str, ...]:
    """A notice if Heroku would not take so much; EnvFileError if a dyno could not be given it."""
    for name, value in config.items():
        if reason := fault(name, value):
            raise EnvFileError(reason)
    taken = size(config)
    if taken <= MOST_BYTES:
        return ()
    return (f"config vars take {taken} bytes; Heroku allows an app {MOST_BYTES} (64 KB)",)


def size(config: Mapping[str, str]) -> int:
    """Bytes of all names and values."""
    return sum(len(name) + len(value.encode()) for name, value in config.items())


def fault(name: str, value: str) -> str:
    """Why no dyno can be given this config var, or an empty string."""
    if reason := bad_name(name):
        return reason
    if "\0" in value:
        return f"config var {name} has a NUL character"
    try:
        size = len(name) + len(value.encode()) + len("=\0")
    except UnicodeEncodeError:
        return f"config var {name} has half of a surrogate pair, which is not text"
    if size > MOST_BYTES_OF_ONE:
        return f"config var {name} is larger than the system allows (128 kB)"
    if name == "PORT" and not _is_port(value):
        return f"PORT must be a number from 1 to 65535, not {shown(value)}"
    return ""


def environment(
    inherited: Mapping[str, str],
    config: Mapping[str, str],
    extra: Mapping[str, str],
    dyno: str,
    port: int | None,
) -> dict[str, str]:
    """The environment of a dyno. Each wins over those before it: the caller's own, the platform's
    defaults, config vars, PORT, `run -e`, then DYNO.

    A config var PORT never reaches a dyno as such: it is where the app is reached, as users of
    foreman and `heroku local` expect, so the router's port, or without one that of web.1.
    """
    caller = {k: v for k, v in inherited.items() if not k.startswith("HK_LOCAL")}
    ports = {} if port is None else {"PORT": str(port)}
    return {**caller, **PLATFORM_DEFAULTS, **config, **ports, **extra, "DYNO": dyno}


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 5 and 1 <= int(value) <= 65535


def _remark(name: str, value: str) -> str:
    if name == "DYNO":
        return "DYNO is the platform's to set; line skipped"
    if name == "PORT":
        return f"PORT={value} is the app's port; each dyno has a free one of its own"
    if name.startswith(("HEROKU_", "__")):
        return f"Heroku keeps names such as {name} for itself; here it is set"
    return ""

"""Add-on services that the project itself declares, in `hk-local.toml`.

[addons.memcachier]
command = "exec memcached -l 127.0.0.1 -p $PORT"
ready = "..."                    # a command that succeeds once it is; else: the port is open
config = { MEMCACHIER_SERVERS = "127.0.0.1:$PORT" }
"""

from __future__ import annotations

from emulator.app.text import shown
from emulator.errors import UserError

from .catalog import ALIASES, SERVICES, Plan, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "hk-local.toml"
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
NAME = LETTERS | frozenset("0123456789-")
VARIABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
KEYS = ("command", "ready", "config")
DECLARED_PLAN = "local"


class DeclarationError(UserError):
    """hk-local.toml, addons{place}: {problem}"""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place=place, problem=problem)


def services(document: Mapping[str, object]) -> dict[str, Service]:
    """Ours and those that the file declares. Raises DeclarationError."""
    for key in document:
        if key != "addons":
            raise UserError(
                f"{FILE}: {shown(key)}: expected tables such as [addons.memcachier] only"
            )
    tables = document.get("addons", {})
    if not isinstance(tables, dict):
        raise DeclarationError("", "expected tables such as [addons.memcachier]")
    return {**SERVICES, **{name: _service(name, table) for name, table in tables.items()}}


def _service(name: str, table: object) -> Service:
    if set(name) - NAME or name[:1] not in LETTERS:
        raise DeclarationError(f".{name}", "a name has lower case letters, digits and dashes")
    if name in SERVICES or name in ALIASES:
        raise DeclarationError(f".{name}", "that service is there already; choose another name")
    if not isinstance(table, dict):
        raise DeclarationError(f".{name}", "expected a table with command and config")
    for key in table:
        if key not in KEYS:
            raise DeclarationError(f".{name}.{key}", f"expected one of {', '.join(KEYS)}")
    command = _text(name, "command", table.get("command", ""))
    if not command:
        raise DeclarationError(f".{name}", "expected a command that runs the server")
    prefix = name.upper().replace("-", "_")
    return Service(
        name,
        name,
        name,
        prefix,
        {DECLARED_PLAN: Plan(DECLARED_PLAN, DECLARED_PLAN)},
        _template(name, prefix, table.get("config", {})),
        command=command,
        ready=_text(name, "ready", table.get("ready", "")),
    )


def _text(name: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise DeclarationError(f".{name}.{key}", "expected a text")
    return value


def _template(name: str, prefix: str, config: object) -> str:
    if not isinstance(config, dict) or not config:
        raise DeclarationError(f".{name}.config", f'expected such as {{ {prefix}_URL = "..." }}')
    lines = []
    for variable, value in config.items():
        suffix = variable.removeprefix(f"{prefix}_")
        if suffix == variable or not suffix or set(suffix) - VARIABLE:
            raise DeclarationError(
                f".{name}.config.{variable}", f"its name has to begin with {prefix}_"
            )
        text = _text(name, f"config.{variable}", value)
        if not text.isprintable():
            raise DeclarationError(f".{name}.config.{variable}", "expected one line of text")
        lines.append(f"{suffix}={text}")
    return "\n".join(lines)

"""What the argument of an option, or a word without one, can be completed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.dyno.size import SIZES

if TYPE_CHECKING:
    from emulator.cli.generator.outline import Command, Parameter

NOTHING = ""
DYNOS, TYPES, QUANTITIES, TARGETS = "dynos", "types", "quantities", "targets"
FILES, FOLDERS, COMMANDS = "files", "folders", "commands"

BY_METAVAR = {
    "DYNO": DYNOS,
    "[DYNO]": DYNOS,
    "TYPE": TYPES,
    "[TYPE]...": TYPES,
    "[TYPE[=N]]...": TYPES,
    "TYPE,...": TYPES,
    "[TYPE=N[:SIZE]]...": QUANTITIES,
    "web=2,worker=0": QUANTITIES,
    "[DYNO | TYPE]": TARGETS,
    "FILE": FILES,
    "DIR": FOLDERS,
    "COMMAND...": COMMANDS,
    "[COMMAND]...": COMMANDS,
    "DYNO COMMAND...": DYNOS,
    "[WORDS]...": NOTHING,
    "SIZE": ",".join(SIZES),
    "[SIZE | TYPE=SIZE...]": ",".join(SIZES),
    "SOURCE": "app,heroku",
    "A=1;B=2": NOTHING,
    "NAME": NOTHING,
    "[NAME]": NOTHING,
    "NAME...": NOTHING,
    "NAME=VALUE...": NOTHING,
    "PORT": NOTHING,
    "ADDRESS": "0.0.0.0,127.0.0.1",
    "LINES": NOTHING,
    "MB": NOTHING,
    "N": NOTHING,
    "10m": NOTHING,
    "TEXT": NOTHING,
    "TIME": NOTHING,
    "JOB": NOTHING,
    "URL": NOTHING,
    "[RELEASE]": NOTHING,
    "URL | TOKEN": NOTHING,
    "FEATURE": "preboot,http-session-affinity",
    "HOSTNAME": NOTHING,
    "[PATH]": NOTHING,
    "ADDON": NOTHING,
    "[ADDON]": NOTHING,
    "ADDON | SERVICE": "heroku-redis,heroku-postgresql",
    "ATTACHMENT": NOTHING,
    "APP": NOTHING,
    "ADDON PLAN": NOTHING,
    "DATABASE": NOTHING,
    "[DATABASE]": NOTHING,
    "SERVICE": "heroku-redis,heroku-postgresql",
    "SERVICE[:PLAN]": "heroku-redis,heroku-postgresql,scheduler",
    "SQL": NOTHING,
}
"""Any other want is a list of words, with commas between them."""


def want(param: Parameter | None) -> str:
    """A key of what the scripts know to complete."""
    if param is None:
        return NOTHING
    return ",".join(param.limits[0]) if param.kind == "choice" else BY_METAVAR[param.metavar]


def shown_options(command: Command) -> list[Parameter]:
    """Those that are offered; others are understood, too."""
    return [option for option in command.options if not option.hidden]


def takes_value(option: Parameter) -> bool:
    return option.kind != "flag"

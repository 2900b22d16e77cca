"""The process of one build: code in, a slug out. What it prints the deployer sees as it comes.

It is a process of its own, supervised like a dyno: whatever its code does, the emulator neither
waits for it nor shares a thread with it, and nothing of it outlives the emulator.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from json import dumps, loads

from emulator.app import procfile
from emulator.dyno.warden.copying import discard
from emulator.errors import UserError

from . import commit, slugignore, slugs, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MIB = 1024 * 1024
STACK = "heroku-24"
MOST_MB = 500
"""Compressed. Source: Dev Center, limits, slug size."""
RESULT = "result"
ALONE = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
"""For a commit: what the user has set up for their own work tree has no say in it."""
REJECTED = 1
NO_MODULE = (
    " !     {path} is a submodule whose files are not here, so the slug is without it;\n"
    "       git submodule update --init --recursive, then try again"
)
NEGATED = " !     .slugignore: {patterns} skipped; as on Heroku, nothing is taken back with a !"


class NoProcfile(UserError):
    """No Procfile in {what}; each of its lines names a process type and its command, such as
    'web: npm start'. On Heroku a buildpack may have a default one, hk-local has not. If the app is
    in a folder of its repository: hk-local deploy, or git subtree push --prefix FOLDER hk-local
    main"""

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


class BuildFailed(UserError):
    """bin/build failed with status {status}"""

    def __init__(self, status: int) -> None:
        super().__init__(status=status)


class Order:
    """What to build, as the emulator has it in JSON.

    `slugs` is the folder of all slugs, `last` the current one, `kept` those that are needed;
    `commit` of the repository `git_dir` or, if there is none, `folder` as it is now; `hidden` the
    variables that only git is to see; `cache` is kept from one build to the next.
    """

    def __init__(self, text: str) -> None:
        given = loads(text)
        self.slugs: str = given["slugs"]
        self.last: str = given["last"]
        self.kept: list[str] = given["kept"]
        self.folder: str = given["folder"]
        self.commit: str = given["commit"]
        self.git_dir: str = given["git_dir"]
        self.git_env: Mapping[str, str] = given["git_env"]
        self.cache: str = given["cache"]


def main() -> None:
    """The slug is there and the result says which; else the reason was printed, the status is 1."""
    sys.stdout.reconfigure(line_buffering=True, errors="replace")  # type: ignore[union-attr] # a file
    order = Order(sys.argv[1])
    try:
        result = build(order, os.environ, say)
    except UserError as error:
        say(f" !     {error}")
        raise SystemExit(REJECTED) from None
    except OSError as error:
        say(f" !     {error.filename or 'the slug'}: {error.strerror}")
        raise SystemExit(REJECTED) from None
    with open(os.path.join(order.slugs, f"{RESULT}.new"), "w", encoding="utf-8") as file:
        file.write(dumps(result))
    os.rename(os.path.join(order.slugs, f"{RESULT}.new"), os.path.join(order.slugs, RESULT))


def say(line: str = "") -> None:
    """A line for the deployer."""
    print(line)


def build(order: Order, env: Mapping[str, str], say: Callable[[str], None]) -> dict[str, object]:
    """The slug that came of the code and the process types of its Procfile."""
    os.makedirs(order.slugs, 0o700, exist_ok=True)
    slugs.prune(order.slugs, {order.last, *order.kept})
    target = os.path.join(order.slugs, "new")
    try:
        what, blobs, shared = lay_out(order, target, say)
        run_build(target, order, env, say)
        types = read_procfile(target, what)
        say("-----> Discovering process types")
        say(f"       Procfile declares types -> {', '.join(types)}")
        slug, count, size = slugs.seal(target, order.slugs, order.last, shared)
    except (UserError, OSError):
        discard(target)  # the disk may be full of it
        raise
    if blobs:
        commit.remember(blobs, order.slugs, slug)
    slugs.note_sizes(order.slugs, slug, size, order.git_dir)
    say(f"-----> Slug {slug[:8]}: {count} files, {size / MIB:.1f}M")
    if size > MOST_MB * MIB:
        say(f" !     Heroku takes no slug of more than {MOST_MB} MB compressed")
    return {"slug": slug, "types": types, "size": size}


def lay_out(
    order: Order, target: str, say: Callable[[str], None]
) -> tuple[str, commit.Blobs, set[str]]:
    """The code is in the folder `target`; what it is, for a message; of a commit also what it has,
    and which of its files are those of the last slug."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    if order.commit:
        say(f"-----> Building commit {order.commit[:8]}")
        given = {**env, **ALONE, **order.git_env}
        pushed = commit.Commit(order.git_dir, order.commit, given, order.folder)
        found = pushed.lay_out(target, order.slugs, order.last)
        ignored = ignored_by(target, say)
        remove_ignored(target, ignored)
        tell_missing(pushed.missing, ignored, say)
        return f"commit {order.commit[:8]}", *found
    say(f"-----> Building {order.folder}")
    missing: list[str] = []
    ignored = ignored_by(order.folder, say)
    is_told = tree.from_folder(order.folder, target, env, ignored, missing.append)
    tell_missing(missing, ignored, say)
    if not is_told:
        say("       not a git repository: every file but .env and installed dependencies")
    return order.folder, {}, set()


def tell_missing(
    paths: Iterable[str], is_ignored: Callable[[str], bool], say: Callable[[str], None]
) -> None:
    """The deployer knows which submodules' files are not in the slug, and should be."""
    for path in paths:
        if not is_ignored(f"{path}/"):
            say(NO_MODULE.format(path=path))


def ignored_by(folder: str, say: Callable[[str], None]) -> Callable[[str], bool]:
    """Whether the .slugignore in that folder, if there is one, leaves a path out.

    The deployer knows what in it does nothing. Raises BadPattern.
    """
    try:
        with open(os.path.join(folder, ".slugignore"), encoding="utf-8", errors="replace") as file:
            text = file.read()
    except FileNotFoundError:
        text = ""
    if negated := slugignore.negated(text):
        say(NEGATED.format(patterns=", ".join(negated)))
    return slugignore.parse(text)


def remove_ignored(target: str, is_ignored: Callable[[str], bool]) -> None:
    """What .slugignore leaves out is not there any more. Source: before the build, as on Heroku."""
    for folder, names, files in os.walk(target):
        within = os.path.relpath(folder, target)
        links = [name for name in names if os.path.islink(os.path.join(folder, name))]
        names[:] = [name for name in names if name not in links]
        for name in [*names]:
            path = os.path.normpath(os.path.join(within, name))
            if is_ignored(f"{path}/"):
                names.remove(name)
                shutil.rmtree(os.path.join(folder, name))
        for name in (*files, *links):
            if is_ignored(os.path.normpath(os.path.join(within, name))):
                os.unlink(os.path.join(folder, name))


def run_build(
    target: str, order: Order, env: Mapping[str, str], say: Callable[[str], None]
) -> None:
    """The code's own bin/build has run in it, with the config vars. Raises BuildFailed.

    Like a buildpack's bin/compile it is given the folder and one that is kept for the next build.
    Source: Dev Center, buildpack-api. Departs: there are no buildpacks.
    """
    script = os.path.join(target, "bin", "build")
    if not os.path.isfile(script):
        say("-----> No bin/build: the code is the slug")
        return
    say("-----> Running bin/build")
    os.makedirs(order.cache, 0o700, exist_ok=True)
    own = {"STACK": STACK, "SOURCE_VERSION": order.commit, "PWD": target}
    words = [script] if os.access(script, os.X_OK) else ["/bin/sh", script]
    with subprocess.Popen(
        [*words, target, order.cache],
        cwd=target,
        env={**env, **own},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            say(f"       {line.decode('utf-8', 'replace').rstrip()}")
    if process.returncode:
        raise BuildFailed(process.returncode)


def read_procfile(target: str, what: str) -> dict[str, str]:
    """Commands by process type. Raises NoProcfile, ProcfileError."""
    try:
        with open(os.path.join(target, "Procfile"), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise NoProcfile(what) from None
    return {one.name: one.command for one in procfile.parse(data, "Procfile").types}

"""Which files are code, whose change restarts dynos, and which dynos see to that themselves."""

from __future__ import annotations

from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = frozenset(
    """
    py pyx rb rake ru erb haml slim js mjs cjs jsx ts mts cts tsx coffee vue svelte ejs hbs pug go
    java kt kts scala sbt groovy clj cljs php twig ex exs eex heex leex erl rs cs fs vb swift c cc
    cpp h hpp pl pm lua sh bash jinja jinja2 j2 html graphql gql proto yml yaml toml ini cfg
    """.split()  # noqa: SIM905 - seventy quoted words in a column teach nobody anything
)
"""Of programs, their templates and their settings; data (json, csv, sqlite, logs, pictures) is what
programs write, and would restart its own writer for ever."""

NAMES = ("Gemfile", "Gemfile.lock", "Rakefile", "Makefile", "package.json")

NEVER = (
    *(".git", ".hg", ".svn", ".hk-local", "node_modules", ".venv", "venv", "__pycache__"),
    *("tmp", "log", "logs", "coverage", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
)
"""Folders in which there is no code of the app's."""

RELOADERS = (
    *("--reload", "--watch", "--hot", "nodemon", "runserver", "watchexec", "entr", "air"),
    *("webpack", "vite", "parcel", "reflex", "guard", "rerun", "spring", "livereload"),
    *("dev", "watch"),
)
"""Words of a command that restarts, or reloads, by itself."""
PAIRS = {("rails", "server"), ("rails", "s"), ("run", "--debug")}
"""Two such words: rails reloads with the next request, flask when told to."""


def is_code(path: str) -> bool:
    """Whether a change of the file, whose path is relative to the app's folder, is one of code.

    Editors' own files (`.x.swp`, `#x#`, `x~`) are not.
    """
    *folders, name = path.split("/")
    if any(folder in NEVER for folder in folders) or name[:1] in (".", "#", ""):
        return False
    return name in NAMES or (name.rpartition(".")[2].lower() in SUFFIXES and "." in name)


def reloads_itself(command: str) -> bool:
    """Whether a dyno of that command need not be restarted for new code, by all we can tell."""
    words = [word.rpartition("/")[2] for word in command.replace(":", " ").split()]
    return not PAIRS.isdisjoint(pairwise(words)) or any(word in RELOADERS for word in words)


def plan(blocked: Iterable[str], children: dict[str, list[str]]) -> Iterator[tuple[str, bool]]:
    """The folders to watch, and whether with all that lies below them, so that none is `blocked`.

    Paths are relative to the app's folder, which is ""; `children` has the folders in each folder
    above a blocked one.
    """
    closed = set(blocked)
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        below = children.get(folder)
        yield folder, below is None
        for name in below or ():
            path = f"{folder}/{name}" if folder else name
            if path not in closed:
                waiting.append(path)


def above(paths: Iterable[str]) -> set[str]:
    """Every folder that one of the paths lies in, "" too."""
    found = {""}
    for path in paths:
        while path := path.rpartition("/")[0]:
            found.add(path)
    return found

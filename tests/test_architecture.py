"""The shape of the house: who may import whom, who may touch the world, and how big things get.

A new package needs a row in MAY_IMPORT, a new module that touches the outside world a line in
IMPURE: adding one is a decision, not an accident.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FOUNDATION = ("fact", "errors", "event", "clock")
SIBLINGS = ("app", "dyno", "logplex", "router", "addon")
MAY_IMPORT = {
    "": FOUNDATION,
    "app": FOUNDATION,
    "dyno": (*FOUNDATION, "dyno.warden"),
    "logplex": FOUNDATION,
    "rendezvous": FOUNDATION,
    "router": FOUNDATION,
    "addon": (*FOUNDATION, "app"),
    "build": (*FOUNDATION, "app", "dyno.warden.copying"),
    "runtime": (*FOUNDATION, *SIBLINGS),
    "api": (*FOUNDATION, *SIBLINGS, "runtime"),
    "cli": (*FOUNDATION, *SIBLINGS, "runtime", "api", "rendezvous", "build"),
    "dyno.warden": (),
}
"""By package, what it may import besides itself. Imports go down only, never sideways."""

IMPURE = {
    "addon.binaries",
    "addon.condition",
    "addon.front",
    "addon.premises",
    "addon.wire",
    "build.commit",
    "build.main",
    "build.slugs",
    "build.tree",
    "api.connection",
    "api.courier",
    "api.descriptors",
    "api.door",
    "api.listener",
    "api.loopback",
    "api.peer",
    "api.server",
    "cli",
    "clock",
    "dyno.listening",
    "dyno.descriptors",
    "dyno.ports",
    "dyno.program",
    "dyno.probe",
    "dyno.runner",
    "dyno.sampler",
    "dyno.survivors",
    "dyno.warden",
    "logplex.drain_file",
    "logplex.drain_https",
    "logplex.drain_syslog",
    "logplex.exchange",
    "logplex.history",
    "logplex.intake",
    "logplex.link",
    "logplex.output",
    "logplex.segment",
    "logplex.sink",
    "rendezvous.server",
    "rendezvous.session",
    "rendezvous.terminal",
    "router.backend",
    "router.link",
    "router.listener",
    "router.loop",
    "router.main",
    "router.pool",
    "router.proxy",
    "router.secure",
    "router.stream",
    "router.wire",
    "runtime.files",
    "runtime.folder",
    "runtime.revision",
    "runtime.schema",
    "runtime.source",
    "runtime.store",
    "runtime.watcher",
}
"""Modules, and packages as a whole, that may touch the outside world."""

USES_OS_PATH: set[str] = set()
"""Pure modules that take paths apart with os.path and do nothing else with os."""

OUTSIDE = {
    *("asyncio", "select", "selectors", "socket", "_socket", "ssl", "http", "urllib"),
    *("os", "posix", "fcntl", "mmap", "shutil", "tempfile", "sqlite3", "watchdog"),
    *("subprocess", "_posixsubprocess", "multiprocessing", "threading", "_thread"),
    *("signal", "_signal", "resource", "psutil", "pty", "termios", "tty"),
    *("time", "random", "secrets"),
}
MAY_SLEEP = {
    "tests/real/app.py": "looks again and again until a thing of the real world is true",
    "tests/real/test_kill.py": "kills at random moments",
    "tests/real/test_terminal.py": "is a reader that does not read, and a user who waits",
    "tests/real/recipes/celery_jobs.py": "is a worker's job",
    "tests/real/recipes/rq_jobs.py": "is a worker's job",
    "tests/real/adversaries.py": "its processes are dynos, which have nothing else to do",
}
SLEEPS = {"time.sleep", "asyncio.sleep", "sleep"}
CLOCKS = {"now", "utcnow", "today"}

GENERATED = {"cli.table"}
"""Nobody reads it as text."""

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
NINE_IN_TEN = 25
MEDIAN = 8


class Module:
    """A module of ours, as text and as a tree."""

    def __init__(self, name: str, text: str, is_package: bool = False) -> None:
        self.name = name
        self.text = text
        self.is_package = is_package
        self.lines = text.splitlines()
        self.tree = ast.parse(text)
        self.nodes = list(ast.walk(self.tree))
        self.imports = tuple(self._imports())

    @property
    def package(self) -> str:
        """The package whose rules hold for it."""
        own = self.name if self.is_package else self.name.rpartition(".")[0]
        return own if own in MAY_IMPORT else own.partition(".")[0]

    def _imports(self) -> Iterator[str]:
        """Full names of what it imports: `emulator.event`, `os.path`; names in modules as such."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        above = ["emulator", *self.name.split(".")] if self.name else ["emulator"]
        up = node.level - self.is_package
        base = above[: len(above) - up]
        return ".".join([*base, *([node.module] if node.module else [])])

    def functions(self) -> Iterator[tuple[str, int]]:
        """Every function with its number of lines that are neither blank, comment nor docstring."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{self.name}.{node.name}", self._count(node)

    def _count(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        skipped: set[int] = set()
        for one in ast.walk(node):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                skipped.update(range(one.lineno, (one.end_lineno or one.lineno) + 1))
        rest = set(range(node.lineno, (node.end_lineno or node.lineno) + 1)) - skipped
        return sum(self.lines[n - 1].strip()[:1] not in ("", "#") for n in rest)


def calls_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What is called there, as it is written, if that is a name, of a module perhaps."""
    for call in nodes:
        if isinstance(call, ast.Call):
            match call.func:
                case ast.Name(id=name):
                    yield name
                case ast.Attribute(value=ast.Name(id=module), attr=name):
                    yield f"{module}.{name}"
                case ast.Attribute(attr=name):
                    yield f"?.{name}"


@cache
def modules() -> dict[str, Module]:
    found = {}
    for path in sorted((ROOT / "emulator").rglob("*.py")):
        *above, last = path.relative_to(ROOT / "emulator").with_suffix("").parts
        is_package = last == "__init__"
        name = ".".join(above if is_package else [*above, last])
        found[name] = Module(name, path.read_text(), is_package)
    return found


def within(name: str, places: set[str] | tuple[str, ...]) -> bool:
    """Whether that is one of the modules or lies in one of the packages."""
    return any(name == place or name.startswith(f"{place}.") for place in places)


def ours(imported: str) -> str | None:
    """The module of ours that an import means, without `emulator.`; None if it is not ours."""
    if imported.partition(".")[0] != "emulator":
        return None
    name = imported.partition(".")[2]
    while name not in modules():
        name = name.rpartition(".")[0]
    return name


def test_every_package_has_its_place() -> None:
    packages = {module.package for module in modules().values()}
    assert packages == set(MAY_IMPORT)


def test_imports_go_down_only() -> None:
    wrong = []
    for module in modules().values():
        for imported in module.imports:
            name = ours(imported)
            allowed = MAY_IMPORT[module.package]
            if name and modules()[name].package != module.package and not within(name, allowed):
                wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_the_warden_stands_alone() -> None:
    """It runs isolated beside the emulator, where nothing else of ours can be imported."""
    inside = [module for module in modules().values() if module.package == "dyno.warden"]
    named = {ours(imported) for module in inside for imported in module.imports} - {None}
    assert all(name and within(name, ("dyno.warden",)) for name in named) and len(inside) > 2


@cache
def outside(module: Module) -> list[str]:
    """What it does that a pure module does not."""
    found = [name for name in module.imports if name.partition(".")[0] in OUTSIDE]
    if module.name in USES_OS_PATH:
        found = [name for name in found if not name.startswith("os.path")]
    calls = list(calls_in(module.nodes))
    clocks = [call for call in calls if "." in call and call.rpartition(".")[2] in CLOCKS]
    return [*found, *clocks, *(call for call in calls if call in ("open", "input"))]


def test_only_the_listed_modules_touch_the_outside_world() -> None:
    pure = [module for name, module in modules().items() if not within(name, IMPURE)]
    assert {module.name: outside(module) for module in pure if outside(module)} == {}
    assert len(pure) > 20


def test_the_lists_name_only_what_exists_and_needs_it() -> None:
    for name in IMPURE:
        inside = [module for module in modules().values() if within(module.name, {name})]
        assert any(outside(module) for module in inside), f"{name} is pure: strike it off the list"
    for name in USES_OS_PATH:
        assert any(one.startswith("os.path") for one in modules()[name].imports), name


def test_no_module_is_long() -> None:
    written = {name: one for name, one in modules().items() if name not in GENERATED}
    lengths = {name: len(module.lines) for name, module in written.items()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    found = dict(pair for module in modules().values() for pair in module.functions())
    assert {name: n for name, n in found.items() if n > LONGEST_FUNCTION} == {}
    over = sorted(((n, name) for name, n in found.items() if n > NINE_IN_TEN), reverse=True)
    assert len(over) <= len(found) / 10, over
    assert statistics.median(found.values()) <= MEDIAN


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def test_no_file_knows_a_machine() -> None:
    place = re.compile(rb"(?<![\w.$}/-])/(work|root|farm)/")
    assert [str(path) for path in tracked() if place.search(path.read_bytes())] == []


def test_no_test_sleeps() -> None:
    tests = [path for path in tracked() if path.suffix == ".py" and ROOT / "tests" in path.parents]
    texts = {path: path.read_text() for path in tests}
    calls = {
        p: set(calls_in(ast.walk(ast.parse(text)))) for p, text in texts.items() if "sleep" in text
    }
    sleeping = {str(path.relative_to(ROOT)) for path, found in calls.items() if found & SLEEPS}
    assert sleeping <= set(MAY_SLEEP)
    assert len(tests) > 20


def test_all_of_the_real_tests_say_so() -> None:
    """Without real tests their folder is not even looked into."""
    mark = re.compile(r"^pytestmark = (\[[^\]]*)?pytest\.mark\.real\b", re.MULTILINE)
    inside = [path for path in tracked() if ROOT / "tests" / "real" in path.parents]
    real = [path for path in inside if path.match("test_*.py")]
    assert [str(path) for path in real if not mark.search(path.read_text())] == []
    assert len(real) > 20


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("def f(): return 1", 1),
        ('def f():\n    """Doc.\n\n    More.\n    """\n\n    # why\n    return 1\n', 2),
        ("def f(\n    a,\n    b,\n):\n    return (\n        a\n    )\n", 7),
    ],
)
def test_a_function_is_counted_without_docstring_comments_and_blanks(text: str, size: int) -> None:
    assert [count for _, count in Module("sample", text).functions()] == [size]


def test_imports_are_found_in_every_form() -> None:
    text = "import os.path, time\nfrom . import a\nfrom ..b import c\nfrom emulator.d import e\n"
    found = ["os.path", "time", "emulator.x.a", "emulator.b.c", "emulator.d.e"]
    assert list(Module("x.y", text).imports) == found
    inside = Module("x", "from . import a", is_package=True)
    assert list(inside.imports) == ["emulator.x.a"]


def test_what_touches_the_outside_world_is_found() -> None:
    text = "import _socket\nfrom os import path\ndatetime.now()\nopen('x')\nnow()\n"
    found = ["_socket", "os.path", "datetime.now", "open"]
    assert outside(Module("x.y", text)) == found

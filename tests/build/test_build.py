"""A build, from code to slug, with the real git."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.build import main, slugs
from emulator.build.commit import NoCommit, NotWritten
from emulator.build.main import BuildFailed, NoProcfile, Order, build
from emulator.errors import ProcfileError

ENV = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "GIT_CONFIG_NOSYSTEM": "1"}


class Bench:
    """An app's folder, and what a build of it has said."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "app"
        self.folder.mkdir()
        self.said: list[str] = []
        self.last = ""
        self.write("Procfile", "web: run $PORT\nworker: work\n")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=me", "-c", "user.email=me@localhost")
        done = subprocess.run(
            ["git", *who, *words], cwd=self.folder, env=ENV, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", "some")
        return self.git("rev-parse", "HEAD")

    def build(self, commit: str = "", kept: tuple[str, ...] = ()) -> Path:
        """The folder of the slug."""
        given = {
            "slugs": str(self.root / "slugs"),
            "last": self.last,
            "kept": kept,
            "folder": str(self.folder),
            "commit": commit,
            "git_dir": str(self.folder / ".git"),
            "git_env": {},
            "cache": str(self.root / "cache"),
        }
        self.result = build(Order(json.dumps(given)), ENV, self.said.append)
        self.last = str(self.result["slug"])
        return self.root / "slugs" / self.last

    def files(self, slug: Path) -> set[str]:
        return {str(p.relative_to(slug)) for p in slug.rglob("*") if not p.is_dir()}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(main.os, "environ", ENV)
    return Bench(tmp_path)


@pytest.fixture
def repository(bench: Bench) -> Bench:
    bench.git("init", "-q", "-b", "main")
    bench.write(".gitignore", "secret\nnode_modules/\n")
    return bench


def test_a_folder_is_what_git_tracks_and_what_it_does_not_ignore(repository: Bench) -> None:
    repository.write("app.py", "old")
    repository.write("gone.py", "x")
    repository.commit()
    repository.write("app.py", "edited")
    repository.write("né w.py", "untracked")
    repository.write("secret", "s")
    repository.write(".env", "A=1")
    repository.write("node_modules/x/index.js", "n")
    (repository.folder / "gone.py").unlink()
    slug = repository.build()
    assert repository.files(slug) == {".gitignore", "Procfile", "app.py", "né w.py"}
    assert (slug / "app.py").read_text() == "edited"
    assert repository.result["types"] == {"web": "run $PORT", "worker": "work"}


def test_a_commit_is_what_was_committed(repository: Bench) -> None:
    repository.write("app.py", "old")
    repository.write("run.sh", "#!/bin/sh\n", mode=0o755)
    (repository.folder / "link").symlink_to("app.py")
    commit = repository.commit()
    repository.write("app.py", "edited")
    repository.write("new.py", "untracked")
    slug = repository.build(commit)
    assert repository.files(slug) == {".gitignore", "Procfile", "app.py", "run.sh", "link"}
    assert (slug / "app.py").read_text() == "old"
    assert os.access(slug / "run.sh", os.X_OK) and not os.access(slug / "app.py", os.X_OK)
    assert os.readlink(slug / "link") == "app.py"
    assert f"-----> Building commit {commit[:8]}" in repository.said


MODULES = ("-c", "protocol.file.allow=always", "submodule", "--quiet")


def with_submodules(bench: Bench) -> None:
    """`lib` is a submodule, and so is `lib/inner` of that one."""
    for name, other in (("inner", ""), ("lib", "inner")):
        root = bench.root / f"of-{name}"
        root.mkdir()
        module = Bench(root)
        (module.folder / "Procfile").unlink()
        module.git("init", "-q", "-b", "main")
        module.write(f"{name}.py", "committed")
        if other:
            module.git(*MODULES, "add", str(bench.root / f"of-{other}/app"), other)
        module.commit()
    bench.git(*MODULES, "add", str(bench.root / "of-lib/app"), "lib")
    bench.git(*MODULES, "update", "--init", "--recursive")


def test_submodules_are_part_of_the_code_and_one_that_is_not_there_is_named(
    repository: Bench,
) -> None:
    with_submodules(repository)
    commit = repository.commit()
    repository.write("lib/inner/inner.py", "edited")
    repository.write("lib/new.py", "untracked")
    own = {"Procfile", ".gitignore", ".gitmodules"}
    lib = {"lib/.gitmodules", "lib/lib.py", "lib/inner/inner.py"}
    pushed = repository.build(commit)
    assert repository.files(pushed) == own | lib
    assert (pushed / "lib/inner/inner.py").read_text() == "committed"
    deployed = repository.build()
    assert repository.files(deployed) == own | lib | {"lib/new.py"}
    assert (deployed / "lib/inner/inner.py").read_text() == "edited"
    assert told(repository) == []

    repository.git("submodule", "--quiet", "deinit", "-f", "lib")
    for code in (commit, ""):
        assert repository.files(repository.build(code)) == own
        (line,) = told(repository)
        assert line.startswith(" !     lib is a submodule whose files are not here")
    repository.write(".slugignore", "lib/\n")
    for code in (repository.commit(), ""):
        repository.build(code)
        assert told(repository) == []


def told(bench: Bench) -> list[str]:
    """What was said of submodules since last time."""
    found = [line for line in bench.said if " is a submodule " in line]
    bench.said.clear()
    return found


@pytest.mark.parametrize("by", ["folder", "commit"])
def test_slugignore_is_left_out_however_the_code_comes(repository: Bench, by: str) -> None:
    repository.write(".slugignore", "*.psd\n!b.psd\n/docs\n")
    repository.write("a.psd", "x")
    repository.write("docs/deep/b.md", "x")
    repository.write("lib/c.py", "x")
    commit = repository.commit()
    slug = repository.build(commit if by == "commit" else "")
    assert repository.files(slug) == {".gitignore", ".slugignore", "Procfile", "lib/c.py"}
    told = [line for line in repository.said if ".slugignore" in line]
    assert [line.partition(";")[0] for line in told] == [" !     .slugignore: !b.psd skipped"]


@pytest.mark.parametrize("by", ["folder", "commit"])
def test_a_link_to_a_folder_is_left_out_as_a_file_is(repository: Bench, by: str) -> None:
    repository.write(".slugignore", "docs\n/site/\n")
    repository.write("lib/c.py", "x")
    for name in ("docs", "site"):
        (repository.folder / name).symlink_to("lib")
    commit = repository.commit()
    slug = repository.build(commit if by == "commit" else "")
    assert set(os.listdir(slug)) == {".gitignore", ".slugignore", "Procfile", "lib", "site"}
    assert (slug / "site/c.py").exists()


def test_without_git_it_is_all_but_what_never_is_code(bench: Bench) -> None:
    bench.write(".env", "A=1")
    bench.write("node_modules/x.js", "x")
    bench.write(".venv/bin/python", "x")
    bench.write("lib/a.py", "x")
    bench.write("lib/__pycache__/a.pyc", "x")
    assert bench.files(bench.build()) == {"Procfile", "lib/a.py"}
    assert any("not a git repository" in line for line in bench.said)


def test_bin_build_runs_in_the_slug_with_a_cache_that_stays(bench: Bench) -> None:
    script = """#!/bin/sh
echo building in "$PWD"; echo oops >&2
[ "$PWD" = "$1" ] && echo made > made
[ -e "$2/n" ] && cp "$2/n" from-cache
echo kept > "$2/n"
"""
    bench.write("bin/build", script, mode=0o755)
    first = bench.build()
    assert {"made", "bin/build"} <= bench.files(first)
    assert "from-cache" not in bench.files(first)
    assert "       oops" in bench.said
    second = bench.build(kept=(bench.last,))
    assert (second / "from-cache").read_text() == "kept\n"
    assert first.exists() and first != second


def test_a_bin_build_that_is_not_executable_is_a_shell_script(bench: Bench) -> None:
    bench.write("bin/build", "touch made\n")
    assert "made" in bench.files(bench.build())


def test_a_failed_build_leaves_the_slugs_before(bench: Bench) -> None:
    slug = bench.build()
    bench.write("bin/build", "#!/bin/sh\nexit 3\n", mode=0o755)
    with pytest.raises(BuildFailed, match="bin/build failed with status 3"):
        bench.build()
    assert bench.files(slug) == {"Procfile"}


def test_no_procfile_is_said_with_what_it_is(bench: Bench) -> None:
    (bench.folder / "Procfile").unlink()
    with pytest.raises(NoProcfile, match=r"No Procfile in .*app"):
        bench.build()


def test_a_wrong_procfile_names_its_line(bench: Bench) -> None:
    bench.write("Procfile", "web: a\nnothing\n")
    with pytest.raises(ProcfileError, match="Procfile:2"):
        bench.build()


def test_a_commit_that_is_not_there_is_said(repository: Bench) -> None:
    repository.commit()
    with pytest.raises(NoCommit, match="commit 1111"):
        repository.build("1" * 40)
    assert not (repository.root / "slugs" / "new.index").exists()


def test_of_a_commit_only_what_has_changed_is_made_anew(repository: Bench) -> None:
    for name in ("same.py", "other.py", "lib/deep.py", "gone.py", "run"):
        repository.write(name, f"{name} 1")
    first = repository.build(repository.commit())
    repository.write("other.py", "other 2")
    (repository.folder / "gone.py").unlink()
    (repository.folder / "run").chmod(0o755)
    second = repository.build(repository.commit(), kept=(first.name,))
    assert repository.files(second) == {
        *(".gitignore", "Procfile", "same.py", "other.py", "lib/deep.py", "run")
    }
    assert os.path.samefile(first / "same.py", second / "same.py")
    assert os.path.samefile(first / "lib/deep.py", second / "lib/deep.py")
    assert (first / "other.py").read_text() == "other.py 1"
    assert (second / "other.py").read_text() == "other 2"
    assert os.access(second / "run", os.X_OK) and not os.access(first / "run", os.X_OK)
    # It is the slug that it would have been without the first one.
    shutil.rmtree(repository.root / "slugs")
    repository.last = ""
    assert repository.build(repository.git("rev-parse", "HEAD")).name == second.name


def test_what_a_build_may_write_to_is_no_file_of_another_slug(repository: Bench) -> None:
    repository.write("a.py", "1")
    first = repository.build(repository.commit())
    repository.write("bin/build", "#!/bin/sh\necho 2 >> a.py\n", mode=0o755)
    second = repository.build(repository.commit(), kept=(first.name,))
    assert ((first / "a.py").read_text(), (second / "a.py").read_text()) == ("1", "12\n")
    (repository.folder / "bin/build").unlink()
    third = repository.build(repository.commit(), kept=(first.name, second.name))
    assert (third / "a.py").read_text() == "1"


def test_nor_is_what_a_build_behind_a_link_may_write_to(repository: Bench) -> None:
    repository.write("a.py", "1")
    repository.write("tools/build", "#!/bin/sh\necho 2 >> a.py\n", mode=0o755)
    first = repository.build(repository.commit())
    (repository.folder / "bin").symlink_to("tools")
    second = repository.build(repository.commit(), kept=(first.name,))
    assert ((first / "a.py").read_text(), (second / "a.py").read_text()) == ("1", "12\n")
    (repository.folder / "bin").unlink()
    third = repository.build(repository.commit(), kept=(first.name, second.name))
    assert (third / "a.py").read_text() == "1"


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for root, nothing is removed from a folder that is not to be written to."""

    def strict(remove: Callable[..., None]) -> Callable[..., None]:
        def act(path: str, *, dir_fd: int | None = None) -> None:
            parent = os.path.dirname(path) if dir_fd is None else dir_fd
            if not os.stat(parent).st_mode & 0o200:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            remove(path, dir_fd=dir_fd)

        return act

    for name in ("unlink", "rmdir"):
        monkeypatch.setattr(os, name, strict(getattr(os, name)))


@pytest.mark.usefixtures("ordinary")
def test_folders_that_are_not_to_be_written_to_are_in_no_later_build_s_way(bench: Bench) -> None:
    script = "mkdir -p d/e; echo x > d/e/f; chmod 555 d d/e; exit $STATUS\n"
    bench.write("bin/build", f"STATUS=3; {script}")
    with pytest.raises(BuildFailed):
        bench.build()
    bench.write("bin/build", script)
    first = bench.build()
    assert bench.build().name == first.name  # what was built again is removed
    bench.write("bin/build", "true\n")
    bench.build()
    bench.build()
    assert not first.exists()


def test_new_attributes_are_heeded_for_old_files(repository: Bench) -> None:
    repository.write("a.txt", "one\ntwo\n")
    repository.build(repository.commit())
    repository.write(".gitattributes", "*.txt eol=crlf\n")
    slug = repository.build(repository.commit())
    assert (slug / "a.txt").read_bytes() == b"one\r\ntwo\r\n"


def test_a_last_slug_without_its_files_costs_nothing_but_time(repository: Bench) -> None:
    repository.write("a.py", "1")
    slug = repository.build(repository.commit())
    (slug / "a.py").unlink()
    repository.write("b.py", "2")
    again = repository.build(repository.commit())
    assert (again / "a.py").read_text() == "1"


def test_a_build_that_fails_leaves_nothing(bench: Bench) -> None:
    bench.write("bin/build", "head -c 100000 /dev/zero > big; exit 1")
    with pytest.raises(BuildFailed):
        bench.build()
    assert os.listdir(bench.root / "slugs") == []


def test_a_full_disk_is_called_one(
    repository: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git says no more than that it is unable to write."""
    commit = repository.commit()
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\necho error: unable to write file Procfile >&2; exit 128\n")
    git.chmod(0o755)
    monkeypatch.setitem(ENV, "PATH", str(git.parent))
    with pytest.raises(NotWritten, match="unable to write file Procfile"):
        repository.build(commit)
    full = os.statvfs_result((4096, 4096, 1000, 5, 5, 0, 0, 0, 0, 255))
    monkeypatch.setattr("emulator.build.commit.os.statvfs", lambda path: full)
    with pytest.raises(NotWritten, match="cannot be written: the disk is full"):
        repository.build(commit)


def test_the_sizes_of_a_slug_and_of_the_repository_are_kept(repository: Bench) -> None:
    slug = repository.build(repository.commit())
    size, pushed = slugs.sizes(str(slug.parent), slug.name)
    assert size == sum((slug / name).stat().st_size for name in repository.files(slug))
    assert pushed > size
    assert slugs.sizes(str(slug.parent), "other") == (0, 0)

"""The commit that is checked out, however git keeps it: as git itself says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from emulator.runtime.revision import revision


def git(dir: Path, *words: str) -> str:
    who = ("-c", "user.name=me", "-c", "user.email=me@localhost")
    done = subprocess.run(
        ["git", *who, *words],
        cwd=dir,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_GLOBAL": "/dev/null"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "one")
    return folder


def test_loose_packed_detached_and_from_a_folder_inside(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    inside = repository / "apps" / "web"
    inside.mkdir(parents=True)
    assert revision(str(repository)) == revision(str(inside)) == head
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git/refs/heads/main").exists()
    assert revision(str(repository)) == head
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    assert revision(str(repository)) == git(repository, "rev-parse", "HEAD") != head
    git(repository, "checkout", "-q", head)
    assert revision(str(repository)) == head


def test_of_a_worktree(repository: Path) -> None:
    other = repository.parent / "other"
    git(repository, "worktree", "add", "-q", "-b", "topic", str(other))
    git(other, "commit", "-q", "--allow-empty", "-m", "elsewhere")
    assert revision(str(other)) == git(other, "rev-parse", "HEAD") != revision(str(repository))
    git(repository, "pack-refs", "--all")
    assert revision(str(other)) == git(other, "rev-parse", "HEAD")


@pytest.mark.parametrize("head", ["", "ref: refs/heads/none", "nonsense", "a" * 39, "\0"])
def test_what_cannot_be_read_is_no_commit(tmp_path: Path, head: str) -> None:
    assert revision(str(tmp_path / "none")) == ""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(head)
    assert revision(str(tmp_path)) == ""
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / ".git").write_text("gitdir: ../nowhere\n")
    assert revision(str(tmp_path / "bare")) == ""


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert revision(str(tmp_path)) == ""

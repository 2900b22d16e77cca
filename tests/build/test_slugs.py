"""Slugs on disk: named by their contents, sharing what they have in common, cleared away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.build.slugs import prune, seal


@pytest.fixture
def slugs(tmp_path: Path) -> Path:
    folder = tmp_path / "slugs"
    folder.mkdir()
    return folder


def tree(slugs: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = slugs / "new" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(slugs / "new")


BIG = "x" * 5000


def test_the_same_files_are_the_same_slug(slugs: Path) -> None:
    first = seal(tree(slugs, {"a": "1", "b/c": "2"}), str(slugs), "")
    second = seal(tree(slugs, {"a": "1", "b/c": "2"}), str(slugs), first[0])
    assert first == second == (first[0], 2, 2)
    assert sorted(os.listdir(slugs)) == sorted([first[0], f"{first[0]}.json"])


def test_contents_names_modes_and_links_all_count(slugs: Path) -> None:
    def sealed(change: str) -> str:
        new = Path(tree(slugs, {"a": "1", "b/c": "2"}))
        if change == "contents":
            (new / "a").write_text("3")
        elif change == "name":
            (new / "a").rename(new / "d")
        elif change == "mode":
            (new / "a").chmod(0o755)
        elif change:
            (new / "l").symlink_to(change)
        return seal(str(new), str(slugs), "")[0]

    names = {sealed(change) for change in ("", "contents", "name", "mode", "a", "b/c")}
    assert len(names) == 6


def test_a_file_as_it_was_shares_its_space_and_a_changed_one_does_not(slugs: Path) -> None:
    first, _, _ = seal(tree(slugs, {"same": BIG, "other": BIG, "small": "s"}), str(slugs), "")
    second, _, _ = seal(
        tree(slugs, {"same": BIG, "other": BIG + "!", "small": "s"}), str(slugs), first
    )
    assert os.path.samefile(slugs / first / "same", slugs / second / "same")
    assert (slugs / first / "other").read_text() == BIG
    assert (slugs / second / "other").read_text() == BIG + "!"
    assert not os.path.samefile(slugs / first / "small", slugs / second / "small")


def test_a_last_slug_that_is_gone_is_no_matter(slugs: Path) -> None:
    name, _, _ = seal(tree(slugs, {"a": BIG}), str(slugs), "0123456789abcdef")
    assert (slugs / name / "a").read_text() == BIG


def test_what_is_not_kept_goes_and_so_do_the_leavings_of_killed_builds(slugs: Path) -> None:
    names = [seal(tree(slugs, {"a": str(n)}), str(slugs), "")[0] for n in range(4)]
    tree(slugs, {"half": "done"})
    (slugs / "new.index").write_text("")
    (slugs / "result").write_text("{}")
    prune(str(slugs), {names[1], names[3], ""})
    kept = {name for slug in (names[1], names[3]) for name in (slug, f"{slug}.json")}
    assert set(os.listdir(slugs)) == kept

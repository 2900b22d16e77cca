"""What was lost with a dyno's copy of the app, as its place on disk tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.cli.places import Removals, lost
from emulator.runtime.folder import Folder


@pytest.mark.parametrize(
    ("text", "told"),
    [("1\na.db", "a.db"), ("7\na\nb", "a, b and 5 more"), ("", ""), ("many\na", "")],
)
def test_what_is_lost_is_told_once_and_a_file_that_is_not_whole_is_nothing(
    tmp_path: Path, text: str, told: str
) -> None:
    folder = Folder(str(tmp_path))
    place = Path(folder.file("dynos/web.1-3"))
    place.mkdir(parents=True)
    (place / "lost").write_text(text)
    assert lost(folder, "web.1@3", Removals()) == told
    assert not place.exists()
    assert lost(folder, "web.1@3", Removals()) == ""


def test_a_copy_whose_remover_was_killed_is_gone_at_the_end(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    copy = Path(folder.file("dynos/web.1-3/app"))
    copy.mkdir(parents=True)
    (copy / "a.db").write_text("1")
    (copy / "fixed").mkdir(0o500)
    removals = Removals()
    assert lost(folder, "web.1@3", removals) == ""
    removals.close()
    assert not copy.parent.exists()

"""What is said at a start of code that was deployed before."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator.app.release import Release
from emulator.cli.deployments import Deployments
from emulator.runtime.folder import Folder
from emulator.runtime.world import World


@pytest.mark.parametrize(("slug", "count"), [("abc", 1), ("", 0)], ids=["its slug", "in place"])
def test_only_of_a_start_from_the_slug_it_is_said_so(tmp_path: Path, slug: str, count: int) -> None:
    """With a release command, the release of the folder is still pending then."""
    said: list[str] = []
    before = Release(4, "Deploy abc", "me", 0.0, {}, {}, slug="abc")
    emulator = SimpleNamespace(
        boot=SimpleNamespace(folder=Folder(str(tmp_path)), slug=slug),
        runner=SimpleNamespace(report=print),
        kernel=SimpleNamespace(world=World("shop", "me", releases=(before,)), observers=[]),
        say=lambda about, text: said.append(text),
    )
    Deployments(emulator, said.append).close()  # type: ignore[arg-type] # as much as is looked at
    assert len(said) == count

"""The project's own services, read from its file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.cli.declarations import CannotRead, read


def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    assert read(str(tmp_path))
    os.mkfifo(tmp_path / "hk-local.toml")
    with pytest.raises(CannotRead, match=r"/hk-local\.toml: a named pipe; a regular file"):
        read(str(tmp_path))

"""What is installed is all that there is: a page or a script that is missing fails only then."""

from __future__ import annotations

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


def test_the_wheel_has_every_file_of_the_package() -> None:
    packed = {one.distribution_path for one in WheelBuilder(str(ROOT)).recurse_included_files()}
    there = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "emulator").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
    assert "emulator/api/scheduler.html" in packed and "emulator/py.typed" in packed

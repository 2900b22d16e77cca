"""What is generated from the definition is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.cli.generate import files
from emulator.cli.generator.outline import outline


@pytest.mark.parametrize(
    ("path", "text"), files().items(), ids=lambda value: getattr(value, "name", "")
)
def test_a_generated_file_is_current(path: Path, text: str):
    assert path.read_text("utf-8") == text, "run python -m emulator.cli.generate"


@pytest.mark.parametrize(
    "command", [c for c in outline() if not c.hidden], ids=lambda command: command.name
)
def test_every_shown_command_teaches(command):
    assert command.text
    assert command.examples
    for option in command.options:
        assert option.hidden or option.help, option.name
    assert len(command.summary) <= 62, "it would not fit one line of --help"

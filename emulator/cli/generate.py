"""Writes what is generated from the definition: `python -m emulator.cli.generate`."""

from __future__ import annotations

from pathlib import Path

from emulator.cli.generator import bash, fish, reference, table, zsh
from emulator.cli.generator.outline import outline

HERE = Path(__file__).parent
MANUAL = HERE.parent.parent / "docs" / "commands.md"
MARK = "<!-- From here on written by python -m emulator.cli.generate -->\n"


def files() -> dict[Path, str]:
    """What each generated file has to contain."""
    commands = outline()
    by_hand = MANUAL.read_text("utf-8").partition(MARK)[0]
    return {
        HERE / "table.py": table.source(commands),
        HERE / "scripts" / "hk-local.bash": bash.script(commands),
        HERE / "scripts" / "hk-local.zsh": zsh.script(commands),
        HERE / "scripts" / "hk-local.fish": fish.script(commands),
        MANUAL: by_hand + MARK + reference.markdown(commands),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, "utf-8")

"""The corpus: NNN.in is a file as a user wrote it, NNN.expect what becomes of it, line for line."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.app import config_vars, procfile
from emulator.errors import UserError

CORPUS = Path(__file__).parents[1] / "corpus"


def told(folder: str, data: bytes) -> list[str]:
    try:
        if folder == "env":
            file = config_vars.parse(data, ".env")
            facts = [f"{var.line} {var.name}={var.value!r}" for var in file.vars]
            return facts + [f"notice {notice}" for notice in file.notices]
        read = procfile.parse(data, "Procfile")
        facts = [f"{type_.line} {type_.name}: {type_.command!r}" for type_ in read.types]
        return facts + [f"notice {notice}" for notice in read.notices]
    except UserError as error:
        return [f"error {error}"]


@pytest.mark.parametrize(
    "path",
    [path for folder in ("procfile", "env") for path in sorted((CORPUS / folder).glob("*.in"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_corpus(path: Path) -> None:
    expected = path.with_suffix(".expect").read_text(encoding="utf-8").splitlines()
    assert told(path.parent.name, path.read_bytes()) == expected


@pytest.mark.parametrize("folder", ["procfile", "env"])
def test_each_input_of_the_corpus_has_its_answer(folder: str) -> None:
    inputs = {path.stem for path in (CORPUS / folder).glob("*.in")}
    assert inputs == {path.stem for path in (CORPUS / folder).glob("*.expect")}
    assert len(inputs) >= 15

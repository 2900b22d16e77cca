"""Golden transcripts: the log of a scenario, byte for byte, at once and in Heroku's pace.

After a change that is meant, `UPDATE_GOLDEN=1 pytest tests/transcripts` writes the files anew
and fails, so that nobody takes new ones for a success; read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.transcripts.scenarios import SCENARIOS, play

FOLDER = Path(__file__).parent
UPDATE = "UPDATE_GOLDEN"
EACH = [f"{name}{pace}" for name in SCENARIOS for pace in ("", ".paced")]
LINE = re.compile(r"\+(\d+\.\d{3}) ([\w-]+)\[([\w.]+)\]: (.*)")
STATE = re.compile(r"State changed from (\w+) to (\w+)")


def file(name: str) -> Path:
    return FOLDER / f"{name}.txt"


@pytest.mark.parametrize("name", EACH)
def test_the_log_is_the_transcript(name: str) -> None:
    log = play(name).log
    if os.environ.get(UPDATE):
        file(name).write_text(log)
        pytest.fail(f"{file(name).name} was written; read it, then run without {UPDATE}")
    assert log == file(name).read_text()


def test_every_transcript_has_its_scenario() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(EACH)


@pytest.mark.parametrize("name", EACH)
def test_a_transcript_keeps_the_rules_of_every_log(name: str) -> None:
    shown: dict[str, str] = {}
    before = 0.0
    for line in file(name).read_text().splitlines():
        found = LINE.fullmatch(line)
        assert found, line
        at, source, dyno, text = found.groups()
        assert before <= float(at), line
        before = float(at)
        assert (source == "heroku") == is_heroku_s(dyno, text), line
        if change := STATE.fullmatch(text):
            assert change[1] == shown.get(dyno, change[1]), line
            assert change[1] != change[2], line
            shown[dyno] = change[2]
        if text.startswith("Process exited"):
            assert re.fullmatch(r"Process exited with status \d+", text), line
        if text.startswith("Starting process"):
            assert re.fullmatch(
                r"Starting process with command `.+`( by user (U|scheduler@addons.heroku.com))?",
                text,
            ), line


def is_heroku_s(dyno: str, text: str) -> bool:
    words = (
        "State ",
        "Restarting",
        "Cycling",
        "Idling",
        "Unidling",
        "Starting ",
        "Stopping ",
        "Process ",
        "Error R",
    )
    others = ("Awaiting client", "Client connection closed")
    return dyno == "router" or (dyno != "api" and text.startswith((*words, *others)))

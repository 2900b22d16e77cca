"""Our `.env` parser against the one of `heroku local`.

tests/corpus/env/oracle.json holds what the npm package @heroku/foreman answered and, where it was
decided to differ, our answer; null stands for a crash or an error. With HK_LOCAL_FOREMAN, the
folder of that package, the recording is compared with the package and random texts are too.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from emulator.app.config_vars import parse
from emulator.errors import EnvFileError

pytestmark = pytest.mark.real

CORPUS = Path(__file__).parents[1] / "corpus" / "env"
RECORDED = json.loads((CORPUS / "oracle.json").read_text(encoding="utf-8"))
FOREMAN = os.environ.get("HK_LOCAL_FOREMAN")

Answer = dict[str, str] | None


def ours(text: str) -> Answer:
    try:
        return parse(text.encode(), ".env").values
    except EnvFileError:
        return None


def oracle(package: Path, texts: list[str]) -> list[Answer]:
    command = ["node", str(CORPUS / "oracle.js"), str(package.resolve())]
    done = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=100
    )
    answers: list[Answer] = json.loads(done.stdout)
    return answers


def random_line(luck: random.Random) -> str:
    """A line that `heroku local` and we are meant to read alike."""
    plain = "aZ09 =$@/:.,-_+{}[]()|&;!?*~^%<>é\u00a0\u4e2d"
    name = random_name(luck)
    inside = "".join(luck.choices(plain + "#", k=luck.randrange(9)))
    blank = luck.choice(["", "", " ", "\t", "  "])
    bare = "".join(luck.choices(plain + "\\'\"", k=luck.randrange(9))).lstrip("\"' \u00a0\\")
    value = luck.choice([bare, f'"{inside}\'"', f"'{inside}\"\\'", f"{bare}x # {inside}"])
    return luck.choice(
        [
            f"{blank}{name}{blank}={blank}{value}{blank}",
            f"{name}={value}{blank}#{inside}",
            f"{blank}# {name}={value}",
            blank,
        ]
    )


def random_name(luck: random.Random) -> str:
    return luck.choice("ABc_") + "".join(luck.choices("ABc_019", k=luck.randrange(2, 6)))


def random_texts() -> list[str]:
    luck = random.Random(2026)
    ends = ["\n", "\r\n"]
    return [
        luck.choice(ends).join(random_line(luck) for _ in range(luck.randrange(1, 6)))
        for _ in range(2000)
    ]


def test_each_answer_is_that_of_heroku_local_or_was_decided_otherwise() -> None:
    cases = RECORDED["cases"]
    theirs = {case["text"]: case["heroku_local"] for case in cases}
    decided = {case["text"]: case["hk_local"] for case in cases if "hk_local" in case}
    if FOREMAN is not None:
        package = Path(FOREMAN)
        described = json.loads((package / "package.json").read_text(encoding="utf-8"))
        assert {key: described[key] for key in ("name", "version")} == RECORDED["package"]
        assert dict(zip(theirs, oracle(package, list(theirs)), strict=True)) == theirs
        texts = random_texts()
        theirs |= zip(texts, oracle(package, texts), strict=True)
    assert {text: ours(text) for text in theirs} == theirs | decided


def test_what_was_decided_otherwise_is_otherwise() -> None:
    for case in RECORDED["cases"]:
        assert case.get("hk_local", "as theirs") != case["heroku_local"]

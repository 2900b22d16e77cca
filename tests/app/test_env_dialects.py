"""The table of docs/procfile-and-env.md: one line of `.env`, five readers.

Ours and honcho's answers are asked for here, those of `heroku local` are in the oracle's record,
those of python-dotenv 1.2.4 were written down (HOME=/h), those of sh too and are asked for again.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import honcho.environ
import pytest

from emulator.app.config_vars import parse
from emulator.errors import EnvFileError

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "procfile-and-env.md"
RECORD = json.loads((ROOT / "tests/corpus/env/oracle.json").read_text(encoding="utf-8"))

Answer = dict[str, str] | None
NOTHING: Answer = {}
ERROR: Answer = None


def foo(value: str) -> Answer:
    return {"FOO": value}


DOTENV_AND_SH: dict[str, tuple[Answer, Answer]] = {
    "FOO=a b": (foo("a b"), ERROR),
    "FOO = bar": (foo("bar"), ERROR),
    "FOO=": (foo(""), foo("")),
    "export FOO=bar": (foo("bar"), foo("bar")),
    "FOO=http://h/p#frag": (foo("http://h/p#frag"), foo("http://h/p#frag")),
    "FOO=bar # note": (foo("bar"), foo("bar")),
    'FOO="a # b"': (foo("a # b"), foo("a # b")),
    'FOO="a" b': (NOTHING, ERROR),
    r'FOO="a\nb"': (foo("a\nb"), foo(r"a\nb")),
    r'FOO="say \"hi\""': (foo('say "hi"'), foo('say "hi"')),
    r'FOO="C:\\dir"': (foo(r"C:\dir"), foo(r"C:\dir")),
    r"FOO=C:\temp": (foo(r"C:\temp"), foo("C:temp")),
    'FOO={"a":1}': (foo('{"a":1}'), foo("{a:1}")),
    "FOO=it's": (foo("it's"), ERROR),
    'FOO="${HOME}/x"': (foo("/h/x"), foo("/h/x")),
    "FOO=$(echo hi)": (foo("$(echo hi)"), foo("hi")),
    'FOO="two\nlines"': (foo("two\nlines"), foo("two\nlines")),
    "FOO='two\nlines'": (foo("two\nlines"), foo("two\nlines")),
    'FOO="open': (NOTHING, ERROR),
    "FOO=1\r\nBAR=2": ({"FOO": "1", "BAR": "2"}, foo("1\r") | {"BAR": "2"}),
    "FOO=1\rBAR=2": ({"FOO": "1", "BAR": "2"}, foo("1\rBAR=2")),
    "\ufeffFOO=bar": (foo("bar"), ERROR),
    "FOO": (NOTHING, ERROR),
    "a.b=1": ({"a.b": "1"}, ERROR),
    '{"foo":{"a":{"b":"c"}},"bar":["x",{"y":"z"}]}': (NOTHING, ERROR),
}


def ours(text: str) -> Answer:
    try:
        return parse(text.encode(), ".env").values
    except EnvFileError:
        return ERROR


def honchos(text: str) -> Answer:
    try:
        answer: Answer = honcho.environ.parse(text)
    except ValueError:
        return ERROR
    return answer


def heroku_locals(text: str) -> Answer:
    answers = [case["heroku_local"] for case in RECORD["cases"] if case["text"] == text]
    assert len(answers) == 1
    answer: Answer = answers[0]
    return answer


def code(text: str) -> str:
    for character, sign in (("\r", "␍"), ("\n", "⏎"), ("\ufeff", "(BOM)")):
        text = text.replace(character, sign)
    return f"`{text}`"


def cell(answer: Answer) -> str:
    if answer is None:
        return "error"
    if answer.keys() == {"FOO"}:
        return code(answer["FOO"]) if answer["FOO"] else "empty"
    return ", ".join(code(f"{name}={value}") for name, value in answer.items()) or "nothing"


def rows() -> list[str]:
    answers = [
        (code(text), *map(cell, (ours(text), heroku_locals(text), honchos(text), dotenv, sh)))
        for text, (dotenv, sh) in DOTENV_AND_SH.items()
    ]
    return ["| " + " | ".join(row) + " |" for row in answers]


def test_the_page_has_this_table() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    start = page.index("| `.env` | hk-local | `heroku local` | honcho | python-dotenv | sh |") + 2
    end = page.index("", start)
    assert page[start:end] == rows()


@pytest.mark.real
@pytest.mark.parametrize("text", DOTENV_AND_SH)
def test_sh_reads_it_so(text: str, tmp_path: Path) -> None:
    _, expected = DOTENV_AND_SH[text]
    (tmp_path / "env").write_bytes(f"{text}\n".encode())
    script = '. ./env; printf \'FOO=%s\\0BAR=%s\' "${FOO-unset}" "${BAR-unset}"'
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env={"HOME": "/h"}, capture_output=True, timeout=60
    )
    variables = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)
    seen = {name: value for name, value in variables.items() if value != "unset"}
    assert (ERROR if done.stderr else seen) == expected

"""docs/procfile-and-env.md: its files are read without a word, its messages are ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.app import config_vars, procfile
from emulator.errors import ProcfileError

PAGE = (Path(__file__).parents[2] / "docs" / "procfile-and-env.md").read_text(encoding="utf-8")


def block(label: str) -> bytes:
    match = re.search(rf"^```{label}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert match is not None
    return match[1].encode()


def test_the_procfile_of_the_page() -> None:
    read = procfile.parse(block("procfile"), "Procfile")
    assert read.names == ("web", "worker", "release")
    assert read.notices == ()


def test_the_env_file_of_the_page() -> None:
    read = config_vars.parse(block("dotenv"), ".env")
    assert read.notices == ()
    assert read.values == {
        "DATABASE_URL": "postgres://localhost/app",
        "GREETING": "hello, world",
        "EMPTY": "",
        "PASSWORD": r'as it is: " # \n ${HOME}',
        "QUOTED": r'a "quote" and a \ backslash',
        "PRIVATE_KEY": "-----BEGIN KEY-----\nbGluZXMgYXJlIGtlcHQ=\n-----END KEY-----",
    }


MISTAKES = re.findall(r"^\| .*?`(.+?)` \| …?`(.+)` \|$", PAGE.split("## .env")[0], re.MULTILINE)


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_the_messages_of_the_page(line: str, message: str) -> None:
    with pytest.raises(ProcfileError) as refused:
        procfile.parse(f"web: a\n{line}\n".encode(), "Procfile")
    assert str(refused.value).endswith(message)


def test_the_page_shows_each_kind_of_mistake() -> None:
    assert len(MISTAKES) == 7

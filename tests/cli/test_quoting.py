"""Config vars as lines, for `config --shell` and `config:edit`."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.cli.quoting import lines, quote, read, unquote
from emulator.errors import UserError


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("plain/1.0-x", "plain/1.0-x"),
        ("", ""),
        ("two words", "'two words'"),
        ("$HOME `x` !", "'$HOME `x` !'"),
        ("it's $5", '"it\'s \\$5"'),
        ("a\nb", '"a\\nb"'),
        ('say "x"', "'say \"x\"'"),
        ("C:\\new", "'C:\\new'"),
    ],
)
def test_as_the_heroku_cli_quotes(value: str, quoted: str) -> None:
    """Source: Heroku CLI, src/lib/config/quote.ts."""
    assert quote(value) == quoted
    assert unquote(quoted) == value


@settings(max_examples=60)
@given(some.dictionaries(some.from_regex("[A-Z]{1,3}", fullmatch=True), some.text(), max_size=3))
def test_what_is_written_is_read_back(config: dict[str, str]) -> None:
    assert read(lines(config)) == config


@pytest.mark.real
def test_a_shell_reads_it() -> None:
    values = ["two words", "it's $5 `x` \\ !", 'a "b" c', "*?[a]~#", "plain"]
    script = "\n".join(f"printf '%s\\0' {quote(value)}" for value in values)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    # An escaped ! keeps its backslash in a shell, as with the Heroku CLI.
    assert done.stdout.replace("\\!", "!").split("\0")[:-1] == values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A", "line 1: expected NAME=value: A"),
        ("A=1\n\nB='x", "line 3: B: expected a ' at the end"),
        ('A="x', 'line 1: A: expected a " at the end'),
        ('A="x\\', 'line 1: A: expected a " at the end'),
        ("A='x'y'", "line 1: A: ' inside of '...'"),
        ('A="x"y"', 'line 1: A: write \\" for a "'),
        ("A=x y", "line 1: A: expected quotes around the whole value"),
    ],
)
def test_a_line_that_is_none(text: str, reason: str) -> None:
    with pytest.raises(UserError) as caught:
        read(text)
    assert reason in str(caught.value)

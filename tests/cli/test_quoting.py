"""Config vars as lines, for `config --shell` and `config:edit`."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from emulator.cli.quoting import lines, quote, read, unquote, word
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
@settings(max_examples=5, deadline=None)
@example(["two words", "it's $5 `x` \\ !", 'a "b" c', "*?[a]~#", "plain", ""])
@example(["~/x", "~", "~it's", "it's ~", "two\nlines", "it's\nnot \\n", "\n", "PATH=~/a:~", "\r"])
@given(some.lists(some.text(some.characters(exclude_characters="\0", codec="utf-8")), max_size=9))
def test_a_shell_reads_it(values: list[str]) -> None:
    names = [f"V{number}" for number in range(len(values))]
    text = "".join(f"{name}={word(value)}\n" for name, value in zip(names, values, strict=True))
    script = text + "\n".join(f"printf '%s\\0' \"${name}\"" for name in names)
    for shell in ("sh", "bash"):
        done = subprocess.run([shell, "-c", script], capture_output=True, check=True)
        assert done.stdout.decode().split("\0")[:-1] == values


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

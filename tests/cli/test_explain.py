"""Mistakes are named in one line; help teaches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
import typer.main


@pytest.fixture(scope="module", autouse=True)
def all_commands_made_once() -> Iterator[None]:
    """A process of ours that needs Typer needs it once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["ps:scal"], "No such command 'ps:scal'. Did you mean 'ps:scale'"),
        (
            ["logs", "--tial"],
            "No such option: --tial (Possible options: --tail); see hk-local logs --help",
        ),
        (["logs", "-n"], "Option '-n' requires an argument; see hk-local logs --help"),
        (["logs", "-n", "x"], "Invalid value for '--num' / '-n': 'x' is not a valid int"),
        (["completion"], "Missing argument 'bash|zsh|fish'. Choose from: bash, zsh, fish; see"),
        (["run", "--size", "eco"], "Missing argument 'COMMAND...'; see hk-local run --help"),
        (["scale", "--json"], "No such option: --json"),
        (["--json"], "No such option: --json"),
    ],
)
def test_a_mistake(app, hk_local, words, error):
    result = hk_local(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"hk-local: {error}")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help(app, hk_local, words):
    result = hk_local(*words)
    assert (result.code, result.err) == (0, "")
    for text in ("Run the app", "Dynos", "Logs", "One-offs", "Other", "ps:scale", "hk-local start"):
        assert text in result.out
    assert "dyno:scale" not in result.out
    assert "_complete" not in result.out


@pytest.mark.parametrize("words", ["ps:scale --help", "scale -h", "help ps:scale"])
def test_help_of_a_command_has_examples(app, hk_local, words):
    result = hk_local(*words.split())
    assert (result.code, result.err) == (0, "")
    assert "hk-local ps:scale web+1 worker=0" in result.out


def test_what_only_typer_understands_is_done_all_the_same(emulator, hk_local):
    emulator.on("GET /apps/~/logs?lines=5&format=text", "lines\n")
    assert hk_local("logs", "-n", " 5").out == "lines\n"
    assert hk_local("logs", "-n", " 5", "-C", "/nowhere").code == 2

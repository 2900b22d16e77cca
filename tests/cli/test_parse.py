"""The small parser says what Typer says, or leaves it to Typer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer._click.exceptions import ClickException
from typer.main import get_command

from emulator.cli.definition import ROOT
from emulator.cli.generator.outline import Command, Parameter, outline
from emulator.cli.parse import Unclear, parse
from emulator.cli.table import ALIASES, COMMANDS

GROUP: Any = get_command(ROOT)
EXECUTED = {command.name: command for command in outline()}

NASTY = ["", "-", "--", "-x", "--json", "--no-such", "-n", "5", "web.1", "a=b", "--num=7", "x y"]


def typers(name: str, words: list[str]) -> dict[str, Any] | None:
    """What Typer makes of the words; None if it refuses them."""
    try:
        context = GROUP.commands[name].make_context(name, list(words))
    except (ClickException, SystemExit):
        return None
    return {name: _list(value) for name, value in context.params.items()}


def ours(name: str, words: list[str]) -> dict[str, Any] | None:
    try:
        values = parse(COMMANDS[name], words)
    except Unclear:
        return None
    return {name: _list(value) for name, value in values.items()}


def _list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(param: Parameter) -> st.SearchStrategy[str]:
    if param.kind == "choice":
        return st.sampled_from(param.limits[0])
    if param.kind == "int":
        least, most = param.limits
        return st.integers(least or 0, most or 10**6).map(str)
    if param.kind == "float":
        return st.sampled_from(["1", "2.5", ".5", "3."])
    return st.sampled_from(["web", "web.1", "-x", "a=b", "", "--", "é"])


def _option(param: Parameter) -> st.SearchStrategy[list[str]]:
    """The option in one of the ways to write it."""
    flag = st.sampled_from(param.flags)
    if param.kind == "flag":
        return flag.map(lambda flag: [flag])
    ways = st.sampled_from(["apart", "together"])
    return st.tuples(flag, _value(param), ways).map(_written)


def _written(parts: tuple[str, str, str]) -> list[str]:
    flag, value, way = parts
    if way == "apart" or (not flag.startswith("--") and not value):
        return [flag, value]
    return [f"{flag}={value}" if flag.startswith("--") else f"{flag}{value}"]


def _words(command: Command) -> st.SearchStrategy[list[str]]:
    """A line that is well-formed by construction."""
    options = (
        st.lists(st.one_of([_option(option) for option in command.options]))
        if command.options
        else st.just([])
    )
    lines = options.map(lambda parts: [word for part in parts for word in part])
    positional = command.positional
    if positional is None:
        return lines
    plain = st.sampled_from(["web", "web.1", "a=b", "-"])
    if positional.kind == "texts":
        rest = st.lists(plain, min_size=int(positional.required), max_size=3)
    else:
        one = _value(positional) if positional.kind == "choice" else plain
        rest = st.lists(one, min_size=int(positional.required), max_size=1)
    dashes: st.SearchStrategy[list[str]] = st.sampled_from([[], ["--"]])
    return st.tuples(lines, dashes, rest).map(lambda parts: [*parts[0], *parts[1], *parts[2]])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_well_formed_line_needs_no_typer(data):
    command = data.draw(st.sampled_from(list(EXECUTED.values())))
    words = data.draw(_words(command))
    assert ours(command.name, words) == typers(command.name, words) is not None


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(list(EXECUTED)), st.data())
def test_any_line_means_the_same_to_both_or_is_left_to_typer(name, data):
    flags = [flag for option in EXECUTED[name].options for flag in option.flags]
    words = data.draw(st.lists(st.sampled_from(NASTY + flags), max_size=5))
    mine = ours(name, words)
    if mine is not None:
        assert mine == typers(name, words)


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("logs", ["-tn5"], {"tail": True, "num": 5}),
        ("logs", ["-n", "5", "--num=7"], {"num": 7}),
        ("ps", ["web", "--json", "worker"], {"types": ["web", "worker"], "json": True}),
        ("ps", ["--", "--json"], {"types": ["--json"], "json": False}),
        ("ps:scale", ["web-1", "-a", "x"], {"changes": ["web-1"], "app": "x"}),
        (
            "run",
            ["-e", "A=1", "-e", "B=2", "ls", "-e", "--", "x"],
            {"env": ["A=1", "B=2"], "words": ["ls", "-e", "--", "x"]},
        ),
        ("run", ["--", "-e"], {"env": [], "words": ["-e"]}),
        ("start", ["web=2", "-p", "80"], {"processes": ["web=2"], "port": 80, "time_scale": 1.0}),
        ("start", ["--time-scale", "1440"], {"time_scale": 1440.0}),
    ],
)
def test_some_lines(name, words, expected):
    values = ours(name, words)
    assert values is not None
    assert {key: values[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ps", ["--help"]),
        ("ps", ["-h"]),
        ("ps", ["--jso"]),
        ("ps", ["--json=1"]),
        ("ps", ["-xq"]),
        ("logs", ["-n"]),
        ("logs", ["--num"]),
        ("logs", ["-n", "0"]),
        ("logs", ["-n", "٣"]),
        ("logs", ["-n", "9" * 5000]),
        ("logs", ["web"]),
        ("run", []),
        ("run", ["--env", "A=1"]),
        ("version", ["x"]),
        ("completion", ["tcsh"]),
        ("ps:restart", ["web.1", "web.2"]),
        ("start", ["-p", "65536"]),
        ("start", ["--time-scale", "nan"]),
    ],
)
def test_what_is_left_to_typer(name, words):
    assert ours(name, words) is None


def test_no_two_commands_have_a_name_in_common():
    assert not set(ALIASES) & set(COMMANDS)
    assert set(ALIASES.values()) <= set(COMMANDS)
    assert "stop" not in ALIASES  # it ends the emulator; Heroku's is for a dyno

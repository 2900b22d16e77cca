"""Command lines: what the log shows, and when a program is executed without a shell."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.dyno.command import BUILTINS, OWN, argv, expand

ENV = {
    "PORT": "5000",
    "EMPTY": "",
    "TWO": "a b",
    "PADDED": " a ",
    "GLOB": "*",
    "DOLLAR": "$PORT",
    "OPT": "--x=1",
    "QUOTE": "'a'",
    "TILDE": "~",
    "LINES": "a\nb",
    "É": "x",
    "_": "underscore",
    "SHLVL": "41",
    "IFS": "x",
}


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("serve", "serve"),
        ("serve -p $PORT", "serve -p 5000"),
        ("serve -p $PORT$PORT.$PORT", "serve -p 50005000.5000"),
        ("serve -p ${PORT:-3000}", "serve -p ${PORT:-3000}"),
        ("serve -p ${PORT}", "serve -p ${PORT}"),
        ("serve -e $RAILS_ENV", "serve -e $RAILS_ENV"),
        ("serve $PORTAL", "serve $PORTAL"),
        ("serve $1 $$ $? $", "serve $1 $$ $? $"),
        ("echo '$PORT'", "echo '5000'"),
        ("echo $DOLLAR", "echo $PORT"),
        ("echo $É", "echo $É"),
        ("$EMPTY", ""),
        ("", ""),
    ],
)
def test_simple_variables_are_shown_expanded_and_all_else_as_typed(
    command: str, shown: str
) -> None:
    assert expand(command, ENV) == shown


def which(name: str) -> str | None:
    return None if name.startswith("missing") else f"/bin/{name}"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("python worker.py", ["/bin/python", "python", "worker.py"]),
        ("gunicorn app:app -b 0.0.0.0:$PORT", None),
        ("serve --port=$PORT a,b @x 50% +1", None),
        ("serve $TWO", ["/bin/serve", "serve", "a", "b"]),
        ("serve $OPT", ["/bin/serve", "serve", "--x=1"]),
        ("exec serve x", ["/bin/serve", "serve", "x"]),
        ("exec echo $TWO", ["/bin/echo", "echo", "a", "b"]),
    ],
)
def test_what_is_plain_is_executed_without_a_shell(command: str, words: list[str] | None) -> None:
    plain = command.replace("$PORT", "5000").split(" ")
    assert argv(command, ENV, "/bin/bash", which) == (words or [f"/bin/{plain[0]}", *plain])


@pytest.mark.parametrize(
    "command",
    [
        "",
        " serve",
        "serve ",
        "serve  x",
        "serve\tx",
        "serve\nx",
        "serve && other",
        "serve; other",
        "serve | other",
        "serve > file",
        "serve 'x'",
        'serve "x"',
        "serve \\x",
        "serve *.py",
        "serve x?",
        "serve [x]",
        "serve {a,b}",
        "serve ~",
        "serve #x",
        "serve !x",
        "serve `x`",
        "serve ${PORT:-3000}",
        "serve $UNSET",
        "serve $1",
        "serve $EMPTY",
        "serve $PADDED",
        "serve $GLOB",
        "serve $DOLLAR",
        "serve $QUOTE",
        "serve $TILDE",
        "serve $LINES",
        "serve $SHLVL",
        "serve $_",
        "serve $IFS",
        "A=1 serve",
        "REMAP_SIGTERM=SIGQUIT celery worker",
        "cd app",
        "exec",
        "exec -a x serve",
        "exec serve > file",
        "echo x",
        ". ./env",
        "time serve",
        "missing x",
        "sérve",
    ],
)
def test_what_is_for_the_shell_to_understand_is_left_to_it(command: str) -> None:
    assert argv(command, ENV, "/bin/bash", which) == ["/bin/bash", "bash", "-c", command]


@pytest.mark.parametrize("name", ["BASH_ENV", "BASH_FUNC_serve%%"])
def test_a_shell_that_would_do_more_before_the_command_does_it(name: str) -> None:
    assert argv("serve", {name: "x"}, "/bin/sh", which) == ["/bin/sh", "sh", "-c", "serve"]
    assert argv("other", {"BASH_FUNC_serve%%": "x"}, "/bin/sh", which) == ["/bin/other", "other"]


BASH = shutil.which("bash") or "/bin/bash"


def bash(script: str, **env: str) -> list[str]:
    """The lines that the script prints."""
    done = subprocess.run([BASH, "-c", script], env=env, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode().split("\n")[:-1]


PLAIN = [" ", "$PORT", "$TWO", "$OPT", *"aB7%+,-./:@_="]
PARTS = [*PLAIN, *PLAIN, *(f"${name}" for name in ENV), *"$' \"\\*?[]{}~!#;&|<>()`\té"]
TAILS = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


@pytest.mark.real
@settings(max_examples=20, deadline=None)
@given(st.lists(TAILS, min_size=90, max_size=90))
def test_bash_makes_the_same_words_of_what_is_called_plain(tails: list[str]) -> None:
    told = {tail: argv(f"serve {tail}", ENV, "bash", which) for tail in tails}
    plain = {tail: words for tail, (program, *words) in told.items() if program != "bash"}
    script = "".join(f"printf '%s\\0' serve {tail}; printf '\\n'\n" for tail in plain)
    assert [line.split("\0")[:-1] for line in bash(script, **ENV)] == list(plain.values())


@pytest.mark.real
def test_everything_that_bash_does_itself_is_known() -> None:
    letters = set("abcdefghijklmnopqrstuvwxyz.:")
    assert {name for name in bash("compgen -bk") if letters.issuperset(name)} <= BUILTINS


@pytest.mark.real
def test_every_variable_that_bash_sets_itself_is_known() -> None:
    names = {*bash("compgen -v"), *OWN} - {"SHELLOPTS", "BASHOPTS"}
    script = f'for name in {" ".join(names)}; do [ "${{!name}}" = /given ] || echo $name; done'
    assert set(bash(script, **dict.fromkeys(names, "/given"))) <= OWN

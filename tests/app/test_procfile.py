"""The Procfile grammar: what honcho accepts is accepted, what it skips is an error here."""

from __future__ import annotations

import honcho.environ
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.app.procfile import LONGEST_TYPE, ProcessType, parse
from emulator.errors import ProcfileError

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_types_keep_the_order_of_the_file_and_know_their_lines() -> None:
    procfile = parse(b"# an app\nweb: gunicorn app:app\n\nworker: python worker.py  \n", "Procfile")
    assert procfile.types == (
        ProcessType("web", "gunicorn app:app", 2),
        ProcessType("worker", "python worker.py", 4),
    )
    assert procfile.names == ("web", "worker")
    assert procfile.command("worker") == "python worker.py"
    assert procfile.command("clock") is None
    assert procfile.notices == ()


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("web:x", "x"),
        ("web:\tx y", "x y"),
        ("web: x # y", "x # y"),
        ("web: a: b", "a: b"),
        ('web: echo "$PORT" && x', 'echo "$PORT" && x'),
        ("web: x\r\n", "x"),
        ("\ufeffweb: x", "x"),
        ("web: é", "é"),
        ("web: printf '\\\\'", "printf '\\\\'"),
        ("web: ends with \\\\", "ends with \\\\"),
    ],
)
def test_the_command_is_the_rest_of_the_line(line: str, command: str) -> None:
    assert parse(line.encode(), "Procfile").command("web") == command


@pytest.mark.parametrize("name", ["web", "we-b", "we_b", "Web", "0", "-", "a" * LONGEST_TYPE])
def test_names_of_types(name: str) -> None:
    assert parse(f"{name}: x".encode(), "Procfile").names == (name,)


RULE = "; a type is made of letters, digits, - and _"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Procfile: no process types; expected lines such as 'web: npm start'"),
        ("# a\n\n", "Procfile: no process types; expected lines such as 'web: npm start'"),
        ("web: x\nnonsense", "Procfile:2: expected 'TYPE: COMMAND', found 'nonsense'"),
        (
            " web: x",
            "Procfile:1: expected 'TYPE: COMMAND', found ' web: x'; "
            "there is a blank before the type, did you mean 'web:'?",
        ),
        (
            "web : x",
            "Procfile:1: expected 'TYPE: COMMAND', found 'web : x'; "
            "there is a blank after the type, did you mean 'web:'?",
        ),
        (
            "we.b: x",
            f"Procfile:1: expected 'TYPE: COMMAND', found 'we.b: x'{RULE}, did you mean 'we-b:'?",
        ),
        (": x", f"Procfile:1: expected 'TYPE: COMMAND', found ': x'{RULE}"),
        ("web:", "Procfile:1: process type web has no command"),
        ("web:  \t ", "Procfile:1: process type web has no command"),
        ("web: a\n#\nweb: a", "Procfile:3: process type web is already on line 1"),
        (
            "web: a \\\n  --port 1",
            "Procfile:1: the command of web ends with a backslash, "
            "but a command cannot go on in a second line",
        ),
        ("web: a\0", "Procfile:1: NUL byte; save the file as UTF-8 text"),
        (
            "a" * 129 + ": x",
            f"Procfile:1: expected 'TYPE: COMMAND', found '{'a' * 16}'...; "
            "a type has at most 128 characters, this one 129",
        ),
    ],
)
def test_every_mistake_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(ProcfileError) as refused:
        parse(text.encode(), "Procfile")
    assert str(refused.value) == message


def test_an_invisible_character_in_a_command_is_told() -> None:
    procfile = parse("web: a\nworker: b\u00a0c".encode(), "Procfile")
    assert procfile.notices == (
        "Procfile:2: the command of worker has an invisible character, U+00A0",
    )


@pytest.mark.parametrize("name", ["run", "scheduler"])
def test_a_name_that_one_off_dynos_have_is_told(name: str) -> None:
    notice = f"Procfile:2: one-off dynos are called {name}.N, too; another name keeps them apart"
    assert parse(f"web: a\n{name}: b".encode(), "Procfile").notices == (notice,)


printable = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs"])
name = st.text("abzABZ019_-", min_size=1, max_size=12)
command = (
    st.text(printable | st.sampled_from(" :#$\"'\t"), max_size=30)
    .map(str.strip)
    .filter(lambda text: text and not text.endswith("\\"))
)
comment = st.sampled_from(["", "   ", "# web: x", "  # web: x", "\t"])


@settings(unhurried, max_examples=50)
@given(
    types=st.dictionaries(name, command, min_size=1, max_size=5),
    between=st.lists(comment, min_size=6, max_size=6),
    blanks=st.sampled_from(["", " ", "\t ", "   "]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_valid_text_means_what_it_means_to_honcho(
    types: dict[str, str], between: list[str], blanks: str, end: str
) -> None:
    lines = []
    for other, (name, command) in zip(between, types.items(), strict=False):
        lines += [other, f"{name}:{blanks}{command}{blanks}"]
    text = end.join([*lines, between[-1]])
    honchos = honcho.environ.parse_procfile(text).processes
    ours = parse(text.encode(), "Procfile")
    assert {t.name: t.command for t in ours.types} == {
        name: command.rstrip() for name, command in honchos.items()
    }
    assert ours.names == tuple(honchos)


@settings(unhurried, max_examples=50)
@given(st.binary(max_size=40) | st.text("web:x \\\n\r\t#.\0\u2028", max_size=20).map(str.encode))
def test_any_bytes_are_a_procfile_or_one_line_that_names_it(data: bytes) -> None:
    try:
        assert parse(data, "Procfile").types
    except ProcfileError as error:
        assert str(error).startswith("Procfile:")
        assert len(str(error).splitlines()) == 1

"""The `.env` dialect: what a statement sets, what is told about it, what is refused."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.app.config_vars import EnvFile, parse
from emulator.errors import EnvFileError

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def env(text: str) -> EnvFile:
    return parse(text.encode(), ".env")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("\n# FOO=1\n  # FOO=2\n\n", {}),
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("A=1\r\nB=2", {"A": "1", "B": "2"}),
        ("\ufeffA=1", {"A": "1"}),
        ("A=", {"A": ""}),
        ("A=\"\"\nB=''", {"A": "", "B": ""}),
        ("  A =  b c  ", {"A": "b c"}),
        ("export A=1\nexport\tB='2'", {"A": "1", "B": "2"}),
        ("export=1", {"export": "1"}),
        ("A=1 # one", {"A": "1"}),
        ("A='1' # one", {"A": "1"}),
        ("A='#1'#one", {"A": "#1"}),
        ("A=b=c==", {"A": "b=c=="}),
        ("A=it's", {"A": "it's"}),
        ('A=a"b"', {"A": 'a"b"'}),
        ("A=C:\\new\\\nB=2", {"A": "C:\\new\\", "B": "2"}),
        (r'A="\"\\"', {"A": '"\\'}),
        (r"A='\"\\'", {"A": r"\"\\"}),
        ('A="one\n# two\n\nB=3"\nB=4', {"A": "one\n# two\n\nB=3", "B": "4"}),
        ('A="one\r\ntwo"', {"A": "one\ntwo"}),
        ("A='one\n\"two\"'", {"A": 'one\n"two"'}),
        ('A="it\'s"', {"A": "it's"}),
        ("# it's\nA=1", {"A": "1"}),
        ('#A="\nB=1', {"B": "1"}),
        ("A=é\u2028x", {"A": "é\u2028x"}),
        ("A=`id` $B $$", {"A": "`id` $B $$"}),
    ],
)
def test_what_a_text_sets_without_a_word(text: str, values: dict[str, str]) -> None:
    assert env(text).values == values
    assert env(text).notices == ()


@pytest.mark.parametrize(
    ("text", "values", "notice"),
    [
        ("A=1\nhello", {"A": "1"}, ".env:2: no NAME=value here; line skipped"),
        ("export A", {}, ".env:1: no NAME=value here; line skipped"),
        ("$(touch x)", {}, ".env:1: no NAME=value here; line skipped"),
        (
            "A=http://h/p#frag",
            {"A": "http://h/p"},
            ".env:1: the value of A ends before the #; quote it to keep the rest",
        ),
        (
            'A="b" c',
            {"A": "b"},
            '.env:1: the text after the closing " of A is ignored',
        ),
        (
            r'A="b\nc"',
            {"A": r"b\nc"},
            r".env:1: \n in the value of A is left as it is; single quotes say that it should be",
        ),
        (
            "A=$(touch x)",
            {"A": "$(touch x)"},
            ".env:1: $( in the value of A is not expanded; single quotes say that it should not be",
        ),
        (
            'A="${HOME}"',
            {"A": "${HOME}"},
            ".env:1: ${ in the value of A is not expanded; single quotes say that it should not be",
        ),
        ("A=1\n\nA=2", {"A": "2"}, ".env:3: A replaces the one on line 1"),
        (
            "A=1\rB=2",
            {"A": "1", "B": "2"},
            ".env:1: a carriage return without a line feed is read as a line end",
        ),
        (
            "PORT=3000",
            {"PORT": "3000"},
            ".env:1: PORT=3000 is the app's port; each dyno has a free one of its own",
        ),
        ("DYNO=web.1", {}, ".env:1: DYNO is the platform's to set; line skipped"),
        (
            "HEROKU_APP_NAME=x",
            {"HEROKU_APP_NAME": "x"},
            ".env:1: Heroku keeps names such as HEROKU_APP_NAME for itself; here it is set",
        ),
    ],
)
def test_what_is_skipped_or_odd_is_told(text: str, values: dict[str, str], notice: str) -> None:
    assert env(text).values == values
    assert env(text).notices == (notice,)


@pytest.mark.parametrize("text", [r"A='b\nc'", "A='${B}$(c)'", r'A="b\\nc"', "A='b # c'"])
def test_each_such_notice_can_be_silenced(text: str) -> None:
    assert env(text).notices == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('A=1\nB="open\nC=2', '.env:2: the " before the value of B is never closed'),
        ("A='", ".env:1: the ' before the value of A is never closed"),
        (r'A="C:\dir\"', '.env:1: the " before the value of A is never closed'),
        (
            'A="open\nB="2"',
            ".env:1: the value of A runs over several lines and text follows its closing "
            '"; is a " missing?',
        ),
        (
            "A=1\na.b=1",
            ".env:2: 'a.b' is not a name for a config var "
            "(letters, digits and _, not starting with a digit)",
        ),
        ("A=\ufeff\nB=1\n\nPORT=http", ".env:4: PORT must be a number from 1 to 65535, not 'http'"),
        ("A=1\nB=\0", ".env:2: NUL byte; save the file as UTF-8 text"),
        (
            "A=1\nB=" + "x" * 131072,
            ".env:2: config var B is larger than the system allows (128 kB)",
        ),
    ],
)
def test_what_could_only_be_guessed_at_is_refused(text: str, message: str) -> None:
    with pytest.raises(EnvFileError) as refused:
        env(text)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "name", ["", "1A", "A-B", "a b", "é", "A+", '"A"', "set A", "x" * 41 + "."]
)
def test_bad_names(name: str) -> None:
    with pytest.raises(EnvFileError, match=r"^\.env:1: .* is not a name for a config var"):
        env(f"{name}=secret")


def test_no_message_shows_a_value() -> None:
    secret = "s3cret"
    for text in (f"A=1\n{secret}", f'A="{secret}" {secret}', f"A={secret}#{secret}"):
        assert secret not in str(env(text).notices)
    for text in (f'A="{secret}', f'A="{secret}\n"{secret}', f"B.={secret}"):
        with pytest.raises(EnvFileError) as refused:
            env(text)
        assert secret not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": "b"}', {"A": "b"}),
        (' \n{"A_b": {"c": ["d", "e"]}}', {"A_B_C_0": "d", "A_B_C_1": "e"}),
        ('\ufeff{"a": true, "b": false}', {"A": "true", "B": "false"}),
        ('{"a": 1.50, "b": -2}', {"A": "1.50", "B": "-2"}),
        ('{"a": ""}', {"A": ""}),
        ('{"a": "x\\ny#${z}"}', {"A": "x\ny#${z}"}),
    ],
)
def test_json_is_flattened(text: str, values: dict[str, str]) -> None:
    assert env(text).values == values
    assert env(text).notices == ()


def test_json_without_a_value_is_told() -> None:
    assert env("{}").notices == (".env:1: the file has no value; skipped",)
    assert env('{"a": {"b": null}, "c": []}').notices == (
        ".env:1: A_B has no value; skipped",
        ".env:1: C has no value; skipped",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a" 1}', ".env:1:6: not JSON: "),
        ('{"a-b": 1}', ".env:1: 'A-B' is not a name for a config var"),
        ('{"": 1}', ".env:1: '' is not a name for a config var"),
        (r'{"a": "\u0000"}', ".env:1: config var A has a NUL character"),
        (r'{"a": "\ud800"}', ".env:1: config var A has half of a surrogate pair"),
        ('{"a": ' + "[" * 100_000, ".env: JSON nested too deep"),
    ],
)
def test_json_that_no_dyno_could_be_given(text: str, message: str) -> None:
    with pytest.raises(EnvFileError) as refused:
        env(text)
    assert str(refused.value).startswith(message)


pieces = st.sampled_from(["a", " ", "#", "=", "'", "é", "\n", "$", "\\n", '\\"', "\\\\"])


@settings(unhurried, max_examples=60)
@given(st.lists(pieces, max_size=12).map("".join))
def test_double_quotes_mean_what_they_mean_to_the_shell(inside: str) -> None:
    statement = f'A="{inside}"'
    assert [f"A={env(statement).values['A']}"] == shlex.split(statement)


@settings(unhurried, max_examples=40)
@given(st.text(st.sampled_from('ab #="é\n$\\`'), max_size=12))
def test_single_quotes_mean_what_they_mean_to_the_shell(inside: str) -> None:
    statement = f"A='{inside}'"
    assert [f"A={env(statement).values['A']}"] == shlex.split(statement)


@settings(unhurried, max_examples=40)
@given(
    st.dictionaries(st.from_regex(r"\A[a-zA-C_][a-z0-9_]{0,8}\Z"), st.text(max_size=20), max_size=5)
)
def test_every_value_can_be_written(values: dict[str, str]) -> None:
    values = {name: value.replace("\0", "").replace("\r", "") for name, value in values.items()}
    lines = [
        '{}="{}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"'))
        for name, value in values.items()
    ]
    assert env("\n".join(lines)).values == values


@settings(unhurried, max_examples=60)
@given(st.binary(max_size=30) | st.text("A=1\"'\\#\n {}[]:,\r\0", max_size=20).map(str.encode))
def test_any_bytes_are_config_vars_or_one_line_that_names_the_file(data: bytes) -> None:
    try:
        notices = parse(data, ".env").notices
    except EnvFileError as error:
        notices = (str(error),)
    assert all(n.startswith(".env:") and len(n.splitlines()) == 1 for n in notices)

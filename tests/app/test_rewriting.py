"""config:set edits the user's own file: what it says changes as asked, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from emulator.app.config_vars import parse
from emulator.app.rewriting import rewritten
from emulator.errors import EnvFileError

FILE = """\
# Settings of the shop
A=1

export GREETING = hello, world   # in the shop
EMPTY=
  PASSWORD='as it is: " # \\n ${HOME}'# secret
not a setting
KEY="-----BEGIN-----
bGluZXM=
-----END-----" # two lines
A=2#last
"""


def edited(changes, text=FILE):
    return rewritten(text.encode(), ".env", changes).decode()


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"A": "3"}, "A=2#last", "A=3#last"),
        ({"A": "two words"}, "A=2#last", "A=two words#last"),
        ({"A": "a#b"}, "A=2#last", "A='a#b'#last"),
        ({"A": ""}, "A=2#last", "A=#last"),
        ({"GREETING": "bye"}, "= hello, world   # in", "= bye   # in"),
        ({"GREETING": " bye"}, "= hello, world   # in", "= ' bye'   # in"),
        ({"EMPTY": "x"}, "EMPTY=", "EMPTY=x"),
        ({"PASSWORD": "new"}, "'as it is: \" # \\n ${HOME}'", "'new'"),
        ({"PASSWORD": "it's"}, "'as it is: \" # \\n ${HOME}'", "it's"),
        ({"PASSWORD": "it's $(x)"}, "'as it is: \" # \\n ${HOME}'", '"it\'s $(x)"'),
        ({"KEY": "x"}, '"-----BEGIN-----\nbGluZXM=\n-----END-----"', '"x"'),
        ({"KEY": "a\nb"}, '"-----BEGIN-----\nbGluZXM=\n-----END-----"', '"a\nb"'),
        ({"KEY": "a\\b"}, '"-----BEGIN-----\nbGluZXM=\n-----END-----"', "a\\b"),
        ({"EMPTY": None}, "EMPTY=\n", ""),
        ({"KEY": None}, 'KEY="-----BEGIN-----\nbGluZXM=\n-----END-----" # two lines\n', ""),
        ({"A": "2", "NOPE": None}, "", ""),
        ({"NEW": "1", "B": "a b"}, "A=2#last\n", "A=2#last\nNEW=1\nB=a b\n"),
        ({"NEW": "a\nb"}, "A=2#last\n", "A=2#last\nNEW='a\nb'\n"),
        ({"NEW": "'\n\\\""}, "A=2#last\n", 'A=2#last\nNEW="\'\n\\\\\\""\n'),
    ],
)
def test_one_change(changes, old, new):
    assert edited(changes) == FILE.replace(old, new, 1) if old else edited(changes) == FILE


def test_every_setting_of_a_name_is_removed():
    assert "A=" not in edited({"A": None}).replace("bGluZXM=", "")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", "N=1\n"),
        ("A=1", "A=1\nN=1\n"),
        ("A=1\r\nB=2", "A=1\r\nB=2\r\nN=1\r\n"),
        ("\ufeffA=1\n", "\ufeffA=1\nN=1\n"),
        ("# \u2028 \x0c\n", "# \u2028 \x0c\nN=1\n"),
    ],
)
def test_a_new_setting_is_a_line_like_the_others(text, result):
    assert edited({"N": "1"}, text) == result


def test_line_ends_and_mark_stay():
    assert edited({"A": "2"}, "\ufeffA=1\r\nB=2\rC=3") == "\ufeffA=2\r\nB=2\rC=3"


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ('{"A": 1}', {"A": "2"}),
        ("A='open", {"B": "2"}),
        ("A=1", {"A": "a\rb"}),
        ("A=1", {"B": "a\rb"}),
        ("1A=1", {"B": "2"}),
    ],
)
def test_what_cannot_be_edited_is_refused(text, changes):
    with pytest.raises(EnvFileError, match=r"\.env"):
        edited(changes, text)


NAMES = some.sampled_from(["A", "B", "LONG_NAME", "export", "_"])
VALUES = some.text(some.sampled_from("ab 'x\"\\#\n$({=\t\u00e9\u2003"), max_size=8)
WRITTEN = some.sampled_from(
    ["1", "", "a b", " x ", "'a # b'", '"q \\" \\\\"', "'two\nlines'", '"${A}" # c', "a#b", "it's"]
)
LINES = some.one_of(
    some.builds("{}={}".format, NAMES, WRITTEN),
    some.builds("export {} = {}  # c".format, NAMES, WRITTEN),
    some.sampled_from(["", "# A=0", "words", "  # 'open", "\t"]),
)
ENDS = some.sampled_from(["\n", "\r\n", "\r"])


@settings(max_examples=50, deadline=None)
@given(
    some.lists(some.tuples(LINES, ENDS), max_size=8),
    some.dictionaries(NAMES, some.none() | VALUES, max_size=3),
    some.booleans(),
)
def test_it_says_what_was_asked_and_other_lines_stay(parts, changes, is_cut):
    text = "".join(line + end for line, end in parts)
    data = (text[:-1] if is_cut else text).encode()
    try:
        before = parse(data, ".env").values
    except EnvFileError:
        return
    after = rewritten(data, ".env", changes)
    changed = {n: v for n, v in {**before, **changes}.items() if v is not None}
    assert parse(after, ".env").values == changed
    assert rewritten(after, ".env", changes) == after
    untouched = [
        line
        for line, _ in parts
        if line.partition("=")[0].removeprefix("export ").strip() not in changes
    ]
    rest = after.decode()
    for line in untouched:
        assert line in rest, "in its place"
        rest = rest[rest.index(line) + len(line) :] if line.strip() else rest

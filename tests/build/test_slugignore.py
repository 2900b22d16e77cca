"""Which paths .slugignore leaves out."""

from __future__ import annotations

import pytest

from emulator.build.slugignore import BadPattern, parse


@pytest.mark.parametrize(
    ("pattern", "left_out", "kept"),
    [
        ("*.psd", ["a.psd", "deep/in/b.psd"], ["a.psdx", "psd"]),
        ("/test", ["test", "test/a.py", "test/b/c"], ["app/test", "tests"]),
        ("spec", ["spec/x", "lib/spec", "lib/spec/y"], ["specs", "aspec"]),
        ("docs/", ["docs/a.md", "x/docs/b"], ["docs"]),
        ("a/*.md", ["a/b.md"], ["a/b/c.md", "x/a/b.md"]),
        ("a/**/z", ["a/z", "a/b/c/z"], ["az"]),
        ("**/logs", ["logs/a", "x/y/logs"], ["blogs"]),
        ("data?", ["data1", "x/data2/y"], ["data", "data12"]),
        ("[ab].txt", ["a.txt", "x/b.txt"], ["c.txt"]),
        ("[!a].txt", ["b.txt"], ["a.txt"]),
        ("a+b(c", ["a+b(c"], ["aab(c"]),
        ("!keep", [], ["keep"]),
        ("# note", [], ["# note", "note"]),
        ("", [], ["anything"]),
    ],
)
def test_a_pattern(pattern: str, left_out: list[str], kept: list[str]) -> None:
    is_ignored = parse(pattern)
    assert [path for path in left_out if not is_ignored(path)] == []
    assert [path for path in kept if is_ignored(path)] == []


def test_every_line_counts() -> None:
    is_ignored = parse("# what nobody runs\n*.md\n\n/spec\n")
    assert [p for p in ("README.md", "spec/a.rb", "app.rb") if is_ignored(p)] == [
        "README.md",
        "spec/a.rb",
    ]


def test_what_is_no_pattern_is_said_with_its_line() -> None:
    with pytest.raises(BadPattern, match=r"^\.slugignore:3: '\[z-a\]' is no pattern \(bad char"):
        parse("# what nobody runs\n*.md\n[z-a]\n")

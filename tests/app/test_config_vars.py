"""Config vars: several files, the limits, and the order of precedence in a dyno."""

from __future__ import annotations

import pytest

from emulator.app.config_vars import ConfigVar, check, environment, merge, parse
from emulator.errors import EnvFileError


def test_each_config_var_knows_its_place() -> None:
    file = parse(b"# a\nA='1\n2'\nB=2\n", "conf/.env")
    assert file.vars == (
        ConfigVar("A", "1\n2", "conf/.env", 2),
        ConfigVar("B", "2", "conf/.env", 4),
    )


def test_the_later_file_wins_and_all_notices_are_kept() -> None:
    merged = merge([parse(b"A=1\nB=1\nx", ".env"), parse(b"B=2\nC=2\ny", ".env.local")])
    assert merged.values == {"A": "1", "B": "2", "C": "2"}
    assert [var.path for var in merged.vars] == [".env", ".env.local", ".env.local"]
    assert merged.notices == (
        ".env:3: no NAME=value here; line skipped",
        ".env.local:3: no NAME=value here; line skipped",
    )


def test_no_file_sets_nothing() -> None:
    assert merge([]).values == {}


def test_one_value_may_be_as_large_as_linux_takes() -> None:
    largest = 128 * 1024 - len("A=\0")
    assert parse(b"A=" + b"x" * largest, ".env").values["A"] == "x" * largest
    with pytest.raises(EnvFileError, match=r"^config var A is larger than the system allows"):
        check({"A": "x" * (largest + 1)})
    with pytest.raises(EnvFileError, match=r"^config var A is larger"):
        check({"A": "é" * (largest // 2 + 1)})


def test_more_than_heroku_takes_is_told() -> None:
    assert check({"A": "x" * (65536 - 1)}) == ()
    assert check({"A": "x" * 65535, "B": "é"}) == (
        "config vars take 65539 bytes; Heroku allows an app 65536 (64 KB)",
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("A=B", "", "'A=B' is not a name for a config var"),
        ("A", "\0", "config var A has a NUL character"),
        ("A", "\udc80", "config var A has half of a surrogate pair"),
        ("PORT", "0", "PORT must be a number from 1 to 65535, not '0'"),
        ("PORT", "65536", "PORT must be a number from 1 to 65535, not '65536'"),
        ("PORT", "²", "PORT must be a number from 1 to 65535, not '²'"),
    ],
)
def test_what_no_dyno_could_be_given_is_refused(name: str, value: str, message: str) -> None:
    with pytest.raises(EnvFileError) as refused:
        check({name: value})
    assert str(refused.value).startswith(message)


def test_the_environment_in_order_of_precedence() -> None:
    inherited = {"PATH": "/bin", "HOME": "/h", "PYTHONUNBUFFERED": "", "A": "0", "DYNO": "x"}
    config = {"A": "1", "B": "1", "DYNO": "y"}
    extra = {"B": "2", "TERM": "vt100"}
    assert environment(inherited, config, extra, "web.1", 5000) == {
        "PATH": "/bin",
        "HOME": "/h",
        "PYTHONUNBUFFERED": "true",
        "A": "1",
        "B": "2",
        "TERM": "vt100",
        "DYNO": "web.1",
        "PORT": "5000",
    }


def test_config_vars_win_over_the_platforms_defaults() -> None:
    seen = environment({}, {"PYTHONUNBUFFERED": ""}, {}, "web.1", None)
    assert seen == {"PYTHONUNBUFFERED": "", "DYNO": "web.1"}


@pytest.mark.parametrize(
    ("inherited", "config", "extra", "port"),
    [
        ("1", None, None, "5000"),
        ("1", "2", None, "5000"),
        ("1", "2", "3", "3"),
        (None, None, "3", "3"),
    ],
)
def test_the_port_is_the_dynos_own_unless_run_e_says_otherwise(
    inherited: str | None, config: str | None, extra: str | None, port: str
) -> None:
    sources = [{"PORT": value} if value else {} for value in (inherited, config, extra)]
    assert environment(*sources, "web.1", 5000)["PORT"] == port


def test_our_own_variables_stay_with_us() -> None:
    assert "HK_LOCAL_HOME" not in environment({"HK_LOCAL_HOME": "x"}, {}, {}, "web.1", 1)

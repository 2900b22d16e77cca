"""A server's folder: whole, private, and not kept from a server by the lock of a dead one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from emulator.addon import binaries, premises
from emulator.addon.catalog import POSTGRES, REDIS, SERVICES, template
from emulator.app.surroundings import Addon

ID = "01234567-89ab-4cde-8f01-23456789abcd"


def addon(service: str, plan: str) -> Addon:
    text = template(SERVICES[service], ID)
    return Addon(ID, "db-1", service, plan, text, "secret", 7001, 7002, 1.0)


def prepare(folder: Path, service: str = REDIS, plan: str = "mini") -> premises.Recipe:
    found = addon(service, plan)
    return premises.prepare(str(folder), found, SERVICES[service], b"KEY")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a Redis, and PostgreSQL 17 and 15."""
    monkeypatch.setattr(binaries, "redis", lambda: "/bin/redis-server")
    monkeypatch.setattr(binaries, "as_user", lambda: ("", None))
    monkeypatch.setattr(binaries, "has_tls", lambda postgres: True)
    found = [binaries.Postgres(17, "/pg17"), binaries.Postgres(15, "/pg15")]
    monkeypatch.setattr(binaries, "every_postgres", lambda: iter(found))


def test_everything_lies_there_for_our_eyes_only(tmp_path: Path) -> None:
    folder = tmp_path / "addons" / "x"
    found = prepare(folder)
    assert sorted(os.listdir(folder)) == ["redis.conf", "server.log"]
    modes = {os.stat(folder).st_mode & 0o077, os.stat(folder / "redis.conf").st_mode & 0o077}
    assert modes == {0} and found.env["HOME"] == str(folder)


def test_postgres_is_the_newest_until_there_are_data(tmp_path: Path) -> None:
    assert prepare(tmp_path, POSTGRES, "essential-0").env["BIN"] == "/pg17"
    assert (tmp_path / "server.pem").read_bytes() == b"KEY"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("15\n")
    assert prepare(tmp_path, POSTGRES, "essential-0").env["BIN"] == "/pg15"


@pytest.mark.parametrize(
    ("written", "shown"),
    [(b"12\n", "12"), (b"9.6\n", "9.6"), (b"", "?"), (b"\xff\x00\n", "?"), (b"x" * 99, "x" * 20)],
)
def test_data_of_a_version_that_is_not_here_are_left_alone(
    tmp_path: Path, written: bytes, shown: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_bytes(written)
    with pytest.raises(premises.DataOfOtherVersion) as error:
        prepare(tmp_path, POSTGRES, "essential-0")
    assert f"PostgreSQL {shown}, which" in str(error.value) and "17, 15" in str(error.value)
    assert os.listdir(tmp_path) == ["data"]


def test_a_folder_that_cannot_be_made_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(premises.CannotPrepare, match="file"):
        prepare(tmp_path / "file" / "x")


def lock(folder: Path, pid: int, written_at: float) -> Path:
    path = folder / "postmaster.pid"
    path.write_text(f"{pid}\n{folder}\n")
    os.utime(path, (written_at, written_at))
    return path


def test_a_lock_of_a_process_that_came_later_is_a_stranger_s(tmp_path: Path) -> None:
    path = lock(tmp_path, os.getpid(), time.time() - 1_000_000)
    premises.forget_stranger(str(tmp_path))
    assert not path.exists()


def test_a_lock_that_may_hold_is_left_to_postgres(tmp_path: Path) -> None:
    path = lock(tmp_path, os.getpid(), time.time() + 10)
    premises.forget_stranger(str(tmp_path))
    assert path.exists()
    path = lock(tmp_path, 2**22 + 1, 1.0)
    premises.forget_stranger(str(tmp_path))
    path.write_text("garbage")
    premises.forget_stranger(str(tmp_path))
    assert path.exists()


def test_the_last_words_are_the_last_line(tmp_path: Path) -> None:
    assert premises.last_words(str(tmp_path)) == ""
    (tmp_path / "server.log").write_text("x" * 9000 + "\nFatal: no\n\n")
    assert premises.last_words(str(tmp_path)) == "Fatal: no"


def test_what_a_service_needs_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    premises.check(SERVICES[POSTGRES], 15)
    with pytest.raises(binaries.NoPostgres, match=r"no PostgreSQL 9 .* 17, 15"):
        premises.check(SERVICES[POSTGRES], 9)
    premises.check(SERVICES["scheduler"])

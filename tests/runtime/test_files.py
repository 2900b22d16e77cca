"""The app's own files, read: what counts, what is odd, and what is a message."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.errors import EnvFileError, NoSuchFile, ProcfileError
from emulator.runtime.files import MOST_BYTES, CannotRead, read_app, read_app_json


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "Procfile").write_text("web: run web\nworker: run worker\n")
    return tmp_path


def test_the_procfile_and_the_env_file(app: Path) -> None:
    (app / ".env").write_text("A=1\nB='two words'\n")
    files = read_app(str(app), "Procfile", ())
    assert files.types == {"web": "run web", "worker": "run worker"}
    assert files.config == {"A": "1", "B": "two words"}
    assert files.notices == ()


def test_an_env_file_need_not_exist(app: Path) -> None:
    assert read_app(str(app), "Procfile", ()).config == {}


def test_one_that_was_named_must_exist(app: Path) -> None:
    with pytest.raises(NoSuchFile, match=r"extra\.env: no such file\. It was named with --env"):
        read_app(str(app), "Procfile", ("extra.env",))


def test_those_that_were_named_count_instead_and_the_last_wins(app: Path) -> None:
    (app / ".env").write_text("FROM=default\nD=d\n")
    (app / "one").write_text("FROM=one\nX=1\n")
    (app / "two").write_text("FROM=two\n")
    files = read_app(str(app), "Procfile", ("one", "two"))
    assert files.config == {"FROM": "two", "X": "1"}


def test_without_a_procfile_a_line_says_what_one_is(app: Path) -> None:
    with pytest.raises(NoSuchFile, match=r"Procfile\.dev: no such file\. Each of its lines names"):
        read_app(str(app), "Procfile.dev", ())


def test_what_is_wrong_names_the_file_and_the_line(app: Path) -> None:
    (app / "Procfile").write_text("web: run\n???\n")
    with pytest.raises(ProcfileError, match=r"^Procfile:2: "):
        read_app(str(app), "Procfile", ())
    (app / "Procfile").write_text("web: run\n")
    (app / ".env").write_text("A=1\nB='never closed\n")
    with pytest.raises(EnvFileError, match=r"^\.env:2: "):
        read_app(str(app), "Procfile", ())


def test_utf8_whatever_the_locale(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    (app / "Procfile").write_bytes("web: echo grüß\n".encode())
    assert read_app(str(app), "Procfile", ()).types == {"web": "echo grüß"}


def test_a_folder_is_no_procfile(app: Path) -> None:
    (app / "folder").mkdir()
    with pytest.raises(CannotRead, match=r"folder: Is a directory$"):
        read_app(str(app), "folder", ())


def test_a_huge_file_is_no_procfile(app: Path) -> None:
    with open(app / "huge", "wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(CannotRead, match="larger than 4 MB"):
        read_app(str(app), "huge", ())


def test_app_json_s_formation(app: Path) -> None:
    assert read_app_json(str(app)) == ()
    (app / "app.json").write_text('{"formation": {"worker": {"quantity": 3}}}')
    (change,) = read_app_json(str(app))
    assert (change.type, change.amount) == ("worker", 3)


def test_every_file_that_was_opened_is_closed(app: Path) -> None:
    (app / ".env").write_text("A=1\n")
    before = os.listdir("/dev/fd")
    read_app(str(app), "Procfile", ())
    assert len(os.listdir("/dev/fd")) == len(before)

"""The app's own files, read: what counts, what is odd, and what is a message."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.app.appjson import AppJson
from emulator.errors import EnvFileError, NoSuchFile, ProcfileError, UsageError
from emulator.runtime.files import (
    MOST_BYTES,
    CannotRead,
    CannotWrite,
    edit_config,
    edited_config,
    read_app,
    read_app_json,
)


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


def test_a_link_to_nothing_is_not_passed_over(app: Path) -> None:
    (app / "app.json").symlink_to("nowhere")
    with pytest.raises(NoSuchFile, match=r"app\.json: no such file\. It is a link to what is not"):
        read_app_json(str(app))
    (app / ".env").symlink_to("nowhere")
    with pytest.raises(NoSuchFile, match=r"\.env: no such file\. It is a link to what"):
        read_app(str(app), "Procfile", ())
    edit_config(str(app), (), {"A": "1"})
    assert (app / "nowhere").read_text() == "A=1\n"


def test_an_empty_name_is_no_file_s(app: Path) -> None:
    with pytest.raises(UsageError, match="the name of a file is expected for --procfile"):
        read_app(str(app), "", ())


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


@pytest.mark.parametrize("name", ["Procfile", ".env", "app.json"])
def test_a_named_pipe_is_refused_at_once(app: Path, name: str) -> None:
    (app / name).unlink(missing_ok=True)
    os.mkfifo(app / name)
    with pytest.raises(CannotRead, match=rf"/{name}: a named pipe; a regular file is expected$"):
        read_app(str(app), "Procfile", ())
        read_app_json(str(app))
    with pytest.raises(CannotRead, match="a named pipe"):
        edit_config(str(app), (name,), {"A": "1"})


def test_a_huge_file_is_no_procfile(app: Path) -> None:
    with open(app / "huge", "wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(CannotRead, match="larger than 4 MB"):
        read_app(str(app), "huge", ())


def test_app_json_s_formation(app: Path) -> None:
    assert read_app_json(str(app)) == AppJson()
    (app / "app.json").write_text('{"formation": {"worker": {"quantity": 3}}}')
    (change,) = read_app_json(str(app)).formation
    assert (change.type, change.amount) == ("worker", 3)


def test_every_file_that_was_opened_is_closed(app: Path) -> None:
    (app / ".env").write_text("A=1\n")
    before = os.listdir("/dev/fd")
    read_app(str(app), "Procfile", ())
    assert len(os.listdir("/dev/fd")) == len(before)


# --- edits ---------------------------------------------------------------------------------------


def test_an_edit_keeps_mode_and_link(app: Path) -> None:
    real = app / "elsewhere"
    real.write_text("# mine\nA=1\n")
    real.chmod(0o640)
    (app / ".env").symlink_to(real)
    edit_config(str(app), (), {"A": "2", "B": "x"})
    assert real.read_text() == "# mine\nA=2\nB=x\n"
    assert real.stat().st_mode & 0o777 == 0o640
    assert (app / ".env").is_symlink()
    assert {path.name for path in app.iterdir()} == {"Procfile", ".env", "elsewhere"}


def test_a_file_is_made_for_its_owner_only(app: Path) -> None:
    edit_config(str(app), (), {"A": None})
    assert not (app / ".env").exists()
    edit_config(str(app), (), {"A": "2"})
    assert (app / ".env").read_text() == "A=2\n"
    assert (app / ".env").stat().st_mode & 0o777 == 0o600


def test_of_several_files_the_one_that_counts_is_edited(app: Path) -> None:
    (app / "one").write_text("A=1\nB=1\nC=1\n")
    (app / "two").write_text("B=2\n")
    found = edit_config(str(app), ("one", "two"), {"A": "9", "B": "9", "C": None, "D": "9"})
    assert found == {"A": "9", "B": "9", "D": "9"}
    assert (app / "one").read_text() == "A=9\nB=1\n"
    assert (app / "two").read_text() == "B=9\nD=9\n"
    edit_config(str(app), ("one", "two"), {"B": None})
    assert read_app(str(app), "Procfile", ("one", "two")).config == {"A": "9", "D": "9"}


def test_a_read_only_file_is_not_replaced(app: Path) -> None:
    """Not even by root, who may write to any."""
    (app / ".env").write_text("A=1\n")
    (app / ".env").chmod(0o444)
    for change in (edit_config, edited_config):
        with pytest.raises(CannotWrite, match=r"\.env: cannot be written: it is read-only \(chmod"):
            change(str(app), (), {"A": "2"})
        change(str(app), (), {"A": "1"})
    assert (app / ".env").read_text() == "A=1\n"


def test_an_edit_that_fails_changes_nothing(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (app / ".env").write_text("A=1\n")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CannotWrite, match=r"\.env: cannot be written: No space left"):
        edit_config(str(app), (), {"A": "2"})
    assert (app / ".env").read_text() == "A=1\n"
    assert {path.name for path in app.iterdir()} == {"Procfile", ".env"}
    with pytest.raises(EnvFileError):
        edit_config(str(app), (), {"A": "\r"})


def test_a_procfile_that_is_being_edited_is_of_no_concern(app: Path) -> None:
    (app / "Procfile").write_text("half a li")
    assert edit_config(str(app), (), {"A": "1"}) == {"A": "1"}


def test_what_a_killed_edit_leaves_lies_where_git_does_not_look(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / ".hk-local").mkdir()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            edit_config(str(app), (), {"A": "2"})
    assert {path.name for path in app.iterdir()} == {"Procfile", ".hk-local"}
    edit_config(str(app), (), {"A": "2"})
    assert (app / ".env").read_text() == "A=2\n"
    assert not list((app / ".hk-local").iterdir())


def test_what_a_killed_edit_left_is_no_obstacle(app: Path, tmp_path: Path) -> None:
    (app / ".env").write_text("A=1\n")
    (app / ".env.hk-local").write_text("half")
    edit_config(str(app), (), {"A": "2"})
    assert (app / ".env").read_text() == "A=2\n"
    assert not (app / ".env.hk-local").exists()

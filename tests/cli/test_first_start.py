"""The defaults of an app.json become the user's config vars, once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.app.appjson import AppJson, Variable
from emulator.app.formation import Change, Quantity
from emulator.cli.first_start import formed, prepared
from emulator.errors import AppJsonError
from emulator.runtime.files import AppFiles

FILES = AppFiles({"web": "serve"}, {"MINE": "1"}, ("odd",))


def env(tmp_path: Path) -> str:
    return (tmp_path / ".env").read_text()


def test_defaults_and_secrets_are_put_into_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# mine\nMINE=1\n")
    wanted = AppJson(
        env=(Variable("DEBUG", "on"), Variable("KEY", is_secret=True), Variable("MINE", "2"))
    )
    files = prepared(str(tmp_path), (), FILES, wanted)
    found = re.fullmatch(r"# mine\nMINE=1\nDEBUG=on\nKEY=([0-9a-f]{64})\n", env(tmp_path))
    assert found and files.config == {"MINE": "1", "DEBUG": "on", "KEY": found[1]}
    assert files.notices == ("odd", "app.json: set DEBUG, KEY in .env")
    assert found[1] not in str(files.notices)


def test_two_secrets_differ(tmp_path: Path) -> None:
    wanted = AppJson(env=(Variable("A", is_secret=True), Variable("B", is_secret=True)))
    config = prepared(str(tmp_path), (), FILES, wanted).config
    assert config["A"] != config["B"]


def test_with_several_files_it_is_the_last(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text("")
    files = prepared(str(tmp_path), ("one", "two"), FILES, AppJson(env=(Variable("A", "1"),)))
    assert (tmp_path / "two").read_text() == "A=1\n" and not (tmp_path / "one").read_text()
    assert files.notices[-1] == "app.json: set A in two"


def test_what_is_left_to_the_user_is_told(tmp_path: Path) -> None:
    wanted = AppJson(
        env=(Variable("TOKEN"), Variable("MAIL", is_required=False), Variable("MINE")),
        addons=("heroku-redis:mini", "papertrail"),
        unknown=("buildpack",),
    )
    files = prepared(str(tmp_path), (), FILES, wanted)
    assert files.config == FILES.config and not (tmp_path / ".env").exists()
    assert files.notices[1:] == (
        "app.json: TOKEN is required; set it in .env",
        "app.json: lists add-ons, which addons:create adds: heroku-redis:mini, papertrail",
        "app.json: no such key: buildpack",
    )


def test_a_formation_that_cannot_be_names_the_key() -> None:
    before = {"web": Quantity(1)}
    assert formed((Change("web", "=", 2, "eco"),), before, ("web",)) == {"web": Quantity(2, "Eco")}
    for change, reason in (
        (Change("nope", "=", 1), r"nope: Couldn't find that process type \(nope\)"),
        (Change("web", "=", 1, "huge"), "web: No such dyno size"),
    ):
        with pytest.raises(AppJsonError, match=rf"^app\.json: formation\.{reason}"):
            formed((Change("web", "=", 2), change), before, ("web",))

"""What `start` makes of its options."""

from __future__ import annotations

import os

import pytest

from emulator.cli.commands import start
from emulator.cli.start import Options, run
from emulator.errors import FolderDeleted


@pytest.fixture
def started(app, hk_local, monkeypatch):
    """The options with which the emulator would start."""
    found: list[Options] = []
    monkeypatch.setattr(start, "run", lambda options: found.append(options) or 5)

    def call(*words: str) -> Options:
        assert hk_local("start", *words).code == 5
        return found.pop()

    return call


def test_without_options(started):
    assert started() == Options()


def test_what_leads_a_shell_to_another_app_is_not_for_dynos(started, monkeypatch):
    monkeypatch.setenv("HK_LOCAL_BEFORE", '{"HEROKU_APP": "real"}')
    monkeypatch.setenv("HEROKU_APP", "other")
    monkeypatch.setenv("HEROKU_API_KEY", "token")
    started()
    assert os.environ["HEROKU_APP"] == "real"
    assert not {"HEROKU_API_KEY", "HK_LOCAL_BEFORE"} & set(os.environ)


def test_words_name_the_only_types_to_run(started):
    options = started("web", "worker=2,clock=0", "-m", "web=3")
    assert options.only == ("web", "worker", "clock")
    assert options.formation == ("web=3", "worker=2", "clock=0")


def test_every_option(started, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    words = "-C / -f P -e a -e b -m web=2 --only web --except clock --heroku-formation -p 80 -d"
    more = "--strict-bind --pace heroku --time-scale 2 --no-reload --no-prefix -a shop"
    rest = "--timestamps=time --log-size 1 --api-port 90"
    router = "--host 0.0.0.0 --tls --forwarded-proto https --router-log legacy --no-router"
    options = started(*words.split(), *more.split(), *rest.split(), *router.split())
    assert options == Options(
        dir="/",
        procfile="P",
        env=("a", "b"),
        formation=("web=2",),
        only=("web",),
        exclude=("clock",),
        heroku_formation=True,
        port=80,
        host="0.0.0.0",
        tls=True,
        forwarded_proto="https",
        router_log="legacy",
        router=False,
        api_port=90,
        strict_bind=True,
        paced=True,
        time_scale=2.0,
        reload=False,
        prefix=False,
        timestamps="time",
        colour=True,
        log_size=1,
        app="shop",
        detach=True,
    )


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--time-scale", "0"], "--time-scale 0: expected a number above 0"),
        (["--time-scale", "nan"], "--time-scale nan: expected a number above 0"),
        (["-C", "nowhere"], "nowhere: no such folder"),
        (
            ["--reload", "web", "--no-reload"],
            "--reload=web cannot also be provided",
        ),
        (["-m", "w=x"], "'w=x': expected TYPE=QUANTITY"),
    ],
)
def test_options_that_make_no_sense(app, hk_local, words, error):
    (app / "Procfile").write_text("worker: sleep 60")
    result = hk_local("start", *words)
    assert (result.code, result.out) == (2, "")
    assert error in result.err


def test_the_folder_may_come_from_the_environment(started, monkeypatch):
    monkeypatch.setenv("HK_LOCAL_DIR", "/")
    assert started().dir == "/"


def test_a_current_folder_that_was_deleted(app, monkeypatch):
    gone = app / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(FolderDeleted, match="the current folder was deleted"):
        run(Options())


def test_a_folder_that_is_closed_to_us(app, hk_local, forbidden):
    forbidden(app)
    result = hk_local("start", "-C", str(app))
    assert (result.code, result.err) == (1, f"hk-local: {app}/: Permission denied\n")


@pytest.mark.parametrize(
    ("declared", "error"),
    [
        (b"[addons]\ngarbage\n", "hk-local.toml:2:8: not TOML: "),
        (b"garbage", "hk-local.toml:1: not TOML: "),
        (b"[addons.x]\n\xff", "hk-local.toml:2: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"[other]", "hk-local.toml: 'other': expected tables such as [addons.memcachier] only"),
        (None, "hk-local.toml: Is a directory"),
    ],
)
def test_declarations_that_cannot_be_read_are_told_at_start(app, hk_local, declared, error):
    (app / "Procfile").write_text("worker: sleep 60")
    path = app / "hk-local.toml"
    path.mkdir() if declared is None else path.write_bytes(declared)
    done = hk_local("start")
    assert done.code == 1 and error in done.err

"""What is code, who reloads by itself, and which folders are worth watching."""

from __future__ import annotations

import pytest

from emulator.app.code import above, is_code, plan, reloads_itself


@pytest.mark.parametrize(
    "path",
    ["app.py", "lib/a/b.RB", "views/index.html.erb", "Gemfile", "config/database.yml", "a b/é.ts"],
)
def test_programs_templates_and_settings_are_code(path: str) -> None:
    assert is_code(path)


@pytest.mark.parametrize(
    "path",
    [
        *("db.sqlite3", "log/web.log", "uploads/cat.png", "data.json", "rows.csv", "README", "py"),
        *(".app.py.swp", "#app.py#", "app.py~", ".hidden.py", "web.pid", "x.pyc", "4913"),
        *("node_modules/a/index.js", ".git/hooks/a.sh", "tmp/x.rb", "log/a.rb", "venv/lib/b.py"),
    ],
)
def test_what_programs_and_editors_write_is_not(path: str) -> None:
    assert not is_code(path)


@pytest.mark.parametrize(
    "command",
    [
        *("npm run dev", "uvicorn app:app --reload", "python manage.py runserver 0:$PORT"),
        *("bin/rails server -p $PORT", "nodemon index.js", "flask --app a run --debug"),
        *("npm run build:watch", "node --watch server.js", "./node_modules/.bin/vite"),
    ],
)
def test_what_reloads_itself_is_left_alone(command: str) -> None:
    assert reloads_itself(command)


@pytest.mark.parametrize(
    "command",
    ["gunicorn app:app", "node server.js", "python worker.py", "celery -A dev.x worker", "puma"],
)
def test_what_does_not_is_restarted(command: str) -> None:
    assert not reloads_itself(command)


def test_a_tree_without_anything_blocked_is_watched_at_one_go() -> None:
    assert list(plan((), {})) == [("", True)]


def test_around_what_is_blocked_every_other_folder_is_watched() -> None:
    blocked = ("node_modules", "packages/a/node_modules")
    children = {
        "": ["src", "node_modules", "packages"],
        "packages": ["a", "b"],
        "packages/a": ["lib", "node_modules"],
    }
    assert above(blocked) == {"", "packages", "packages/a"}
    assert set(plan(blocked, children)) == {
        ("", False),
        ("src", True),
        ("packages", False),
        ("packages/a", False),
        ("packages/a/lib", True),
        ("packages/b", True),
    }

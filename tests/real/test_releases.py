"""Releases of real apps: what their commands do, what the user's files say, what a kill leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.real.app import App, until
from tests.real.test_frameworks import curl
from tests.real.visited import Visitor

pytestmark = pytest.mark.real

EXPRESS = os.environ.get("HK_LOCAL_EXPRESS", "")
"""The folder `node_modules` with npm's package express in it."""

STEPS = "echo doing $A; until test -e go; do sleep 0.05; done; echo did; exit ${FAIL:-0}"
"""A release command that waits for the file `go`."""


def release(app: App) -> dict[str, object]:
    return json.loads(app.hk_local("releases", "-n", "1", "--json").stdout)[0]


def steps(app: App) -> None:
    app.procfile(worker="exec sleep 1000", release=STEPS)
    app.write("go", "")


def test_whoever_causes_a_release_command_sees_it_and_its_end(app: App) -> None:
    steps(app)
    emulator = app.start().up("worker.1")
    done = app.hk_local("config:set", "A=one", "B=two words")
    assert (done.returncode, done.stderr) == (
        0,
        "Setting A, B and restarting app... done, v5\n",
    )
    assert done.stdout == "Running release command...\ndoing one\ndid\nA: one\nB: two words\n"
    assert (app.dir / ".env").read_text() == f"{app.mark}\nA=one\nB=two words\n"
    done = app.hk_local("config:set", "FAIL=3")
    assert (done.returncode, done.stdout) == (1, "Running release command...\ndoing one\ndid\n")
    assert done.stderr.endswith(
        "hk-local: the release command of v6 failed; the app goes on as v5. Once it is mended, "
        "hk-local releases:retry runs it again\n"
    )
    assert "FAIL" not in (app.dir / ".env").read_text()
    assert app.hk_local("releases:output", "v5").stdout == "doing one\ndid\n"
    done = app.hk_local("rollback", "v4")
    assert (done.returncode, done.stdout) == (0, "Running release command...\ndoing\ndid\n")
    assert (app.dir / ".env").read_text() == f"{app.mark}\n"
    emulator.expect("app[api]: Release v7 created")
    assert emulator.stop() == 143
    assert "two words" not in emulator.text and f"exited with status {3}" in emulator.text
    app.assert_nothing_left()


def test_an_edit_by_hand_waits_for_the_release_before_it(app: App) -> None:
    steps(app)
    emulator = app.start().up("worker.1")
    (app.dir / "go").unlink()
    app.write(".env", f"{app.mark}\nA=1\n")
    emulator.expect("app[api]: Running release v5 commands")
    app.write(".env", f"{app.mark}\nA=2\nB=3\n")
    refused = app.hk_local("config:set", "C=4")
    assert refused.returncode == 1 and "v5 is pending: its release command runs" in refused.stderr
    app.write("go", "")
    emulator.expect("app[api]: Release v5 created")
    emulator.expect("app[api]: Set A, B config vars")
    emulator.expect("app[api]: Release v6 created")
    assert app.hk_local("config:get", "A", "B").stdout == "2\n3\n"
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_a_first_release_that_fails_leaves_nothing_to_run(app: App) -> None:
    app.procfile(worker="exec sleep 1000", release="echo no; exit 3")
    emulator = app.start()
    assert emulator.ends() == 1
    assert "app[api]: Release v4 command failed by user" in emulator.text
    assert "Starting process with command `exec" not in emulator.text
    assert "the release command failed, and no release before it has code" in emulator.stderr
    app.assert_nothing_left()
    done = app.hk_local_in(app.dir, "start", "-d")
    assert (done.returncode, done.stdout) == (
        1,
        "v5: release command executing\nv5: release command failed\n",
    )
    app.assert_nothing_left()


SAVES = """
import os
from emulator.runtime.store import Store
left, save = {n}, Store.save
def save_and_die(self, world):
    global left
    save(self, world)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
Store.save = save_and_die
"""


@pytest.mark.parametrize("n", range(1, 5))
def test_after_a_kill_the_old_or_the_new_release_is_current(app: App, n: int) -> None:
    """At the nth time that the emulator has saved its state."""
    app.procfile(worker="exec sleep 1000", release="echo one >> ran")
    assert app.start().up("worker.1").stop() == 143
    app.procfile(worker="exec sleep 2000", release="echo two >> ran")
    killed = app.start(before=SAVES.format(n=n))
    assert killed.ends() == -9
    app.assert_nothing_left()
    emulator = app.start().up("worker.1")
    found = json.loads(app.hk_local("releases", "--json").stdout)
    assert [one["version"] for one in found] == list(range(len(found), 0, -1))
    assert [one["version"] for one in found if one["current"]] == [len(found)]
    assert {one["status"] for one in found} <= {"succeeded", "expired"}
    assert "Starting process with command `exec sleep 2000`" in emulator.text
    ran = (app.dir / "ran").read_text().split()
    assert ran[0] == "one" and ran[1] == "two"
    assert emulator.stop() == 143
    app.assert_nothing_left()


def test_app_json_at_the_first_start_and_never_again(app: App) -> None:
    app.procfile(worker='echo "key $KEY mode $MODE"; exec sleep 1000')
    app.write(
        "app.json",
        json.dumps(
            {
                "env": {"KEY": {"generator": "secret"}, "MODE": "quick", "TOKEN": {}},
                "addons": ["heroku-redis:mini"],
                "scripts": {"postdeploy": "echo seeded $MODE"},
                "colour": "blue",
            }
        ),
    )
    emulator = app.start().up("worker.1")
    emulator.expect("app[postdeploy.")
    assert re.search(r"app\[postdeploy\.\d+\]: seeded quick", emulator.text)
    found = re.search(r"KEY=([0-9a-f]{64})\nMODE=quick\n", (app.dir / ".env").read_text())
    assert found
    emulator.expect(f"key {found[1]} mode quick")
    for told in (
        "app.json: set KEY, MODE in .env",
        "app.json: TOKEN is required; set it in .env",
        "app.json: lists add-ons, which addons:create adds: heroku-redis:mini",
        "app.json: no such key: colour",
    ):
        emulator.expect(f"hk-local[config]: {told}")
    assert emulator.stop() == 143
    again = app.start().up("worker.1")
    again.expect(f"key {found[1]} mode quick")
    assert again.stop() == 143
    assert "app.json" not in again.text and "postdeploy" not in again.text
    app.assert_nothing_left()


# --- apps that people have -------------------------------------------------------------------

SETTINGS = """
import os
SECRET_KEY = "x"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
WSGI_APPLICATION = "shop.wsgi.application"
"""
URLS = """
from django.http import HttpResponse
from django.urls import path
from shop.models import Item
urlpatterns = [path("", lambda request: HttpResponse(f"{Item.objects.count()} items"))]
"""
MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
WSGI = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
FIELD = "models.CharField(max_length=9, default='')"


def migration(app: App, number: int, depends: str, operation: str) -> None:
    app.write(
        f"shop/migrations/000{number}_step.py",
        "from django.db import migrations, models\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [{depends}]\n"
        f"    operations = [{operation}]\n",
    )


@pytest.fixture
def django(app: App) -> App:
    """A shop whose items are counted, and whose database its release command makes."""
    (app.dir / "shop" / "migrations").mkdir(parents=True)
    for name, text in {
        "manage.py": MANAGE,
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/settings.py": SETTINGS,
        "shop/urls.py": URLS,
        "shop/wsgi.py": WSGI,
        "shop/models.py": "from django.db import models\nclass Item(models.Model):\n    pass\n",
    }.items():
        app.write(name, text)
    key = "('id', models.AutoField(primary_key=True))"
    migration(app, 1, "", f"migrations.CreateModel('Item', [{key}])")
    serve = f"{sys.executable} -m gunicorn -b 0.0.0.0:$PORT shop.wsgi"
    app.procfile(web=serve, release=f"{sys.executable} manage.py migrate --no-color")
    return app


def test_django_migrates_before_it_serves_and_a_bad_migration_changes_nothing(
    django: App,
) -> None:
    emulator = django.start().up("web.1")
    visitor = Visitor(emulator)
    assert curl(visitor, "/") == "0 items"
    assert "Applying shop.0001_step... OK" in emulator.text
    first = emulator.text.index("Applying shop.0001_step")
    assert first < emulator.text.index("Starting process with command `" + sys.executable + " -m g")
    migration(django, 2, "('shop', '0001_step')", "migrations.RunSQL('no such statement')")
    done = django.hk_local("config:set", "A=1")
    assert done.returncode == 1 and "Applying shop.0002_step" in done.stdout
    assert 'near "no": syntax error' in done.stdout
    assert curl(visitor, "/") == "0 items" and release(django)["status"] == "failed"
    migration(django, 2, "('shop', '0001_step')", f"migrations.AddField('Item', 'a', {FIELD})")
    done = django.hk_local("releases:retry")
    assert done.returncode == 0 and "Applying shop.0002_step... OK" in done.stdout
    with sqlite3.connect(django.dir / "db.sqlite3") as db:
        assert [row[1] for row in db.execute("pragma table_info(shop_item)")] == ["id", "a"]
    db.close()
    assert "A=1" in (django.dir / ".env").read_text()
    assert emulator.stop() == 143
    django.assert_nothing_left()


SHOP = """
const express = require('express');
const app = express();
app.get('/', (request, response) => response.send(`hello ${process.env.NAME || 'nobody'}`));
app.listen(process.env.PORT, () => console.log('listening'));
"""


@pytest.mark.skipif(not EXPRESS, reason="HK_LOCAL_EXPRESS names no folder with express")
def test_express_serves_what_config_set_says(app: App) -> None:
    app.write("server.js", SHOP)
    app.write("Procfile", f"web: {shutil.which('node')} server.js\nrelease: node -p 1+1\n")
    app.env["NODE_PATH"] = EXPRESS
    emulator = app.start().up("web.1")
    visitor = Visitor(emulator)
    assert curl(visitor, "/") == "hello nobody"
    done = app.hk_local("config:set", "NAME=you")
    assert (done.returncode, done.stdout) == (0, "Running release command...\n2\nNAME: you\n")
    until(lambda: curl(visitor, "/") == "hello you", "the new release serves")
    assert app.hk_local("rollback").returncode == 0
    until(lambda: curl(visitor, "/") == "hello nobody", "the old one serves again")
    assert emulator.stop() == 143
    assert Path(EXPRESS, "express").is_dir()
    app.assert_nothing_left()

"""The unmodified Heroku CLI cannot tell the difference: what it prints, and what comes of it."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.real.heroku.conftest import HEROKU, HK_LOCAL, Cli, eventually

pytestmark = pytest.mark.real
needs_cli = pytest.mark.skipif(not HEROKU, reason="HK_LOCAL_HEROKU_CLI names no Heroku CLI")

AGO = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d [+-]\d{4} \(~ \d+[smh] ago\)"
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"


@needs_cli
class TestDynos:
    def test_ps(self, heroku: Cli):
        out = heroku("ps").out
        web = rf"=== web \(Basic\): .* -u -m http\.server \$PORT \(1\)\n\nweb\.1: up {AGO}\n\n"
        worker = (
            rf"=== worker \(Basic\): echo ready; exec sleep 1000 \(1\)\n\nworker\.1: up {AGO}\n\n"
        )
        assert re.fullmatch(web + worker, out), out

    def test_ps_of_types(self, heroku: Cli):
        assert "worker" not in heroku("ps", "web").out
        assert heroku("ps", "none", code=1).told == "Error: No none dynos on shop"

    def test_ps_json(self, heroku: Cli):
        dynos = json.loads(heroku("ps", "--json").out)
        found = [(d["name"], d["type"], d["state"], d["size"], d["app"]["name"]) for d in dynos]
        assert found == [
            ("web.1", "web", "up", "Basic", "shop"),
            ("worker.1", "worker", "up", "Basic", "shop"),
        ]

    def test_scaling(self, heroku: Cli):
        expected = "console=0:Basic greet=0:Basic spare=0:Basic web=1:Basic worker=1:Basic\n"
        assert heroku("ps:scale").out == expected
        done = heroku("ps:scale", "spare=2", "greet=0")
        assert done.told == "Scaling dynos... done, now running spare at 2:Basic, greet at 0:Basic"
        assert heroku("scale", "spare-1:standard-2x").told.endswith("spare at 1:Standard-2X")
        assert heroku("ps:scale", "spare+1").told.endswith("spare at 2:Standard-2X")
        eventually(lambda: heroku.states().get("spare.2") == "up")
        heroku("ps:scale", "spare=0:Basic")
        eventually(lambda: "spare.1" not in heroku.states())
        assert heroku("ps:scale").out == expected

    def test_eco(self, heroku: Cli):
        heroku("ps:type", "eco")
        try:
            quota = r"Eco dyno hours quota remaining this month: 999h 5\dm \(99%\)\n"
            assert re.match(
                quota + r"Eco dyno usage for this app: 0h 0m \(0%\)\n", heroku("ps").out
            )
        finally:
            heroku("ps:type", "basic")

    def test_scaling_what_is_not_there_changes_nothing(self, heroku: Cli):
        done = heroku("ps:scale", "worker=2", "none=1", code=2)
        assert "Couldn't find that process type (none)" in done.told
        assert "worker.2" not in heroku.states()
        assert "huge" in heroku("ps:scale", "worker=1:huge", code=2).told

    def test_types(self, heroku: Cli):
        out = heroku("ps:type").out
        assert re.search(r"web +Basic +1 +~\$0\.010 +\$7\n", out), out
        assert re.search(r"=== Dyno Totals\n\n.*\n.*\n +Basic +2\n", out), out
        out = heroku("ps:type", "spare=standard-1x").out
        assert re.search(r"spare +Standard-1X +0 ", out), out
        heroku("ps:type", "spare=basic")

    def ids(self, heroku: Cli) -> dict[str, str]:
        return {dyno["name"]: dyno["id"] for dyno in json.loads(heroku.hk_local("ps", "--json"))}

    @pytest.mark.parametrize(
        ("words", "told", "restarted"),
        [
            ((), "Restarting all dynos on shop... done", ["web.1", "worker.1"]),
            (("-d", "worker.1"), "Restarting dyno worker.1 on shop... done", ["worker.1"]),
            (("-p", "web"), "Restarting all web dynos on shop... done", ["web.1"]),
        ],
    )
    def test_restart(self, heroku: Cli, words: tuple[str, ...], told: str, restarted: list[str]):
        before = self.ids(heroku)
        assert heroku("ps:restart", *words).told == told
        after = self.ids(heroku)
        assert [name for name in before if before[name] != after[name]] == restarted

    def test_restarting_what_is_not_there(self, heroku: Cli):
        done = heroku("ps:restart", "-d", "web.9", code=2)
        assert done.told.endswith("Error ID: not_found") and "Couldn't find that dyno" in done.told

    def test_stop(self, heroku: Cli):
        name = heroku("run:detached", "sleep", "1000").told.rpartition(" ")[2]
        eventually(lambda: heroku.states()[name] == "up")
        done = heroku("ps:stop", "-d", name)
        assert done.told == f"Stopping dyno {name} on shop... done"
        heroku("run:detached", "sleep", "1000")
        done = heroku("ps:stop", "-p", "run")
        assert done.told == "Stopping all run dynos on shop... done"
        eventually(lambda: set(heroku.states()) == {"web.1", "worker.1"})

    def test_exec(self, heroku: Cli):
        eventually(lambda: heroku.states()["web.1"] == "up")
        done = heroku("ps:exec", "--status")
        assert re.search(r"\bweb\.1 +up +running\b", done.out), done.out
        done = heroku("ps:exec", "--", "ls", code=2)
        assert "Could not connect to dyno!" in done.told and "Use hk-local ps:exec." in done.told

    def test_wait(self, heroku: Cli):
        heroku("ps:restart", "-d", "worker.1")
        heroku("ps:wait")
        assert heroku.states()["worker.1"] == "up"


@needs_cli
class TestLogs:
    def test_lines_of_a_dyno(self, heroku: Cli):
        out = heroku("logs", "-n", "3", "-d", "worker.1").out
        assert len(out.splitlines()) == 3
        assert all(re.match(rf"{STAMP} (app|heroku)\[worker\.1\]: ", s) for s in out.splitlines())

    def test_lines_of_a_type_and_a_source(self, heroku: Cli):
        out = heroku("logs", "-p", "worker", "-s", "app").out
        lines = [line for line in out.splitlines() if "ready" in line]
        assert lines and all(re.fullmatch(rf"{STAMP} app\[worker\.1\]: ready", s) for s in lines)
        assert "heroku[" not in out

    def test_the_platform(self, heroku: Cli):
        out = heroku("logs", "-s", "heroku", "-n", "100").out
        assert "heroku[web.1]: State changed from starting to up" in out
        assert "app[" not in out

    def test_a_tail(self, heroku: Cli):
        """It shows what was, then what comes, once each, until ^C."""
        words = [HEROKU, "logs", "--tail", "-n", "1"]
        with subprocess.Popen(
            words, cwd=heroku.dir, env=heroku.env, stdout=subprocess.PIPE, text=True
        ) as tail:
            assert tail.stdout and tail.stdout.readline()
            heroku("run:detached", "echo tailed one; echo tailed two")
            found: list[str] = []
            while not found or not found[-1].endswith("from up to complete\n"):
                found.append(tail.stdout.readline())
            tail.send_signal(signal.SIGINT)
            assert tail.wait(60) == -signal.SIGINT
        texts = [line.partition("]: ")[2].strip() for line in found]
        assert [text for text in texts if text.startswith("tailed")] == ["tailed one", "tailed two"]


@needs_cli
class TestConfig:
    def test_set_get_and_unset(self, heroku: Cli):
        done = heroku("config:set", "A_WORD=one", 'TEXT=it\'s "two"  words')
        assert re.fullmatch(r"Setting A_WORD, TEXT and restarting shop\.\.\. done, v\d+", done.told)
        assert done.out == 'A_WORD: one\nTEXT:   it\'s "two"  words\n'
        assert heroku("config:get", "TEXT").out == 'it\'s "two"  words\n'
        assert "NAME=you" in (heroku.dir / ".env").read_text()
        assert heroku("config").out.startswith("=== shop Config Vars\n\n")
        assert json.loads(heroku("config", "--json").out) == {
            "NAME": "you",
            "A_WORD": "one",
            "TEXT": 'it\'s "two"  words',
        }
        shell = dict(line.split("=", 1) for line in heroku("config", "--shell").out.splitlines())
        assert shlex.split(shell["TEXT"]) == ['it\'s "two"  words']
        assert heroku("run", "printenv TEXT").out == 'it\'s "two"  words\n'
        told = heroku("config:unset", "A_WORD", "TEXT").told
        assert re.fullmatch(r"Unsetting A_WORD, TEXT and restarting shop\.\.\. done, v\d+", told)
        assert json.loads(heroku("config", "-j").out) == {"NAME": "you"}

    def test_what_is_not_set(self, heroku: Cli):
        assert heroku("config:get", "NONE").out == "\n"


@needs_cli
class TestReleases:
    def test_list_info_and_rollback(self, heroku: Cli):
        heroku("config:set", "STAGE=1")
        version = int(heroku("config:set", "STAGE=2").told.rpartition("v")[2])
        out = heroku("releases", "-n", "2").out
        assert out.startswith(f"=== shop Releases - Current: v{version}\n")
        assert re.search(rf"v{version} +Set STAGE config vars +dev@localhost +{AGO}\n", out), out
        assert f"v{version - 2} " not in out
        info = heroku("releases:info").out
        assert info.startswith(f"=== Release v{version}\n") and re.search(r"STAGE: +2\n", info)
        assert re.search(r"STAGE: +1\n", heroku("releases:info", f"v{version - 1}").out)
        told = heroku("rollback").told
        assert told.startswith(f"Rolling back shop to v{version - 1}... done, v{version + 1}")
        assert heroku("config:get", "STAGE").out == "1\n"
        done = heroku("releases:rollback", "v999", code=2)
        assert "Couldn't find" in done.told
        heroku("config:unset", "STAGE")

    def test_output_and_retry_where_there_is_no_release_process(self, heroku: Cli):
        assert "has no release output available" in heroku("releases:output").told
        assert "release-phase command" in heroku("releases:retry", code=2).told


@needs_cli
class TestApp:
    def test_apps(self, heroku: Cli):
        assert heroku("apps").out == "=== dev@localhost Apps\n\nshop\n"
        assert [app["name"] for app in json.loads(heroku("apps", "--json").out)] == ["shop"]

    def test_info(self, heroku: Cli):
        out = heroku("apps:info").out
        assert out.startswith("=== shop\n\n")
        for line in (r"Web URL: +http://localhost:\d+/", "Owner: +dev@localhost", "Region: +us"):
            assert re.search(line + "\n", out), out
        assert re.search(r"Dynos: +web: 1, worker: 1\n", out), out
        assert json.loads(heroku("apps:info", "--json").out)["app"]["name"] == "shop"
        assert "create_status=" not in heroku("info", "--shell").out
        assert "owner=dev@localhost\n" in heroku("info", "--shell").out

    def test_another_app_is_not_there(self, heroku: Cli):
        assert "Couldn't find that app." in heroku("ps", "-a", "other", code=2).told

    def test_what_one_folder_cannot_do(self, heroku: Cli):
        assert "One folder is one app here" in heroku("apps:create", "x-y", code=2).told
        assert heroku("apps").out == "=== dev@localhost Apps\n\nshop\n"

    def test_rename(self, heroku: Cli):
        done = heroku("apps:rename", "store-2")
        assert done.told.startswith("Renaming shop to store-2... done")
        assert "$HEROKU_APP still says shop in shells" in done.told
        assert done.out.split()[2].endswith("/store-2.git")
        assert "Couldn't find that app." in heroku("ps", code=2).told
        heroku("apps:rename", "shop", "-a", "store-2")
        assert heroku("ps:scale").out == heroku.hk_local("ps:scale")

    def test_maintenance(self, heroku: Cli):
        assert heroku("maintenance").out == "off\n"
        assert heroku("maintenance:on").told == "Enabling maintenance mode for shop... done"
        assert heroku("maintenance").out == "on\n"
        assert heroku("maintenance:off").told == "Disabling maintenance mode for shop... done"
        assert heroku("maintenance").out == "off\n"

    def test_drains(self, heroku: Cli):
        url = "https://logs.example/a?b=c/d"
        assert heroku("drains").out == ""
        assert heroku("drains:add", url).out == f"Successfully added drain {url}\n"
        out = heroku("drains").out
        assert re.fullmatch(rf"=== Drains\n\n{re.escape(url)} \(d\.[0-9a-f-]{{36}}\)\n", out), out
        assert heroku("drains:remove", url).out == f"Successfully removed drain {url}\n"
        assert heroku("drains").out == ""

    def test_webhooks(self, heroku: Cli):
        assert "has no webhooks" in heroku("webhooks").out
        words = ("-i", "api:release", "-l", "notify", "-u", "http://localhost:9/hook", "-s", "word")
        heroku("webhooks:add", *words)
        out = heroku("webhooks").out
        found = re.search(r"([0-9a-f-]{36}) +http://localhost:9/hook +api:release +notify", out)
        assert found, out
        assert "http://localhost:9/hook" in heroku("webhooks:info", found[1]).out
        heroku("webhooks:remove", found[1])
        assert "has no webhooks" in heroku("webhooks").out

    def test_domains(self, heroku: Cli):
        assert heroku("domains").out == "=== shop Heroku Domain\n\nshop.localhost\n"
        done = heroku("domains:add", "www.example.com")
        assert "Adding www.example.com to shop... done" in done.told
        assert "www.example.com" in heroku("domains").out
        done = heroku("domains:remove", "www.example.com")
        assert done.told == "Removing www.example.com from shop... done"
        assert "www.example.com" not in heroku("domains").out

    def test_features_and_labs(self, heroku: Cli):
        assert "[ ] preboot " in heroku("features").out
        told = heroku("features:enable", "preboot").told
        assert told.startswith("Enabling preboot for shop... done Warning: preboot is for Standard")
        assert "[+] preboot " in heroku("features").out
        heroku("features:disable", "preboot")
        assert "[ ] runtime-dyno-metadata " in heroku("labs").out
        heroku("labs:enable", "runtime-dyno-metadata")
        assert "[+] runtime-dyno-metadata " in heroku("labs").out
        heroku("labs:disable", "runtime-dyno-metadata")

    @pytest.mark.parametrize(
        ("words", "out"),
        [
            ("buildpacks", "shop has no Buildpacks.\n"),
            ("stack", "=== shop Available Stacks\n\n* heroku-24\n"),
            (
                "certs",
                "shop has no SSL certificates.\nUse heroku certs:add CRT KEY to add one.\n",
            ),
            ("addons", "No add-ons for app shop.\n"),
            ("auth:whoami", "dev@localhost\n"),
            (
                "status",
                "Apps:      No known issues at this time.\n"
                "Data:      No known issues at this time.\n"
                "Tools:     No known issues at this time.\n",
            ),
        ],
    )
    def test_what_is_as_it_is(self, heroku: Cli, words: str, out: str):
        assert heroku(words).out == out

    def test_access(self, heroku: Cli):
        assert re.search(
            r"dev@localhost +owner +deploy, manage, operate, view", heroku("access").out
        )

    def test_the_token(self, heroku: Cli):
        assert heroku("auth:token").out == heroku.env["HEROKU_API_KEY"] + "\n"


@needs_cli
class TestEnvironment:
    def test_hk_local_heroku(self, heroku: Cli):
        """With nothing but the CLI on the PATH; the exit code is the CLI's."""
        env = {**heroku.plain, "PATH": f"{Path(HEROKU).parent}:{heroku.plain['PATH']}"}

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            line = [HK_LOCAL, "heroku", *words]
            return subprocess.run(line, cwd=heroku.dir, env=env, capture_output=True, text=True)

        done = run("config:get", "NAME")
        assert (done.returncode, done.stdout, done.stderr) == (0, "you\n", "")
        assert run("ps", "none").returncode == 1
        assert run("run", "-x", "--", "exit", "9").returncode == 9
        assert "heroku ps [TYPE" in run("ps", "--help").stdout

    def test_a_shell(self, heroku: Cli):
        script = f'eval "$({HK_LOCAL} env)"; {HEROKU} config:get NAME; echo $HEROKU_APP'
        script += f'; eval "$({HK_LOCAL} env --unset)"; env | grep -c "HEROKU\\|HK_LOCAL"'
        done = subprocess.run(
            ["bash", "-c", script], cwd=heroku.dir, env=heroku.plain, stdout=-1, text=True
        )
        assert done.stdout == "you\nshop\n0\n"

    def test_the_users_git_configuration_is_left_alone(self, heroku: Cli):
        heroku("ps")
        assert not (Path(heroku.plain["HOME"]) / ".gitconfig").exists()

    def test_a_wrong_token_is_told(self, heroku: Cli):
        env = {**heroku.env, "HEROKU_API_KEY": "0" * 64}
        done = subprocess.run(
            [HEROKU, "ps"], cwd=heroku.dir, env=env, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "HEROKU_API_KEY is invalid" in " ".join(done.stderr.split())

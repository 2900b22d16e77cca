"""Code deployed to a running app, by `hk-local deploy` and by the real git."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.app import App, Emulator, until

pytestmark = pytest.mark.real

WORKER = "echo runs $(cat version); touch lost.txt; exec sleep 1000"


class Site:
    """An app with a repository, and somebody who deploys it."""

    def __init__(self, app: App) -> None:
        self.app = app
        bin = app.root / "bin"
        bin.mkdir()
        script = bin / "hk-local"
        code = "from emulator.cli.main import main; main()"
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n')
        script.chmod(0o755)
        own = {"HOME": str(app.root), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        app.env = {"PATH": f"{bin}:{os.environ['PATH']}", **own}
        app.procfile(worker=WORKER)
        app.write(".gitignore", "canary*\n.env\n")
        self.write("one")
        self.git("init", "-q", "-b", "main")
        self.commit()
        self.emulator: Emulator | None = None

    def write(self, version: str, build: str = "") -> None:
        self.app.write("version", version)
        (self.app.dir / "bin").mkdir(exist_ok=True)
        self.app.write("bin/build", f"#!/bin/sh\n{build}\n", mode=0o755)

    def run(self, *words: str, dir: Path | None = None) -> subprocess.CompletedProcess[str]:
        env = self.app.environment()
        where = dir or self.app.dir
        return subprocess.run(
            words, cwd=where, env=env, capture_output=True, text=True, timeout=100
        )

    def git(self, *words: str, dir: Path | None = None) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=me", "-c", "user.email=me@localhost")
        return self.run("git", *who, *words, dir=dir)

    def commit(self, dir: Path | None = None) -> None:
        self.git("add", "-A", dir=dir)
        assert self.git("commit", "-qm", "some", dir=dir).returncode == 0

    def start(self, *words: str) -> Emulator:
        self.emulator = self.app.start(*words).up("worker.1")
        return self.emulator

    def remote(self) -> None:
        done = self.app.hk_local("git:remote")
        assert done.returncode == 0, done.stderr

    def expect(self, version: str, times: int = 1) -> None:
        assert self.emulator
        self.emulator.expect(f"app[worker.1]: runs {version}", times)

    def releases(self) -> list[str]:
        """Descriptions, the newest first."""
        found = json.loads(self.app.hk_local("releases", "--json").stdout)
        return [one["description"] for one in found]

    @property
    def copies(self) -> set[str]:
        folder = self.app.dir / ".hk-local/dynos"
        return set(os.listdir(folder)) if folder.exists() else set()


@pytest.fixture
def site(app: App) -> Site:
    return Site(app)


def test_a_deploy_runs_what_was_built_and_leaves_the_folder_alone(site: Site) -> None:
    emulator = site.start()
    site.expect("one")
    site.write("two", "echo building; echo built >> version")
    done = site.app.hk_local("deploy")
    assert done.returncode == 0, done.stderr
    assert "       building\n" in done.stdout and "       Released v5\n" in done.stdout
    assert done.stderr.endswith("v5 is live\n")
    site.expect("twobuilt")
    assert (site.app.dir / "version").read_text() == "two"
    assert len(site.copies) == 1
    # A rollback runs the old code, here that of the folder, and back again.
    assert site.app.hk_local("rollback").returncode == 0
    site.expect("two", times=2)
    assert site.app.hk_local("rollback", "v5").returncode == 0
    site.expect("twobuilt", times=2)
    # Its own copy again at a restart, and one hint about what it loses.
    assert site.app.hk_local("ps:restart").returncode == 0
    hint = emulator.expect("hk-local[worker.1]: wrote lost.txt")
    assert hint.count("lost.txt") == 1
    site.expect("twobuilt", times=3)
    until(lambda: len(site.copies) == 1, "only the copy of the dyno that runs is left")
    assert emulator.stop() == 143
    assert emulator.text.count("wrote lost.txt") == 1
    assert site.copies == set()
    spares = list((site.app.dir / ".hk-local/spares").iterdir())
    assert spares and not any((spare / "lost.txt").exists() for spare in spares)
    # The next start goes on with it, until it is told otherwise.
    emulator = site.start()
    site.expect("twobuilt")
    emulator.expect("runs from its slug, not from this folder")
    emulator.stop()
    site.start("--in-place")
    site.expect("two")
    until(lambda: not os.listdir(site.app.dir / ".hk-local/spares"), "no slug is in use")
    assert site.releases()[0].startswith("Deploy ")
    assert site.copies == set()


def test_a_build_that_fails_leaves_the_old_release(site: Site) -> None:
    emulator = site.start()
    before = site.releases()
    site.write("two", "echo so far; exit 3")
    done = site.app.hk_local("deploy")
    assert done.returncode == 1
    assert "bin/build failed with status 3" in done.stdout
    assert "the build failed; the release before goes on" in done.stderr
    emulator.expect("app[api]: Build failed")
    assert site.releases() == before
    (site.app.dir / "Procfile").write_text("worker: true\nnonsense\n")
    site.write("two")
    done = site.app.hk_local("deploy")
    assert done.returncode == 1 and "Procfile:2" in done.stdout
    assert "State changed from up" not in emulator.text


def test_a_build_has_the_config_vars_that_are_in_force(site: Site) -> None:
    site.app.procfile(worker=WORKER, release="exit ${FAIL:-0}")
    site.start()
    assert site.app.hk_local("config:set", "FAIL=3").returncode == 1
    site.write("two", "echo builds with ${FAIL:-nothing}")
    done = site.app.hk_local("deploy")
    assert (done.returncode, "       builds with nothing\n" in done.stdout) == (0, True)


def test_the_deployer_sees_the_release_command_and_its_failure_is_the_deploys(site: Site) -> None:
    site.start()
    site.app.write("Procfile", f"worker: {WORKER}\nrelease: echo migrating; exit $(cat status)\n")
    site.write("two")
    site.app.write("status", "1")
    done = site.app.hk_local("deploy", "--no-wait")
    assert done.returncode == 1
    assert "Running release command...\nmigrating\n" in done.stdout
    assert "the release command of v5 failed; the release before goes on" in done.stderr
    site.app.write("status", "0")
    done = site.app.hk_local("deploy")
    assert done.returncode == 0 and "migrating\n" in done.stdout
    site.expect("two")


def with_submodule(site: Site, says: str) -> None:
    """The code has one, `lib`, of which its build prints a file."""
    lib = site.app.root / "lib"
    lib.mkdir()
    (lib / "file").write_text(f"{says}\n")
    site.git("init", "-q", "-b", "main", dir=lib)
    site.commit(dir=lib)
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(lib), "lib")
    assert site.git(*add).returncode == 0
    site.write("one", "cat lib/file")
    site.commit()


def test_a_push_deploys_and_its_pusher_sees_how(site: Site) -> None:
    with_submodule(site, "of the submodule")
    site.start()
    site.remote()
    config = site.app.root / ".gitconfig"
    assert not config.exists()
    pushed = site.git("push", "hk-local", "main")
    assert pushed.returncode == 0, pushed.stderr
    assert "remote: -----> Launching..." in pushed.stderr
    assert "remote:        of the submodule" in pushed.stderr
    assert "remote: Verifying deploy... done, v5." in pushed.stderr
    site.expect("one", times=2)
    token = json.loads((site.app.dir / ".hk-local/api.json").read_text())["token"]
    assert token not in (site.app.dir / ".git/config").read_text() + pushed.stderr

    # Another branch is taken, and deploys nothing.
    site.git("checkout", "-q", "-b", "other")
    site.write("two")
    site.commit()
    pushed = site.git("push", "hk-local", "other")
    assert pushed.returncode == 0 and "skipping build" in pushed.stderr
    assert len(site.releases()) == 5

    # A build that fails refuses the push.
    site.write("three", "exit 1")
    site.commit()
    pushed = site.git("push", "hk-local", "other:main")
    assert pushed.returncode == 1
    assert "remote:  !     Push rejected: the build failed" in pushed.stderr
    assert "main (pre-receive hook declined)" in pushed.stderr
    assert len(site.releases()) == 5

    # What is no fast forward needs force, and then is deployed like any other.
    site.git("checkout", "-q", "--orphan", "new")
    site.write("four")
    site.commit()
    assert site.git("push", "hk-local", "new:main").returncode == 1
    assert site.git("push", "--force", "hk-local", "new:main").returncode == 0
    site.expect("four")

    # It cannot be deleted; and what is there can be cloned.
    pushed = site.git("push", "hk-local", ":main")
    assert pushed.returncode == 1 and "cannot be deleted" in pushed.stderr
    url = site.git("remote", "get-url", "hk-local").stdout.strip()
    assert site.git("clone", "-q", url, str(site.app.root / "clone")).returncode == 128
    helper = site.git("config", "--get-all", f"credential.{url.rpartition('/')[0]}.helper").stdout
    with_helper = ("-c", f"credential.helper={helper.strip()}")
    done = site.git(*with_helper, "clone", "-q", url, str(site.app.root / "clone"))
    assert done.returncode == 0, done.stderr
    assert (site.app.root / "clone/version").read_text() == "four"


def test_a_large_push_comes_in_chunks(site: Site) -> None:
    site.start()
    site.remote()
    (site.app.dir / "large").write_bytes(os.urandom(3_000_000))
    site.commit()
    pushed = site.git("push", "hk-local", "main")
    assert pushed.returncode == 0, pushed.stderr


def test_a_push_that_is_interrupted_is_as_if_it_had_not_been(site: Site) -> None:
    emulator = site.start()
    site.remote()
    site.write("two", "touch begun; sleep 1000")
    site.commit()
    push = subprocess.Popen(
        ["git", "push", "hk-local", "main"],
        cwd=site.app.dir,
        env=site.app.environment(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    begun = site.app.dir / ".hk-local/slugs/new/begun"
    until(begun.exists, "it is being built")
    os.killpg(push.pid, signal.SIGINT)  # as a terminal does it, for ^C
    push.wait()
    emulator.expect("app[api]: Build failed")
    assert len(site.releases()) == 4
    site.write("three")
    site.commit()
    pushed = site.git("push", "hk-local", "main")
    assert pushed.returncode == 0, pushed.stderr
    site.expect("three")
    assert emulator.stop() == 143
    site.app.assert_nothing_left()


def test_of_two_pushes_at_a_time_one_is_deployed_and_the_other_told(site: Site) -> None:
    site.start()
    site.remote()
    site.write("two", "sleep 0.3")
    site.commit()
    assert site.git("push", "hk-local", "main").returncode == 0
    for name in ("a", "b"):
        site.git("checkout", "-q", "-B", name, "main")
        site.app.write("version", name)
        site.commit()
    env = site.app.environment()
    pushes = [
        subprocess.Popen(
            ["git", "push", "hk-local", f"{name}:main"],
            cwd=site.app.dir,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    told = [push.communicate(timeout=100)[1] for push in pushes]
    assert sorted(push.returncode for push in pushes) == [0, 1], told
    refused = told[0] if pushes[0].returncode else told[1]
    assert "moved meanwhile" in refused or "fetch first" in refused
    assert len(site.releases()) == 6


def test_killed_during_a_build_the_old_release_comes_again(site: Site) -> None:
    emulator = site.start()
    site.write("two")
    assert site.app.hk_local("deploy").returncode == 0
    site.expect("two")
    site.write("three", "touch begun; sleep 1000")
    deploy = subprocess.Popen(
        [*site.app.argv("deploy")],
        cwd=site.app.dir,
        env=site.app.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until((site.app.dir / ".hk-local/slugs/new/begun").exists, "it is being built")
    emulator.kill()
    assert deploy.wait(timeout=60) == 1
    site.app.assert_nothing_left()
    emulator = site.start()
    site.expect("two")
    # Of the dynos that were killed no copy is left, and the next build clears the other away.
    until(lambda: len(site.copies) == 1, "only the copy of the dyno that runs is left")
    state = site.app.dir / ".hk-local"
    until(lambda: not list(state.glob("dynos.old-*")), "the old copies are removed")
    site.write("four")
    assert site.app.hk_local("deploy").returncode == 0
    site.expect("four")
    assert not (state / "slugs/new").exists()


def test_a_dyno_of_an_ephemeral_start_writes_to_its_own_copy(site: Site) -> None:
    emulator = site.start("--ephemeral")
    until(lambda: len(site.copies) == 1, "it has a copy")
    copy = site.app.dir / ".hk-local/dynos" / next(iter(site.copies)) / "app"
    until((copy / "lost.txt").exists, "it has written")
    assert not (site.app.dir / "lost.txt").exists()
    done = site.app.hk_local("run", "--no-tty", "pwd; echo $HOME; ls")
    pwd, home, *names = done.stdout.split()
    assert pwd == home and pwd.endswith("/app") and "/dynos/run." in pwd
    assert "version" in names and "lost.txt" not in names
    # Even if whoever is to remove the copy is killed, it goes.
    (shim,) = emulator.shims
    os.kill(shim, 9)
    emulator.expect("State changed from up to crashed")
    until(lambda: not copy.exists(), "the copy is removed")
    assert emulator.stop() == 143
    until(lambda: site.copies == set(), "no copy is left")
    assert not (site.app.dir / "lost.txt").exists()

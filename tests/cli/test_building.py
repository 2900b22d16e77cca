"""Which build is begun when, by an emulator that the test plays."""

from __future__ import annotations

import errno
import os
from types import SimpleNamespace

import pytest

from emulator.api.builds import Code
from emulator.app.release import Release
from emulator.cli import building
from emulator.cli.building import RESULT, Building
from emulator.dyno.slot import Exited
from emulator.errors import UserError
from emulator.runtime.builds import DeploySlug
from emulator.runtime.folder import SLUGS


class Yard:
    """What the emulator was asked for, and turns of its loop."""

    def __init__(self, folder):
        self.soon, self.launches, self.told = [], [], []
        self.loop = SimpleNamespace(
            call_soon=self.soon.append,
            add_reader=lambda *given: None,
            remove_reader=lambda fd: None,
        )
        self.runner = SimpleNamespace(report=lambda report: None, run=self.run)
        world = SimpleNamespace(config={}, releases=(), slug="", current=None, pending=None)
        kernel = SimpleNamespace(observers=[], world=world, take=lambda happened: None)
        boot = SimpleNamespace(
            folder=SimpleNamespace(file=lambda name: str(folder / name), app_dir=str(folder)),
            set_environment=lambda release: None,
        )
        self.submitted, kernel.submit = [], self.submit
        env = SimpleNamespace(after=lambda changes: {"IN": ".env"})
        emulator = SimpleNamespace(kernel=kernel, runner=self.runner, loop=self.loop, boot=boot)
        emulator.services = SimpleNamespace(env=env)
        self.building = Building(emulator)

    def submit(self, command):
        self.submitted.append(command)
        raise UserError("not now")

    def run(self, launch, ways, env, fds):
        self.launches.append(launch)
        for fd in fds:
            os.close(fd)

    def deploy(self):
        return self.building.deploy(Code(), self.told.append)

    def turn(self):
        soon = [*self.soon]
        self.soon.clear()
        for act in soon:
            act()

    def end(self, status=1):
        self.runner.report(Exited(self.launches[-1], status=status))


@pytest.fixture
def yard(tmp_path):
    return Yard(tmp_path)


def test_one_that_comes_as_the_last_one_ends_is_begun_once(yard):
    yard.deploy()
    yard.turn()
    yard.end()
    yard.deploy()
    yard.turn()
    assert yard.launches == ["build.1@0", "build.2@0"]
    yard.end()
    yard.turn()
    assert not yard.building.queue
    assert yard.told.count({"error": "the build failed"}) == 2


def test_while_a_release_is_pending_nothing_is_built(yard):
    yard.building.kernel.world.pending = Release(5, "", "", 0.0, {}, {}, dyno="release.1234")
    yard.deploy()
    yard.turn()
    assert yard.launches == [] and not yard.building.queue
    assert yard.told[-1]["error"].startswith("v5 is pending: its release command runs in")


def test_what_was_built_is_deployed_with_what_the_env_files_say(yard, tmp_path):
    (tmp_path / SLUGS).mkdir()
    (tmp_path / SLUGS / RESULT).write_text('{"types": {"web": "serve"}, "slug": "abc"}')
    yard.deploy()
    yard.turn()
    yard.end(0)
    assert yard.submitted == [DeploySlug({"web": "serve"}, "abc", "abc", {"IN": ".env"})]
    assert yard.told[-1] == {"error": "not now"}


def test_one_that_cannot_begin_makes_way(yard, monkeypatch):
    def full():
        raise OSError(errno.EMFILE, "Too many open files")

    yard.deploy()
    yard.deploy()
    with monkeypatch.context() as patch:
        patch.setattr(building.os, "pipe", full)
        before = os.listdir("/dev/fd")
        soon = yard.soon.pop()
        soon()
        assert os.listdir("/dev/fd") == before
    assert {"error": "cannot start the build: Too many open files"} in yard.told
    yard.turn()
    assert yard.launches == ["build.1@0"]
    yard.end()


@pytest.mark.parametrize("is_held", [False, True], ids=["closed", "held by somebody"])
def test_all_that_a_build_has_printed_is_told_before_its_end(yard, monkeypatch, is_held):
    """Also where the end is heard before the output is, and by parts that end with a line."""
    held = []

    def run(launch, ways, env, fds):
        yard.launches.append(launch)
        os.write(fds[1], b"one\ntwo\nend")
        held.append(os.dup(fds[1]))
        for fd in fds:
            os.close(fd)

    monkeypatch.setattr(building, "CHUNK", 4)
    monkeypatch.setattr(yard.runner, "run", run)
    yard.deploy()
    yard.turn()
    if not is_held:
        os.close(held.pop())
    yard.end()
    lines = [told["line"] for told in yard.told if "line" in told]
    assert lines[:3] == ["one", "two", "end"]
    for fd in held:
        os.close(fd)

"""What the command that waits for `start -d` is told."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from emulator.app.surroundings import Addon, Attachment
from emulator.cli.background import Herald, _wait
from emulator.runtime.addons import ProvisionedAddon
from tests.simulation import COMMANDS, Process, Simulation


class Waiting:
    def __init__(self) -> None:
        self.reader, writer = os.pipe()
        self.herald = Herald(writer)

    def told(self, app: Simulation, seconds: float = 20) -> str:
        """All that it hears while the app lives so long."""
        for _ in range(int(seconds * 4)):
            self.herald.look(app.world, app.now)
            app.run(0.25)
        return os.read(self.reader, 65536).decode()


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    one = Waiting()
    yield one
    if one.herald.fd >= 0:
        os.close(one.herald.fd)
    os.close(one.reader)


def app(*commands: Process, release: bool = True) -> Simulation:
    made = Simulation()
    made.plays("release.*", *commands)
    types = {**COMMANDS, "release": "migrate"} if release else COMMANDS
    made.start("web=1", types=types)
    return made


def test_dynos_that_come_up(waiting: Waiting) -> None:
    assert waiting.told(app(release=False)) == "web.1: up\n=0 \n"


def test_notices_are_told_on_stderr(waiting: Waiting, capfd: pytest.CaptureFixture[str]) -> None:
    notice = ".env:3: no NAME=value here; line skipped"
    waiting.herald.notice(notice)
    waiting.herald.close(0)
    assert _wait(os.dup(waiting.reader)) == 0
    assert capfd.readouterr() == ("", f"hk-local: {notice}\n")


def test_a_release_command_that_succeeds(waiting: Waiting) -> None:
    told = waiting.told(app(Process(exits=2.0)))
    assert told == (
        "v3: release command executing\nv3: release command succeeded\nweb.1: up\n=0 \n"
    )


def test_a_release_command_that_fails(waiting: Waiting) -> None:
    told = waiting.told(app(Process(exits=2.0, status=1)))
    assert told == "v3: release command executing\nv3: release command failed\n=1 \n"


def test_a_failure_is_told_though_an_add_on_makes_the_next_release(waiting: Waiting) -> None:
    made = app(Process(exits=2.0, status=1), Process(exits=2.0))
    addon = Addon("1", "db-1", "heroku-redis", "mini", "URL=x", "", 1, 0, 1.0)
    made.world = made.world.replace(addons=(addon,), attachments=(Attachment("2", "DB", "1", 1.0),))
    made.ask(ProvisionedAddon("1"))
    told = waiting.told(made)
    assert told == "v3: release command executing\nv3: release command failed\n=1 \n"
    assert [one.version for one in made.world.releases] == [1, 2, 3, 4]


def test_a_failure_of_an_earlier_run_is_none_of_this_one(waiting: Waiting) -> None:
    made = app(Process(exits=2.0), Process(exits=2.0, status=1))
    made.run(20)
    from emulator.runtime import command as ask

    made.ask(ask.SetConfig({"A": "1"}))
    made.run(20)
    made.ask(ask.Shutdown())
    made.run(60)
    made.world = made.world.replace(stopping=False)
    made.start("web=1", types={**COMMANDS, "release": "migrate"})
    assert waiting.told(made) == "web.1: up\n=0 \n"


def several(**dynos: Process) -> Simulation:
    made = Simulation()
    for name, process in dynos.items():
        made.plays(f"{name}.1", process)
    made.start(" ".join(f"{name}=1" for name in dynos), types=dict.fromkeys(dynos, "run"))
    return made


def test_a_dyno_that_crashes_at_once_was_never_up(waiting: Waiting) -> None:
    told = waiting.told(several(bad=Process(exits=0.4, status=3), ok=Process()))
    assert told == "bad.1: crashed\nok.1: up\n=1 \n"


def test_one_that_crashes_after_it_was_up_is_named_again(waiting: Waiting) -> None:
    bad, web = Process(exits=2.0, status=3), Process(listens=6.0)
    told = waiting.told(several(bad=bad, web=web))
    assert told == "bad.1: up\nbad.1: crashed\nbad.1: up\nbad.1: crashed\nweb.1: up\n=1 \n"


def test_crashes_are_told_while_another_is_waited_for(waiting: Waiting) -> None:
    bad, web = Process(exits=5.0, status=3), Process(listens=None)
    told = waiting.told(several(bad=bad, web=web), 6)
    assert told == "bad.1: up\nbad.1: crashed\n"


def test_one_that_comes_up_at_its_second_try(waiting: Waiting) -> None:
    made = Simulation()
    made.plays("worker.1", Process(exits=0.4, status=1), Process())
    made.start("worker=1", types={"worker": "run"})
    assert waiting.told(made) == "worker.1: crashed\nworker.1: up\n=0 \n"


def test_how_to_start_a_dyno_where_none_runs(waiting: Waiting) -> None:
    made = Simulation()
    made.start("worker=0", types={"worker": "run"})
    assert waiting.told(made) == "no dynos run; hk-local ps:scale worker=1 starts one\n=0 \n"

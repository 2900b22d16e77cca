"""How an emulator ends, with a kernel whose dyno ignores SIGTERM and a loop that only counts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from emulator.cli.ending import Ending
from emulator.runtime.command import Shutdown
from tests.api.bench import Bench


class Loop:
    def __init__(self):
        self.later = []

    def add_signal_handler(self, number, act, *given):
        pass

    def call_soon(self, act):
        act()

    def call_later(self, seconds, act):
        self.later.append(act)

    def pass_time(self):
        due, self.later = self.later, []
        for act in due:
            act()


@pytest.fixture
def ending():
    bench = Bench().start(worker=1)
    ending = Ending(SimpleNamespace(kernel=bench.kernel, loop=Loop(), addons=None))
    bench.kernel.observers.append(ending._look)
    ending.bench = bench
    return ending


def killed(ending):
    return [o.name for o in ending.bench.orders if getattr(o, "name", "") == "KILL"] != []


def by_signal(ending):
    ending.stop(143)


def by_command(ending):
    ending.kernel.take(Shutdown())


@pytest.mark.parametrize("begun", [by_signal, by_command])
def test_the_first_interrupt_ends_the_wait_of_a_stop_that_was_told(ending, begun, capfd):
    begun(ending)
    ending.loop.pass_time()
    assert capfd.readouterr().err == "hk-local: waiting for worker.1\n"
    ending._interrupt()
    assert capfd.readouterr().err == "hk-local: killing\n"
    assert killed(ending)


def test_an_interrupt_that_comes_with_the_stop_does_not_kill(ending, capfd):
    """As when a supervisor passes on the ^C that the terminal has sent to us, too."""
    by_signal(ending)
    ending._interrupt()
    ending.loop.pass_time()
    assert "gracefully" in capfd.readouterr().err
    assert not killed(ending)
    ending._interrupt()
    assert killed(ending)

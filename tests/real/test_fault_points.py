"""kill -9 at every line of the warden and of a shim, and at every call of the emulator's boot.

Random kills meet a window of a millisecond by luck only. A trace function counts lines or calls and
kills at the nth, for n = 1, 2, 3 … until it is not reached any more. Nothing of it is in the
product: the test puts it in front of the code that it traces.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.real.app import SOON, App, Emulator, state, until
from tests.real.test_kill import shown, stored

pytestmark = pytest.mark.real

EXHAUSTIVE = bool(os.environ.get("HK_LOCAL_EXHAUSTIVE"))
"""Every line and every call, which takes many minutes, instead of a sample."""

EMULATOR = """
import os, sys
left = {n}
def count(frame, event, argument):
    global left
    if event == "call" and "/emulator/" in frame.f_code.co_filename:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
sys.setprofile(count)
"""

WARDEN = """
import emulator.dyno.runner as runner
TRACE = '''
import os, sys
left, warden, role = {n}, os.getpid(), {role!r}
def trace(frame, event, argument):
    global left
    if "/warden/" not in frame.f_code.co_filename:
        return None
    if event == "line" and (os.getpid() == warden) == (role == "warden"):
        left -= 1
        if left == 0 and not os.path.exists("killed"):
            open("killed", "w").close()
            os.kill(os.getpid(), 9)
    return trace
sys.settrace(trace)
'''
source = runner.WARDEN_SOURCE
runner.WARDEN_SOURCE = TRACE.replace("{{", "{{{{").replace("}}", "}}}}") + source
"""


STORE = """
import os
from emulator.logplex.history import History
left, append = {n}, History.append
def killed(self, blocks, now):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9)
    append(self, blocks, now)
History.append = killed
"""


def passages(first: int, step: int, offset: int = 0) -> Iterator[int]:
    """1, 2, 3 …: at first each, then (unless exhaustive) every so many."""
    if EXHAUSTIVE:
        return itertools.count(1)
    return itertools.chain(range(1, first + 1), itertools.count(first + 1 + offset, step))


def is_up(emulator: Emulator) -> bool:
    """Its dyno came up; False if the emulator ended before."""
    try:
        emulator.up("plain.1")
    except AssertionError:
        if emulator.process.wait(SOON) != -9:
            raise
        return False
    return True


@pytest.mark.timeout(3600)
def test_the_emulator_at_every_call_of_its_boot(app: App) -> None:
    app.adversaries("plain")
    killed = 0
    for n in passages(0, 97):
        emulator = app.start(before=EMULATOR.format(n=n))
        was_up = is_up(emulator)
        emulator.kill()
        app.assert_nothing_left()
        if was_up:
            break
        killed += 1
        assert emulator.stderr == ""
    assert killed > 12
    assert app.start().up("plain.1").stop() == 143


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ["warden", "shim"])
def test_warden_and_shim_at_every_line(app: App, role: str) -> None:
    """The dyno comes again, stop works, and of neither of its lives is anything left."""
    app.adversaries("plain")
    for n in passages(10, 23):
        emulator = app.start(before=WARDEN.format(n=n, role=role)).up("plain.1")
        until(lambda: any(map(state, app.canary.pids("plain"))), "its process runs")
        assert emulator.stop() == 143, emulator.text
        assert emulator.stderr == ""
        app.assert_nothing_left()
        if not (app.dir / "killed").exists():
            break
        (app.dir / "killed").unlink()
        app.new_canary()
    assert n > 100


def test_no_line_is_shown_before_it_is_stored(app: App) -> None:
    """R16: killed on the way into the store, nothing of what was to be stored has been shown."""
    app.procfile(worker="while :; do echo line $((i += 1)); sleep 0.02; done")
    for n in range(1, 8):
        emulator = app.start(before=STORE.format(n=n))
        assert emulator.ends() == -9
        app.assert_nothing_left()
        assert {line.partition(" ")[2] for line in shown(emulator)} <= stored(app)
